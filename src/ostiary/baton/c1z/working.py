"""Database files that nobody else sees.

On POSIX systems their names go as soon as they are open, so that not even a killed process leaves
gigabytes behind.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from ostiary.baton.c1z import schema
from ostiary.baton.c1z.container import unpack
from ostiary.baton.c1z.errors import storage_errors

_CACHE_KIB: Final = 48 * 1024
_PAGE_BYTES: Final = 32 * 1024
"""Stock files have 4 KiB; why ours have not is told in docs/adr/0010."""
_SORTING_THREADS: Final = 2
_MANY_ROWS: Final = 500_000
"""From so many rows on, starting threads that sort beside the reading pays for itself."""


class WorkingDatabase:
    """A new, empty .c1z database without indexes in `folder`. Always `close` it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        with ExitStack() as stack, storage_errors(folder, "working in"):
            path = _new_file(folder, name)
            stack.callback(path.unlink, missing_ok=True)
            self.file: BinaryIO = stack.enter_context(path.open("rb"))
            self.connection = stack.enter_context(closing(_connect(path)))
            schema.create_tables(self.connection)
            forget_name(path)
            self._open = stack.pop_all()

    def prepare_sorting(self) -> None:
        """Call before making indexes, when their rows are in."""
        rows = self.connection.execute("SELECT ifnull(max(id), 0) FROM v1_grants").fetchone()[0]
        threads = _SORTING_THREADS if rows >= _MANY_ROWS else 0
        self.connection.execute(f"PRAGMA threads = {threads}")

    def close(self) -> None:
        self._open.close()


@contextmanager
def unpacked(path: Path, folder: Path, max_bytes: int | None = None) -> Iterator[Path]:
    """The database inside the .c1z `path`, as a file in `folder` that goes at the end.

    TooLargeError when it has more than `max_bytes`, if that is given.
    """
    target = _new_file(folder, path.name)
    try:
        unpack(path, target, max_bytes)
        yield target
    finally:
        target.unlink(missing_ok=True)


def read_only_uri(path: Path) -> str:
    """Opens also a database whose header says WAL, without any file beside it."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def forget_name(path: Path) -> None:
    """Call once the file is open. Windows keeps the name of an open file until it is closed."""
    if os.name == "posix":
        path.unlink()


def _new_file(folder: Path, name: str) -> Path:
    with storage_errors(folder, "creating a working file in"):
        descriptor, path = tempfile.mkstemp(prefix=f".{name}.", suffix=".working", dir=folder)
        os.close(descriptor)
    return Path(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, uri=True)
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode = MEMORY")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    _spill_to(connection, path.parent)
    return connection


def _spill_to(connection: sqlite3.Connection, folder: Path) -> None:
    """Sorting for an index spills to disk: to the disk of the database, not to a small /tmp."""
    if "SQLITE_TMPDIR" not in os.environ:
        quoted = str(folder.resolve()).replace("'", "''")
        connection.execute(f"PRAGMA temp_store_directory = '{quoted}'")
