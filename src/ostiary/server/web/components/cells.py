"""One value as a page shows it and as a CSV file holds it. Drawn by `web/cells.html`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

Tone = Literal["neutral", "accent", "proven", "person", "danger"]
"""`person`: somebody is needed; `proven`: shown to be so; `danger`: loss or harm."""

UNKNOWN = "unknown"
NONE = "none"
HIDDEN = "hidden from you"


@dataclass(frozen=True)
class Text:
    value: str
    kind: ClassVar[str] = "text"

    @property
    def plain(self) -> str:
        return self.value


@dataclass(frozen=True)
class Link:
    """`href`: a path of ours; the instant of the page is added."""

    value: str
    href: str
    icon: str = ""
    kind: ClassVar[str] = "link"

    @property
    def plain(self) -> str:
        return self.value


@dataclass(frozen=True)
class Number:
    """None is unknown. `href` leads to what was counted."""

    value: int | None
    href: str = ""
    kind: ClassVar[str] = "number"

    @property
    def plain(self) -> str:
        return UNKNOWN if self.value is None else str(self.value)


@dataclass(frozen=True)
class Moment:
    """`missing` says what None means: `UNKNOWN`, or `NONE` where it never was."""

    at: datetime | None
    missing: str = UNKNOWN
    kind: ClassVar[str] = "moment"

    @property
    def plain(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z") if self.at else self.missing


@dataclass(frozen=True)
class Chip:
    """A state: an icon and a word, never a colour alone."""

    word: str
    icon: str
    tone: Tone = "neutral"
    hint: str = ""
    kind: ClassVar[str] = "chip"

    @property
    def plain(self) -> str:
        return self.word


@dataclass(frozen=True)
class Identifier:
    """In monospace, copied with one click."""

    value: str
    kind: ClassVar[str] = "identifier"

    @property
    def plain(self) -> str:
        return self.value


@dataclass(frozen=True)
class Missing:
    """`UNKNOWN`, `NONE` or `HIDDEN`: said, never blank."""

    word: str = UNKNOWN
    kind: ClassVar[str] = "missing"

    @property
    def plain(self) -> str:
        return self.word


@dataclass(frozen=True)
class Several:
    """A few values in one cell; none of them is `none`."""

    cells: Sequence[Text | Link | Chip] = field(default_factory=tuple)
    kind: ClassVar[str] = "several"

    @property
    def plain(self) -> str:
        return ", ".join(cell.plain for cell in self.cells) or NONE


Cell = Text | Link | Number | Moment | Chip | Identifier | Missing | Several


@dataclass(frozen=True)
class Fact:
    """One line of a detail. `hint` explains the title."""

    title: str
    cell: Cell
    hint: str = ""


def text(value: str) -> Text | Missing:
    """`none` when it is empty."""
    return Text(value) if value else Missing(NONE)
