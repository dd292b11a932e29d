"""Reading one sync of a .c1z file, also of those that older SDKs wrote."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ostiary.baton.c1z import schema
from ostiary.baton.c1z.encoding import attach_expansion
from ostiary.baton.c1z.errors import CorruptC1zError, NoSyncError, storage_errors
from ostiary.baton.c1z.runs import SyncRun, default_run, read_runs
from ostiary.baton.c1z.working import forget_name, read_only_uri, unpacked
from ostiary.baton.pb import connector_v2 as v2

_GRANT_COLUMNS = [
    "data",
    "expansion",
    "entitlement_id",
    "resource_type_id",
    "resource_id",
    "principal_resource_type_id",
    "principal_resource_id",
]


class C1zReader:
    """Records come in the order they were written. Close it, or use it in a `with` block.

    `sync_id` picks a sync; without it the newest finished full one answers, or if there is none
    the newest unfinished one of the last seven days. NoSyncError when there is no such sync.
    """

    def __init__(
        self,
        path: Path,
        *,
        sync_id: str | None = None,
        temp_dir: Path | None = None,
        now: datetime | None = None,
    ) -> None:
        self.path = path
        folder = temp_dir or Path(tempfile.gettempdir())
        with ExitStack() as stack:
            database = stack.enter_context(unpacked(path, folder))
            self._connection = _open(path, database)
            stack.callback(self._connection.close)
            forget_name(database)
            with storage_errors(path, "reading"):
                self.syncs = read_runs(self._connection)
            self.sync = _choose(path, self.syncs, sync_id, now or datetime.now(UTC))
            self._resources = stack.pop_all()

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def resource_types(self) -> Iterator[v2.ResourceType]:
        for (data,) in self._select("v1_resource_types", "data", {}):
            yield v2.ResourceType.FromString(data)

    def resources(self, *, resource_type: str | None = None) -> Iterator[v2.Resource]:
        for (data,) in self._select("v1_resources", "data", {"resource_type_id": resource_type}):
            yield v2.Resource.FromString(data)

    def entitlements(
        self, *, resource_type: str | None = None, resource: str | None = None
    ) -> Iterator[v2.Entitlement]:
        where = {"resource_type_id": resource_type, "resource_id": resource}
        for (data,) in self._select("v1_entitlements", "data", where):
            yield v2.Entitlement.FromString(data)

    def grants(
        self,
        *,
        resource_type: str | None = None,
        resource: str | None = None,
        entitlement: str | None = None,
        principal_type: str | None = None,
        principal: str | None = None,
    ) -> Iterator[v2.Grant]:
        """Filters are ids and combine. A GrantExpandable is back among the annotations."""
        where = {
            "resource_type_id": resource_type,
            "resource_id": resource,
            "entitlement_id": entitlement,
            "principal_resource_type_id": principal_type,
            "principal_resource_id": principal,
        }
        present = schema.columns_of(self._connection, "v1_grants")
        columns = schema.select_list(_GRANT_COLUMNS, present)
        for row in self._select("v1_grants", columns, where):
            yield _grant(*row)

    def _select(
        self, table: str, columns: str, where: dict[str, str | None]
    ) -> Iterator[tuple[Any, ...]]:
        given = {name: value for name, value in where.items() if value is not None}
        conditions = "".join(f" AND {name} = ?" for name in given)
        with storage_errors(self.path, "reading"):
            rows = self._connection.execute(
                f"SELECT {columns} FROM {table} WHERE sync_id = ?{conditions} ORDER BY id",  # noqa: S608
                (self.sync.sync_id, *given.values()),
            )
            for row in rows:  # noqa: UP028 - `yield from` would close the cursor too late
                yield row


def _open(path: Path, database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(read_only_uri(database), uri=True, check_same_thread=False)
    try:
        with storage_errors(path, "reading"):
            present = schema.columns_of(connection, "v1_sync_runs")
        if not present:
            raise CorruptC1zError(f"{path} is damaged: it has no table of sync runs.")
    except BaseException:
        connection.close()
        raise
    return connection


def _choose(path: Path, runs: list[SyncRun], sync_id: str | None, now: datetime) -> SyncRun:
    if sync_id is None:
        run = default_run(runs, now)
        if run is None:
            raise NoSyncError(f"{path} holds no finished sync.")
        return run
    for run in runs:
        if run.sync_id == sync_id:
            return run
    raise NoSyncError(f"{path} holds no sync {sync_id}.")


def _grant(
    data: bytes,
    expansion: bytes | None,
    entitlement_id: str,
    resource_type: str,
    resource: str,
    principal_type: str,
    principal: str,
) -> v2.Grant:
    grant = v2.Grant.FromString(data)
    if not grant.HasField("entitlement"):
        grant.entitlement.id = entitlement_id
        grant.entitlement.resource.id.resource_type = resource_type
        grant.entitlement.resource.id.resource = resource
    if not grant.HasField("principal"):
        grant.principal.id.resource_type = principal_type
        grant.principal.id.resource = principal
    if expansion:
        attach_expansion(grant, expansion)
    return grant
