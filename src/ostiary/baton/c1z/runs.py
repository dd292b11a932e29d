"""Sync runs: which syncs a file holds, which one answers by default, which ones are kept."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from ostiary.baton.c1z.schema import columns_of, select_list
from ostiary.baton.c1z.timestamps import parse_time

RESUMABLE_FOR: Final = timedelta(days=7)
"""An unfinished run older than this is nobody's any more."""


class SyncType(StrEnum):
    FULL = "full"
    PARTIAL = "partial"
    RESOURCES_ONLY = "resources_only"
    PARTIAL_UPSERTS = "partial_upserts"
    PARTIAL_DELETIONS = "partial_deletions"


_DIFF_TYPES: Final = {SyncType.PARTIAL_UPSERTS, SyncType.PARTIAL_DELETIONS}


@dataclass(frozen=True)
class SyncRun:
    """A row of v1_sync_runs. Times are the stored text; text order is time order."""

    sync_id: str
    started_at: str
    ended_at: str | None
    sync_token: str
    sync_type: str
    parent_sync_id: str
    linked_sync_id: str
    supports_diff: bool
    grants_backfilled: bool
    stats: str | None

    @property
    def recency(self) -> tuple[str, str]:
        return (self.ended_at or "", self.sync_id)


def read_runs(connection: sqlite3.Connection, schema: str = "main") -> list[SyncRun]:
    """In the order they were started. Knows the columns that older files lack."""
    wanted = list(SyncRun.__dataclass_fields__)
    present = columns_of(connection, "v1_sync_runs", schema)
    rows = connection.execute(
        f"SELECT {select_list(wanted, present)} FROM {schema}.v1_sync_runs ORDER BY id"  # noqa: S608
    )
    return [_run(**dict(zip(wanted, row, strict=True))) for row in rows]


def _run(*, supports_diff: int, grants_backfilled: int, **columns: Any) -> SyncRun:
    return SyncRun(
        supports_diff=bool(supports_diff), grants_backfilled=bool(grants_backfilled), **columns
    )


def default_run(runs: Iterable[SyncRun], now: datetime) -> SyncRun | None:
    """The newest finished full sync, else the newest unfinished one of the last seven days."""
    runs = list(runs)
    finished = newest_finished_full(runs)
    if finished is not None:
        return finished
    live = [run for run in runs if run.ended_at is None and _is_live(run, now)]
    return max(live, key=lambda run: (run.started_at, run.sync_id), default=None)


def newest_finished_full(runs: Iterable[SyncRun]) -> SyncRun | None:
    finished = [run for run in runs if run.ended_at and run.sync_type == SyncType.FULL]
    return max(finished, key=lambda run: run.recency, default=None)


def retained(runs: Iterable[SyncRun], keep: int, beside: SyncType) -> list[SyncRun]:
    """What stays of earlier runs beside a new one, when `keep` full syncs are kept in all.

    Unfinished runs go, and so do partial ones that ended before the oldest full sync kept. Of
    the pairs that describe a difference only the newest stays.
    """
    finished = sorted((run for run in runs if run.ended_at), key=lambda run: run.recency)
    full = [run for run in finished if run.sync_type == SyncType.FULL]
    places = keep - 1 if beside is SyncType.FULL else keep
    kept = full[-places:] if places else []
    horizon = kept[0].recency if kept else ("", "")
    partial = [run for run in finished if run not in full and run.recency >= horizon]
    if not kept and beside is SyncType.FULL:
        partial = []
    chosen = {run.sync_id for run in [*kept, *partial]} - _stale_diffs(partial)
    return [run for run in finished if run.sync_id in chosen]


def _stale_diffs(runs: list[SyncRun]) -> set[str]:
    """`runs` ascending: the ids of all diff runs but those of the newest pair."""
    diffs = [run for run in runs if run.sync_type in _DIFF_TYPES]
    if not diffs:
        return set()
    newest = diffs[-1]
    pair = {newest.sync_id, newest.linked_sync_id}
    return {run.sync_id for run in diffs if run.sync_id not in pair}


def _is_live(run: SyncRun, now: datetime) -> bool:
    return parse_time(run.started_at) > now - RESUMABLE_FOR
