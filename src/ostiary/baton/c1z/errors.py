"""What can go wrong with a .c1z file, in words for the person who runs the connector."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class C1zError(Exception):
    """Base of every error of this package."""


class NotC1zError(C1zError):
    """The file is something else; it is never overwritten."""


class UnsupportedEngineError(C1zError):
    """A .c1z of the Pebble storage engine."""


class CorruptC1zError(C1zError):
    """The file begins like a .c1z but is truncated or damaged."""


class TooLargeError(C1zError):
    """The decoded database exceeds the cap."""


class NoSyncError(C1zError):
    """The file holds no sync that answers the question."""


class InvalidRecordError(C1zError):
    """A record that must not be written, such as a grant without a principal."""


class StorageError(C1zError):
    """A file or folder cannot be read or written."""


class DiskFullError(StorageError):
    """No space is left."""


_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_TOOBIG}


@contextmanager
def storage_errors(path: Path, doing: str, *, space: Path | None = None) -> Iterator[None]:
    """Turns errors of the operating system and of SQLite into ours.

    `doing` is a gerund phrase that precedes `path`; `space` is the folder whose disk may run full,
    by default the one of `path`.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise _disk_full(path, doing, space) from error
        raise StorageError(f"{doing} {path} failed: {error.strerror or error}") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise _disk_full(path, doing, space) from error
        if code in _DAMAGED:
            raise CorruptC1zError(f"{path} is damaged: {error}.") from error
        if isinstance(error, sqlite3.OperationalError):
            raise StorageError(f"{doing} {path} failed: {error}") from error
        raise


def _disk_full(path: Path, doing: str, space: Path | None) -> DiskFullError:
    folder = space or (path if path.is_dir() else path.parent)
    return DiskFullError(
        f"{doing} {path} failed: no space is left in {folder}. Free some, or put the working files "
        "on another disk (--c1z-temp-dir)."
    )
