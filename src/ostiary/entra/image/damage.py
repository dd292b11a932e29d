"""What can go wrong with the image's file, in words for the person who runs the connector."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostiary.connector.status import ConnectorError, Status

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNUSABLE = frozenset(
    {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)


@contextmanager
def in_words(image: Path) -> Iterator[None]:
    """Errors of the file and its disk become ConnectorError; others, such as defects, pass."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise _full(image) from error
        if code in _DAMAGED:
            raise _damaged(image, error) from error
        if code in _UNUSABLE:
            raise _unusable(image, str(error)) from error
        raise


def unusable(image: Path, error: OSError) -> ConnectorError:
    """The file cannot be opened, made or replaced."""
    return _full(image) if error.errno in _FULL else _unusable(image, error.strerror or str(error))


def _full(image: Path) -> ConnectorError:
    return ConnectorError(
        Status.RESOURCE_EXHAUSTED,
        f"The image of the tenant, {image}, cannot grow: no space is left on its disk.",
        remedy="Free some, or keep the state on another disk (--state-dir). The next run goes on "
        "from where this one stopped.",
    )


def _damaged(image: Path, error: sqlite3.Error) -> ConnectorError:
    return ConnectorError(
        Status.DATA_LOSS,
        f"The image of the tenant, {image}, is damaged ({error}).",
        remedy="Delete this file and run again: the next sync reads everything anew.",
    )


def _unusable(image: Path, reason: str) -> ConnectorError:
    return ConnectorError(
        Status.FAILED_PRECONDITION,
        f"The image of the tenant, {image}, cannot be used: {reason}.",
        remedy="Check that this user may read and write it and its folder, or name another folder "
        "with --state-dir.",
    )
