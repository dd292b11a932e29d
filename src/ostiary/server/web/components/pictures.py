"""Pictures and what is said beside them: charts, paths, timelines, progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ostiary.server.web.components.cells import Tone

SHOWN_PATHS = 5


@dataclass(frozen=True)
class Series:
    """None is unknown."""

    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Chart:
    """`title` is the sentence that the chart proves. The same numbers are in a table below it."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    shape: Literal["line", "bar"] = "line"
    label: str = "Day"

    @property
    def data(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "shape": self.shape,
            "series": [{"name": s.name, "values": list(s.values)} for s in self.series],
        }

    @property
    def rows(self) -> list[tuple[str, list[int | None]]]:
        """Of which anything is known."""
        numbers = zip(*(series.values for series in self.series), strict=True)
        rows = zip(self.labels, map(list, numbers), strict=True)
        return [(label, row) for label, row in rows if row != [None] * len(row)]


@dataclass(frozen=True)
class Step:
    """A box of a path. `says` is its part of the sentence: "through SG-Finance". Without `href`
    it leads nowhere; `says` may be empty."""

    title: str
    kind: str
    href: str
    icon: str
    says: str


@dataclass(frozen=True)
class Path:
    """From the person to what they hold; `sentence` is the same in words."""

    steps: Sequence[Step]

    @property
    def sentence(self) -> str:
        return ", ".join(step.says for step in self.steps if step.says)


@dataclass(frozen=True)
class Paths:
    """Direct ones first. What is more than a handful is folded and counted."""

    paths: Sequence[Path]

    @property
    def shown(self) -> Sequence[Path]:
        return self._sorted[:SHOWN_PATHS]

    @property
    def folded(self) -> Sequence[Path]:
        return self._sorted[SHOWN_PATHS:]

    @property
    def _sorted(self) -> list[Path]:
        return sorted(self.paths, key=lambda path: len(path.steps))


@dataclass(frozen=True)
class Event:
    """`text` may be empty. `who` did it."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    icon: str = "clock"
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Progress:
    """`done` of `total` in the noun's plural; without a total, counting only."""

    title: str
    done: int
    total: int | None = None
    noun: str = "items"

    @property
    def words(self) -> str:
        if self.total is None:
            return f"{self.done:,} {self.noun} so far"
        return f"{self.done:,} of {self.total:,} {self.noun}"
