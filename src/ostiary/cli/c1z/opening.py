"""Opening a file for a command, and ending the command well when something is wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer
from google.protobuf.message import DecodeError

from ostiary.baton.c1z import C1zError
from ostiary.cli.c1z.finding import FindingError
from ostiary.cli.c1z.names import clean
from ostiary.cli.c1z.screen import complain, working
from ostiary.cli.c1z.syncfile import SyncFile

NOT_HELD: Final = 1
FAILED: Final = 2
DISAGREES: Final = 3
_READER_LEFT: Final = 141
"""128 + SIGPIPE, what a shell reports of any program whose reader went away."""


@contextmanager
def opened(path: Path, sync_id: str | None, temp_dir: Path | None) -> Iterator[SyncFile]:
    """Errors about the file or about what was searched in it end the command with FAILED."""
    try:
        with working(f"Unpacking {path.name}"):
            file = SyncFile(path, sync_id=sync_id, temp_dir=temp_dir)
        with file:
            yield file
        sys.stdout.flush()
    except (C1zError, FindingError) as error:
        raise _failed(str(error)) from error
    except DecodeError as error:
        raise _failed(f"{path} is damaged: a record in it cannot be decoded.") from error
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(_READER_LEFT) from error


def _failed(message: str) -> typer.Exit:
    complain("\n".join(clean(line) for line in message.splitlines()))
    return typer.Exit(FAILED)
