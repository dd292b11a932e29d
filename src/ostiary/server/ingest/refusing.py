"""Why an upload cannot be read, for owners of its connector: not where the server keeps it."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.message import DecodeError

from ostiary.baton.c1z import C1zError, DiskFullError, StorageError
from ostiary.server.ingest.rules import RefusedError


def unreadable(error: C1zError | DecodeError, upload: Path) -> RefusedError:
    return RefusedError("unreadable", _told(error, upload))


def _told(error: C1zError | DecodeError, upload: Path) -> str:
    match error:
        case DiskFullError():
            return "The server has no room left to unpack the upload; its log names the disk."
        case StorageError():
            cause = error.__cause__
            why = cause.strerror if isinstance(cause, OSError) else cause
            return f"The upload cannot be read: {why}."
        case C1zError():
            return str(error).replace(str(upload), "The upload")
    return f"The upload is damaged: {error}"
