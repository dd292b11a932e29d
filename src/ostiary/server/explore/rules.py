"""What follows from what is known: how deep groups are nested, and when an end is near."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Final

NEAR: Final = timedelta(days=30)
FAR: Final = timedelta(days=90)
QUIET: Final = timedelta(days=90)
"""Without a sign-in for so long, an app counts as not used."""


@dataclass(frozen=True)
class Depths:
    """How many groups are in a row below each that has some; `next_`: where the longest row goes
    on. `round_`: where it begins below a group that other rows end at, since they come round."""

    levels: Mapping[int, int]
    next_: Mapping[int, int]
    round_: Mapping[int, int]

    def deepest(self, most: int) -> list[int]:
        return nlargest(most, self.levels, key=lambda group: (self.levels[group], -group))

    def chain(self, group: int) -> list[int]:
        """What is below, from the outermost inwards."""
        return _row(group, self.round_.get(group, self.next_.get(group)), self.next_)


def _row(group: int, below: int | None, next_: Mapping[int, int]) -> list[int]:
    found = []
    while below is not None and below != group:
        found.append(below)
        below = next_.get(below)
    return found


def depths(inside: Mapping[int, Sequence[int]]) -> Depths:
    """Where groups are in each other, a row ends before it comes round."""
    levels: dict[int, int] = {}
    next_: dict[int, int] = {}
    for start in inside:
        for group in _innermost_first(start, inside, levels):
            below = [inner for inner in inside.get(group, ()) if inner in levels]
            deepest = max(below, key=lambda inner: levels[inner], default=None)
            levels[group] = 0 if deepest is None else levels[deepest] + 1
            if deepest is not None:
                next_[group] = deepest
    round_ = {}
    for group in [group for group, depth in levels.items() if not depth]:
        others = [inner for inner in inside.get(group, ()) if inner != group]
        if others:
            round_[group] = max(others, key=lambda inner: levels[inner])
    rows = {group: len(_row(group, below, next_)) for group, below in round_.items()}
    known = {group: depth for group, depth in (levels | rows).items() if depth}
    return Depths(known, next_, round_)


def _innermost_first(
    start: int, inside: Mapping[int, Sequence[int]], done: Mapping[int, int]
) -> Iterator[int]:
    """Without recursion: a tenant may nest deeper than Python calls. Whoever iterates adds each
    group to `done` before the next."""
    entered: set[int] = set()
    stack = [start]
    while stack:
        group = stack[-1]
        waiting = []
        if group not in done and group not in entered:
            entered.add(group)
            known = (done, entered)
            waiting = [
                inner for inner in inside.get(group, ()) if all(inner not in one for one in known)
            ]
        if waiting:
            stack += waiting
            continue
        stack.pop()
        if group not in done:
            yield group


def urgency(ends_at: datetime, now: datetime) -> str:
    """`ended`, `week`, `month` or `quarter`."""
    left = ends_at - now
    if left <= timedelta(0):
        return "ended"
    if left <= timedelta(days=7):
        return "week"
    return "month" if left <= NEAR else "quarter"
