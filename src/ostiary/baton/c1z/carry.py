"""Earlier sync runs of an existing file move into the database being written."""

import sqlite3
from pathlib import Path

from ostiary.baton.c1z import schema
from ostiary.baton.c1z.container import require_c1z
from ostiary.baton.c1z.errors import CorruptC1zError, storage_errors
from ostiary.baton.c1z.runs import SyncRun, SyncType, read_runs, retained
from ostiary.baton.c1z.working import WorkingDatabase, forget_name, read_only_uri, unpacked


def carry_over(
    working: WorkingDatabase, previous: Path, keep: int, beside: SyncType
) -> list[SyncRun]:
    """Copies the runs to keep with all their records and returns them, oldest first.

    A missing or empty file holds none. Anything but a readable .c1z raises; where a full sync is
    to stand alone there is nothing to read, and only a file of another kind raises.
    """
    if not previous.exists() or previous.stat().st_size == 0:
        return []
    if keep == 1 and beside is SyncType.FULL:
        require_c1z(previous)
        return []
    connection = working.connection
    with (
        unpacked(previous, working.folder) as database,
        storage_errors(previous, "reading", space=working.folder),
    ):
        connection.execute("ATTACH ? AS previous", (read_only_uri(database),))
        try:
            if not schema.columns_of(connection, "v1_sync_runs", "previous"):
                raise CorruptC1zError(f"{previous} is damaged: it has no table of sync runs.")
            forget_name(database)
            there = read_runs(connection, "previous")
            runs = retained(there, keep, beside)
            for table in schema.TABLES:
                if len(runs) < len(there) or not _copy_whole(connection, table):
                    _copy(connection, table, runs)
        finally:
            connection.execute("DETACH previous")
    return runs


def _copy_whole(connection: sqlite3.Connection, table: str) -> bool:
    """Copy a table that we wrote as it stands: SQLite moves the rows without taking them apart.

    Returns whether it is ours. Source: "The Xfer Optimization" in SQLite's insert.c.
    """
    own, there = (schema.definition_of(connection, table, place) for place in ("main", "previous"))
    if own != there:
        return False
    connection.execute(f"INSERT INTO main.{table} SELECT * FROM previous.{table}")  # noqa: S608
    return True


def _copy(connection: sqlite3.Connection, table: str, runs: list[SyncRun]) -> None:
    present = schema.columns_of(connection, table, "previous")
    if not present:
        return
    columns = [name for name in schema.columns_of(connection, table) if name != "id"]
    for run in runs:
        connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "  # noqa: S608
            f"SELECT {schema.select_list(columns, present)} FROM previous.{table} "
            "WHERE sync_id = ? ORDER BY id",
            (run.sync_id,),
        )
