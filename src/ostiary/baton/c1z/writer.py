"""Writing one sync to a .c1z file."""

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, islice
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from ostiary.baton.c1z import schema
from ostiary.baton.c1z.carry import carry_over
from ostiary.baton.c1z.container import pack
from ostiary.baton.c1z.duplicates import make_unique
from ostiary.baton.c1z.encoding import (
    GrantFields,
    GrantSheet,
    grant_fields,
    sheet_expansion,
    sheet_fields,
)
from ostiary.baton.c1z.errors import StorageError, storage_errors
from ostiary.baton.c1z.grants import WorkingGrants
from ostiary.baton.c1z.records import entitlement_fields, resource_fields, resource_type_fields
from ostiary.baton.c1z.runs import SyncType, newest_finished_full
from ostiary.baton.c1z.sheets import are_alike, insert_alike
from ostiary.baton.c1z.stats import COUNTED_TABLES, count_records
from ostiary.baton.c1z.timestamps import format_time, parse_nanoseconds
from ostiary.baton.c1z.working import WorkingDatabase
from ostiary.baton.ids import new_ksuid
from ostiary.baton.pb import connector_v2 as v2

_BATCH: Final = 4_096
_GRANT_COLUMNS: Final = (
    "resource_type_id, resource_id, entitlement_id, principal_resource_type_id, "
    "principal_resource_id, external_id, expansion, needs_expansion"
)


@dataclass(frozen=True)
class SealedSync:
    """`size` in bytes; `counts` of resource_types, resources, entitlements and grants.

    `merged` counts the records that repeated the id of another one of the same kind.
    """

    path: Path
    sync_id: str
    size: int
    counts: dict[str, int]
    merged: int


class C1zWriter:
    """Gathers one sync in a working database; `seal` makes it the newest sync of `output`.

    Earlier syncs of an existing file are carried over, so that `keep` full ones are there in all.
    Nothing at `output` changes before `seal`; leaving the `with` block without it abandons the
    sync and leaves nothing behind. `clock` gives nanoseconds since the Unix epoch.
    A record without its ids raises InvalidRecordError.
    """

    def __init__(
        self,
        output: Path,
        *,
        sync_type: SyncType = SyncType.FULL,
        keep: int = 2,
        temp_dir: Path | None = None,
        clock: Callable[[], int] = time.time_ns,
        sync_id: str | None = None,
    ) -> None:
        if keep < 1:
            raise ValueError("at least the sync being written is kept")
        _check_writable(output)
        self.output = output
        self.sync_type = sync_type
        self.sync_id = sync_id or new_ksuid(lambda: clock() // 1_000_000_000)
        self.has_expandable_grants = False
        self._has_sources = False
        self._clock = clock
        self._merged = 0
        self._working = WorkingDatabase(temp_dir or output.parent, output.name)
        try:
            self._begin(keep)
        except BaseException:
            self._working.close()
            raise

    def _begin(self, keep: int) -> None:
        connection = self._working.connection
        earlier = carry_over(self._working, self.output, keep, self.sync_type)
        connection.execute("BEGIN")
        self._floors = {
            table: connection.execute(f"SELECT ifnull(max(id), 0) FROM {table}").fetchone()[0]  # noqa: S608
            for table in COUNTED_TABLES
        }
        self._earlier = earlier
        parent = newest_finished_full(earlier) if self.sync_type is SyncType.PARTIAL else None
        self._connection = connection
        connection.execute(
            "INSERT INTO v1_sync_runs (sync_id, started_at, sync_token, sync_type, "
            "parent_sync_id, grants_backfilled) VALUES (?, ?, '', ?, ?, 1)",
            (self.sync_id, self._now(), self.sync_type, parent.sync_id if parent else ""),
        )

    def put_resource_types(self, types: Iterable[v2.ResourceType]) -> int:
        return self._insert("v1_resource_types", "external_id", map(resource_type_fields, types))

    def put_resources(self, resources: Iterable[v2.Resource]) -> int:
        columns = "resource_type_id, external_id, parent_resource_type_id, parent_resource_id"
        return self._insert("v1_resources", columns, map(resource_fields, resources))

    def put_entitlements(self, entitlements: Iterable[v2.Entitlement]) -> int:
        columns = "resource_type_id, resource_id, external_id"
        return self._insert("v1_entitlements", columns, map(entitlement_fields, entitlements))

    def put_grants(self, grants: Iterable[v2.Grant | GrantSheet]) -> int:
        """Returns the number of rows. Takes whatever size in flat memory; batches are faster."""
        count, now = 0, self._now()
        for are_sheets, run in groupby(grants, key=lambda each: isinstance(each, GrantSheet)):
            if are_sheets:
                sheets = cast(Iterator[GrantSheet], run)
                count += sum(self._put_sheet(sheet, now) for sheet in sheets)
            else:
                rows = map(self._grant_row, cast(Iterator[v2.Grant], run))
                count += self._insert("v1_grants", _GRANT_COLUMNS, rows)
        return count

    def _put_sheet(self, sheet: GrantSheet, now: str) -> int:
        self.has_expandable_grants |= sheet_expansion(sheet) is not None
        self._has_sources |= sheet.sources is not None
        principal_ids, count = iter(sheet.principal_ids), 0
        while batch := list(islice(principal_ids, _BATCH)):
            if are_alike(batch):
                with storage_errors(self._working.folder, "working in"):
                    count += insert_alike(self._connection, sheet, batch, self.sync_id, now)
            else:
                rows = sheet_fields(replace(sheet, principal_ids=batch))
                count += self._insert("v1_grants", _GRANT_COLUMNS, rows)
        return count

    def begin_expansion(self) -> WorkingGrants:
        """Call once, when everything the connector lists has been put."""
        with storage_errors(self._working.folder, "working in"):
            self._working.prepare_sorting()
            for table in ("v1_entitlements", "v1_grants"):
                self._merged += make_unique(self._connection, table)
            schema.create_index(self._connection, schema.PRINCIPAL_INDEX)
        return WorkingGrants(
            self._connection, self._floors, self.put_grants, sourced=self._has_sources
        )

    def seal(self, sync_token: str = "") -> SealedSync:
        """Finishes the sync and replaces `output` in one step. The writer is closed afterwards."""
        try:
            with storage_errors(self._working.folder, "working in"):
                counts = self._finish(sync_token)
            size = pack(self._working.file, self.output)
        finally:
            self._working.close()
        return SealedSync(self.output, self.sync_id, size, counts, self._merged)

    def abandon(self) -> None:
        """Drops the sync; `output` stays as it was. Harmless after `seal`."""
        self._working.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.abandon()

    def _insert(self, table: str, columns: str, rows: Iterator[tuple[object, ...]]) -> int:
        places = ", ".join("?" * (columns.count(",") + 2))
        statement = (
            f"INSERT INTO {table} ({columns}, data, sync_id, discovered_at) "  # noqa: S608
            f"VALUES ({places}, '{self.sync_id}', '{self._now()}')"
        )
        count = 0
        while batch := list(islice(rows, _BATCH)):
            with storage_errors(self._working.folder, "working in"):
                count += self._connection.executemany(statement, batch).rowcount
        return count

    def _grant_row(self, grant: v2.Grant) -> GrantFields:
        fields = grant_fields(grant)
        self.has_expandable_grants |= fields[6] is not None
        self._has_sources |= grant.HasField("sources")
        return fields

    def _finish(self, sync_token: str) -> dict[str, int]:
        connection = self._connection
        self._working.prepare_sorting()
        for table in schema.TABLES:
            self._merged += make_unique(connection, table)
        for index in schema.INDEXES:
            schema.create_index(connection, index)
        counts, stats = count_records(connection, self._floors)
        connection.execute(
            "UPDATE v1_sync_runs SET ended_at = ?, sync_token = ?, stats = ?, supports_diff = ? "
            "WHERE sync_id = ?",
            (self._end(), sync_token, stats, self.sync_type is SyncType.FULL, self.sync_id),
        )
        connection.execute("COMMIT")
        return counts

    def _now(self) -> str:
        return format_time(self._clock())

    def _end(self) -> str:
        """After every earlier sync, or readers would go on answering from that one.

        Clocks are set back, and a Go connector writes the wall clock of its time zone.
        """
        earlier = (parse_nanoseconds(run.ended_at) for run in self._earlier if run.ended_at)
        return format_time(max(self._clock(), max(earlier, default=0) + 1))


def _check_writable(output: Path) -> None:
    """Finds out before any work whether the finished file could be put in place."""
    if output.is_dir():
        raise StorageError(f"{output} is a folder; name a file to write.")
    if not output.parent.is_dir():
        raise StorageError(f"{output.parent} does not exist; create the folder first.")
    with (
        storage_errors(output, "writing"),
        tempfile.NamedTemporaryFile(prefix=f".{output.name}.", dir=output.parent),
    ):
        pass
