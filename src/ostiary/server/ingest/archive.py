"""An uploaded .c1z as rows, in flat memory whatever its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from ostiary.baton.c1z import CorruptC1zError, SyncRun
from ostiary.baton.c1z.errors import storage_errors
from ostiary.baton.c1z.runs import read_runs
from ostiary.baton.c1z.schema import LATER_COLUMNS, columns_of, definition_of, select_list
from ostiary.baton.c1z.working import forget_name, read_only_uri, unpacked

_BATCH: Final = 5_000
_LONGEST_VALUE: Final = 64 * 1024 * 1024
_LONGEST_SYNC_ID: Final = 100
_SHORTEST_ROW: Final = 16
"""Bytes. A damaged or forged tree of pages may lead to the same rows again and again."""
_LARGEST_RATIO: Final = 64
"""Real files decode to 4 to 20 times their size; a bomb decodes to thousands of times."""
_ALWAYS_DECODED: Final = 64 * 1024 * 1024
"""Bytes. Small files have the most air in them: a page per table and index."""

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
            database = stack.enter_context(unpacked(path, temp_dir, _most_decoded(path)))
            connection = sqlite3.connect(read_only_uri(database), uri=True, check_same_thread=False)
            self._connection = stack.enter_context(closing(connection))
            self._most_rows = database.stat().st_size // _SHORTEST_ROW
            forget_name(database)
            with storage_errors(path, "reading"):
                _distrust(connection)
                self._columns("v1_sync_runs", SyncRun.__dataclass_fields__)
                self.runs = [self._checked(run) for run in read_runs(connection)]
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
            names = select_list(list(columns), self._columns(table, columns))
            rows = 0
            cursor = self._connection.execute(
                f"SELECT {names} FROM {table} WHERE sync_id = ? ORDER BY id",  # noqa: S608
                (run.sync_id,),
            )
            while batch := cursor.fetchmany(_BATCH):
                rows += len(batch)
                if rows > self._most_rows:
                    raise self._damaged(f"the table {table} does not end")
                if not all(type(row[-1]) is bytes for row in batch):
                    raise self._damaged(f"the table {table} has data that are no bytes")
                yield batch

    def _columns(self, table: str, wanted: Iterable[str]) -> list[str]:
        """Views and virtual tables may compute without end, so they count as absent."""
        definition = definition_of(self._connection, table, "main")
        if definition is None or not definition.upper().startswith("CREATE TABLE"):
            raise self._damaged(f"it lacks the table {table}")
        present = columns_of(self._connection, table)
        lacking = sorted({"id", "sync_id", *wanted} - {*present, *LATER_COLUMNS})
        if lacking:
            raise self._damaged(f"the table {table} lacks {', '.join(lacking)}")
        return present

    def _checked(self, run: SyncRun) -> SyncRun:
        """SQLite keeps any value in any column."""
        texts = (run.sync_id, run.started_at, run.sync_type, run.ended_at or "")
        if not all(isinstance(text, str) and "\0" not in text for text in texts):
            raise self._damaged("a sync run has values that are no text")
        if not 0 < len(run.sync_id) <= _LONGEST_SYNC_ID:
            raise self._damaged("a sync run has an impossible id")
        return run

    def _damaged(self, how: str) -> CorruptC1zError:
        return CorruptC1zError(f"{self.path} is damaged: {how}.")


def _most_decoded(path: Path) -> int:
    """Bytes that an honest file of this size may hold; what a bomb may write is bounded by it."""
    with storage_errors(path, "reading"):
        return max(_ALWAYS_DECODED, _LARGEST_RATIO * path.stat().st_size)


def _distrust(connection: sqlite3.Connection) -> None:
    """Whoever made the file may mean harm: https://sqlite.org/security.html."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
