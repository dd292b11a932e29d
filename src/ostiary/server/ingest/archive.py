"""An uploaded .c1z as rows, in flat memory whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ostiary.baton.c1z import CorruptC1zError, SyncRun
from ostiary.baton.c1z.errors import storage_errors
from ostiary.baton.c1z.runs import read_runs
from ostiary.baton.c1z.schema import columns_of, select_list
from ostiary.baton.c1z.working import forget_name, read_only_uri, unpacked

_BATCH: Final = 5_000

GRANT_COLUMNS: Final = (
    "resource_type_id",
    "entitlement_id",
    "principal_resource_type_id",
    "principal_resource_id",
    "external_id",
    "expansion",
    "data",
)


class Archive:
    """`C1zError` for what is no readable .c1z. `temp_dir` needs room for the unpacked database."""

    def __init__(self, path: Path, temp_dir: Path) -> None:
        self.path = path
        with ExitStack() as stack:
            database = stack.enter_context(unpacked(path, temp_dir))
            connection = sqlite3.connect(read_only_uri(database), uri=True, check_same_thread=False)
            self._connection = stack.enter_context(closing(connection))
            forget_name(database)
            with storage_errors(path, "reading"):
                if not columns_of(connection, "v1_sync_runs"):
                    raise CorruptC1zError(f"{path.name} is damaged: it has no table of sync runs.")
                self.runs = read_runs(connection)
            self._open = stack.pop_all()

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def messages(self, table: str, run: SyncRun) -> Iterator[bytes]:
        """The serialized records of one sync in the order they were written."""
        for batch in self._batches(table, ("data",), run):
            for (data,) in batch:
                yield data

    def grants(self, run: SyncRun) -> Iterator[list[tuple[Any, ...]]]:
        """Batches of `GRANT_COLUMNS`."""
        return self._batches("v1_grants", GRANT_COLUMNS, run)

    def _batches(
        self, table: str, columns: Sequence[str], run: SyncRun
    ) -> Iterator[list[tuple[Any, ...]]]:
        with storage_errors(self.path, "reading"):
            present = columns_of(self._connection, table)
            if not present:
                raise CorruptC1zError(f"{self.path.name} is damaged: it lacks the table {table}.")
            names = select_list(list(columns), present)
            cursor = self._connection.execute(
                f"SELECT {names} FROM {table} WHERE sync_id = ? ORDER BY id",  # noqa: S608
                (run.sync_id,),
            )
            while batch := cursor.fetchmany(_BATCH):
                yield batch
