"""The folder the demo leaves its file in, which it may fill again and nobody else's."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostiary.cli.demo.narrator import StepFailedError

FILE = "sync.c1z"
MARKER = ".ostiary-demo.yaml"
_NOTE = "# Made by `ostiary demo`, which replaces what it left in this folder.\n"


@contextmanager
def fresh(folder: Path) -> Iterator[Path]:
    """The path of the file to write, free of what an earlier demo left, ours until the end.

    A file that no demo made stays, and fails the step.
    """
    file, marker = folder / FILE, folder / MARKER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if file.exists() and not marker.exists():
            raise StepFailedError(
                f"{file} was not made by a demo and is left alone. Name another folder with --dir."
            )
        with marker.open("w", encoding="utf-8") as held:
            _lock(held.fileno(), folder)
            held.write(_NOTE)
            held.flush()
            file.unlink(missing_ok=True)
            shutil.rmtree(folder / f".{FILE}.state", ignore_errors=True)
            yield file
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        raise StepFailedError(
            f"The folder {folder} cannot be used: {reason}. Name another with --dir."
        ) from error


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StepFailedError(
            f"Another demo is running in {folder}. Wait for it, or name another folder with --dir."
        ) from error
