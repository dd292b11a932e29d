"""What may be taken for truth, and what is held back until somebody looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ostiary.baton.c1z import SyncRun, SyncType

Reason = Literal[
    "unreadable", "unfinished", "empty", "not_full", "not_targeted", "outdated", "unknown_sync"
]

State = Literal["applied", "held", "confirmed", "superseded", "refused"]

LONGEST_ID: Final = 1024
"""Bytes; the limit of the protocol (reference 1.1)."""


class RefusedError(Exception):
    """This upload says nothing that could be believed; nothing of it is applied."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.message = message


@dataclass(frozen=True)
class Delta:
    """What a sync did to the things of one type. What returns after an absence is added."""

    added: int = 0
    removed: int = 0
    changed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


Counts = Mapping[str, Mapping[str, int]]
Deltas = Mapping[str, Mapping[str, Delta]]
"""By kind (resource_types, resources, accounts, entitlements, grants), then by resource type."""


@dataclass(frozen=True)
class HoldLimits:
    """A loss counts as large from `share` of what was there and `least` things lost."""

    share: float = 0.5
    least: int = 5


@dataclass(frozen=True)
class Drop:
    kind: str
    resource_type: str
    before: int
    removed: int

    def __str__(self) -> str:
        what = f"{self.kind} of type {self.resource_type}" if self.resource_type else self.kind
        return f"{self.removed} of {self.before} {what}"


def large_drops(counts: Counts, deltas: Deltas, limits: HoldLimits) -> list[Drop]:
    """`counts` are those after the sync. Resources are judged by type, grants all together."""
    drops = [_drop("resources", name, counts, delta) for name, delta in deltas["resources"].items()]
    grants = deltas["grants"].values()
    total = sum(counts["grants"].values())
    removed, added = (sum(d.removed for d in grants), sum(d.added for d in grants))
    drops.append(Drop("grants", "", total - added + removed, removed))
    return [drop for drop in drops if _is_large(drop, limits)]


def _drop(kind: str, name: str, counts: Counts, delta: Delta) -> Drop:
    after = counts[kind].get(name, 0)
    return Drop(kind, name, after - delta.added + delta.removed, delta.removed)


def _is_large(drop: Drop, limits: HoldLimits) -> bool:
    return drop.removed >= limits.least and drop.removed >= limits.share * drop.before


def choose_run(runs: Sequence[SyncRun], sync_id: str | None, *, targeted: bool) -> SyncRun:
    """The sync of an upload that is to be applied, by `sync_id` or the newest one.

    A file whose newest sync never ended is what a failed sync leaves; the older ones in it say
    nothing new, so they are not taken instead.
    """
    if sync_id is not None:
        run = next((run for run in runs if run.sync_id == sync_id), None)
        if run is None:
            raise RefusedError("unknown_sync", f"The upload holds no sync {sync_id}.")
    elif runs:
        run = max(runs, key=lambda run: (run.started_at, run.sync_id))
    else:
        raise RefusedError("empty", "The upload holds no sync.")
    _check(run, targeted=targeted)
    return run


def _check(run: SyncRun, *, targeted: bool) -> None:
    if run.ended_at is None:
        raise RefusedError("unfinished", f"The sync {run.sync_id} was never finished.")
    if targeted and run.sync_type != SyncType.PARTIAL:
        raise RefusedError("not_targeted", f"The sync is {run.sync_type}; a partial was asked for.")
    if not targeted and run.sync_type not in (SyncType.FULL, SyncType.RESOURCES_ONLY):
        raise RefusedError("not_full", f"The sync is {run.sync_type}; only a full one is complete.")


def counts_after(before: Counts, deltas: Deltas) -> dict[str, dict[str, int]]:
    """How much of what there is, from how much there was."""
    result = {kind: dict(types) for kind, types in before.items()}
    for kind, types in deltas.items():
        counted = result.setdefault(kind, {})
        for name, delta in types.items():
            counted[name] = counted.get(name, 0) + delta.added - delta.removed
            if not counted[name]:
                del counted[name]
    return result
