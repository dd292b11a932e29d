"""Any exception, as an error with a status and words for the reader."""

from __future__ import annotations

import sqlite3

from ostiary.baton.c1z import (
    C1zError,
    CorruptC1zError,
    DiskFullError,
    InvalidRecordError,
    NotC1zError,
    StorageError,
    TooLargeError,
    UnsupportedEngineError,
)
from ostiary.connector.admission import defect
from ostiary.connector.status import ConnectorError, Status

KEPT = "The file was left as it was. Name another with --file, or move it away."

FILE_ERRORS: dict[type[C1zError], tuple[Status, str]] = {
    DiskFullError: (Status.RESOURCE_EXHAUSTED, ""),
    StorageError: (Status.FAILED_PRECONDITION, ""),
    NotC1zError: (Status.FAILED_PRECONDITION, KEPT),
    UnsupportedEngineError: (Status.FAILED_PRECONDITION, KEPT),
    CorruptC1zError: (Status.FAILED_PRECONDITION, KEPT),
    TooLargeError: (Status.FAILED_PRECONDITION, KEPT),
}


def explained(error: BaseException) -> ConnectorError:
    """The error itself if it explains itself, else what can be said about it.

    Of several that happened at once, one that explains itself goes before one that does not.
    """
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return min(
            map(explained, error.exceptions), key=lambda found: found.status is Status.UNKNOWN
        )
    if isinstance(error, InvalidRecordError):
        return defect(str(error))
    if isinstance(error, sqlite3.IntegrityError):
        return defect(f"two records collide: {error}")
    if isinstance(error, C1zError):
        status, remedy = FILE_ERRORS.get(type(error), (Status.UNKNOWN, ""))
        return ConnectorError(status, _sentence(str(error)), remedy=remedy)
    return ConnectorError(
        Status.UNKNOWN,
        f"The connector failed in a way nobody foresaw: {type(error).__name__}: {error}",
        remedy="This is a defect: report it with the log.",
    )


def is_unforeseen(error: BaseException) -> bool:
    """Whether a developer needs the traceback."""
    return explained(error).status in (Status.UNKNOWN, Status.INTERNAL)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:] if not text.startswith(("/", ".")) else text
    return text if text.endswith(".") else f"{text}."
