"""A sync that is not over: how far it is, as far as anybody tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ostiary.server.connectors.progress import Phase, Progress
from ostiary.server.connectors.views.counts import by_type

TITLES: Final = {
    Phase.WAITING: "Waiting for an agent",
    Phase.READING: "Reading from the source",
    Phase.APPLYING: "Applying to the catalogue",
    Phase.HELD: "Held",
}
_LONGEST_NAME: Final = 100
_MOST: Final = 50


@dataclass(frozen=True)
class Amount:
    """Objects of one type: `so_far` in this sync, `before` in the last one that was applied. None
    is unknown."""

    name: str
    so_far: int | None
    before: int | None


@dataclass(frozen=True)
class Running:
    """`told`: the agent says how much it has read."""

    title: str
    since: datetime
    heard_at: datetime | None
    attempt: int
    phase: str
    amounts: Sequence[Amount]
    told: bool
    moves: bool
    """Somebody works on it."""

    @property
    def compares(self) -> bool:
        """There is something to compare it with."""
        return any(each.before is not None for each in self.amounts)


def running(
    progress: Progress,
    said: Mapping[str, Any] | None,
    before: Mapping[str, Any] | None,
    names: Mapping[str, str],
) -> Running:
    """`said`: what the agent logged last of this sync (its `phase` and `objects` by type);
    `before`: the counts of the last sync that was applied; `names`: what types are called, by
    their id in the source."""
    objects = _objects(said) if progress.phase is Phase.READING else {}
    then = by_type(before or {}, "resources")
    amounts = [
        Amount(names.get(each) or each, objects.get(each), then.get(each))
        for each in objects or sorted(then)
    ]
    phase = str((said or {}).get("phase") or "")[:_LONGEST_NAME] if objects else ""
    return Running(
        TITLES[progress.phase],
        progress.since,
        progress.last_heard_at,
        progress.attempt,
        phase,
        amounts[:_MOST],
        bool(objects),
        progress.phase is not Phase.WAITING,
    )


def _objects(said: Mapping[str, Any] | None) -> dict[str, int]:
    """Whatever a connector's process writes: only names with numbers count."""
    told = (said or {}).get("objects")
    if not isinstance(told, Mapping):
        return {}
    return {
        str(name)[:_LONGEST_NAME]: number
        for name, number in told.items()
        if isinstance(number, int) and not isinstance(number, bool) and number > 0
    }
