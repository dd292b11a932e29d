"""A file at a glance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ostiary.baton.annotations import has
from ostiary.baton.c1z import SyncRun
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.columns import Column
from ostiary.cli.c1z.names import clean, type_name
from ostiary.cli.c1z.screen import Row, Screen, working
from ostiary.cli.c1z.syncfile import SyncFile

_KINDS: Final = ("resources", "entitlements", "grants")
_IMMUTABLE_NAME: Final = v2.EntitlementImmutable.DESCRIPTOR.full_name.encode()


@dataclass(frozen=True)
class TypeCounts:
    type_id: str
    name: str
    resources: int
    entitlements: int
    direct: int
    expanded: int


@dataclass(frozen=True)
class Overview:
    types: list[TypeCounts]
    immutable: int
    expandable: int

    @property
    def total(self) -> TypeCounts:
        columns = ("resources", "entitlements", "direct", "expanded")
        sums = (sum(getattr(kind, name) for kind in self.types) for name in columns)
        return TypeCounts("", "All", *sums)


def take_stock(file: SyncFile) -> Overview:
    """Reads every entitlement and grant of the sync once."""
    resources = file.counts_by_type("v1_resources")
    entitlements = file.counts_by_type("v1_entitlements")
    grants: Counter[tuple[str, bool]] = Counter()
    expandable = 0
    for type_id, direct, passes_on in file.grant_kinds():
        grants[type_id, direct] += 1
        expandable += passes_on
    known = [*file.types, *resources, *entitlements, *(type_id for type_id, _ in grants)]
    types = [
        TypeCounts(
            type_id,
            type_name(file, type_id),
            resources.get(type_id, 0),
            entitlements.get(type_id, 0),
            grants[type_id, True],
            grants[type_id, False],
        )
        for type_id in dict.fromkeys(known)
    ]
    return Overview(types, _immutable(file), expandable)


def _immutable(file: SyncFile) -> int:
    return sum(
        has(v2.Entitlement.FromString(data).annotations, v2.EntitlementImmutable)
        for _, data in file.raw_entitlements()
        if _IMMUTABLE_NAME in data
    )


def show(file: SyncFile, screen: Screen, *, as_json: bool) -> None:
    with working("Counting grants"):
        overview = take_stock(file)
    if as_json:
        screen.document(_document(file, overview))
        return
    screen.line(f"{file.path}: {_number(len(file.syncs), 'sync')}", style="bold")
    screen.line()
    screen.table(_SYNC_COLUMNS, (_sync_row(file, run) for run in file.syncs))
    screen.line()
    screen.table(_TYPE_COLUMNS, map(_type_row, [*overview.types, overview.total]))
    screen.line()
    for sentence in _standing_out(overview):
        screen.line(sentence)


_SYNC_COLUMNS = (
    Column("Read", narrow=4),
    Column("Sync", narrow=12),
    Column("Type", narrow=4),
    Column("Started", narrow=16),
    Column("Ended", narrow=8),
    *(Column(kind.capitalize(), number=True) for kind in _KINDS),
)
_TYPE_COLUMNS = (
    Column("Resource type"),
    Column("Id", detail=True),
    Column("Resources", number=True),
    Column("Entitlements", number=True),
    Column("Direct grants", number=True),
    Column("Expanded grants", number=True),
)


def _sync_row(file: SyncFile, run: SyncRun) -> Row:
    counts = _sync_counts(file, run)
    return (
        "read" if run.sync_id == file.sync.sync_id else "",
        run.sync_id,
        run.sync_type,
        _to_the_second(run.started_at),
        _end(run),
        *(f"{counts[kind]:,}" for kind in _KINDS),
    )


def _type_row(counts: TypeCounts) -> Row:
    numbers = (counts.resources, counts.entitlements, counts.direct, counts.expanded)
    return (counts.name, counts.type_id, *(f"{number:,}" for number in numbers))


def _standing_out(overview: Overview) -> Iterator[str]:
    entitlements = _number(overview.total.entitlements, "entitlement")
    if overview.immutable:
        yield f"{overview.immutable:,} of {entitlements} can be neither granted nor revoked."
    else:
        yield f"None of {entitlements} is immutable."
    if overview.expandable:
        grants = "grant is" if overview.expandable == 1 else "grants are"
        yield f"{overview.expandable:,} {grants} expandable: what a group holds, its members hold."
    if overview.expandable and not overview.total.expanded:
        yield "Yet no grant in the file is an expanded one: it may not have been expanded."


def _document(file: SyncFile, overview: Overview) -> dict[str, Any]:
    return {
        "file": str(file.path),
        "syncId": file.sync.sync_id,
        "syncs": [_sync_document(file, run) for run in file.syncs],
        "resourceTypes": [_type_document(kind) for kind in overview.types],
        "total": _type_document(overview.total),
        "immutableEntitlements": overview.immutable,
        "expandableGrants": overview.expandable,
    }


def _sync_document(file: SyncFile, run: SyncRun) -> dict[str, Any]:
    return {
        "syncId": run.sync_id,
        "type": run.sync_type,
        "startedAt": run.started_at,
        "endedAt": run.ended_at,
        "isRead": run.sync_id == file.sync.sync_id,
        **_sync_counts(file, run),
    }


def _type_document(counts: TypeCounts) -> dict[str, Any]:
    own = {"id": counts.type_id, "displayName": counts.name} if counts.type_id else {}
    return own | {
        "resources": counts.resources,
        "entitlements": counts.entitlements,
        "directGrants": counts.direct,
        "expandedGrants": counts.expanded,
    }


def _sync_counts(file: SyncFile, run: SyncRun) -> dict[str, int]:
    """From the sync's own statistics where it has any."""
    try:
        stats = json.loads(run.stats or "{}")
    except ValueError:
        stats = {}
    if isinstance(stats, dict) and stats.get("resource_types"):
        return {kind: int(stats.get(kind, 0)) for kind in _KINDS}
    return {kind: file.count(f"v1_{kind}", run.sync_id) for kind in _KINDS}


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _end(run: SyncRun) -> str:
    """Without the date of the start, where it is the same."""
    if run.ended_at is None:
        return "unfinished"
    day, _, time = (ended := _to_the_second(run.ended_at)).partition(" ")
    return time if time and run.started_at.startswith(day) else ended


def _to_the_second(stored: str) -> str:
    return clean(stored.partition(".")[0])
