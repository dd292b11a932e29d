"""Where a run writes and keeps its state, claimed for this run alone."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status

LOCK_NAME = "lock"


def output_path(settings: Settings) -> Path:
    """The file to write; a link is followed, so that it is not replaced by the file.

    `ConnectorError` when its folder is missing.
    """
    path = settings.get_path("file") or Path("sync.c1z")
    if path.is_symlink():
        path = path.resolve()
    if not path.parent.is_dir():
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"{path} cannot be written: the folder {path.parent} does not exist.",
            remedy="Create the folder, or name another file with --file.",
        )
    return path


def working_folder(settings: Settings) -> Path | None:
    folder = settings.get_path("c1z-temp-dir")
    if folder is not None and not folder.is_dir():
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"The folder for working files, {folder}, does not exist.",
            remedy="Create it, or name another with --c1z-temp-dir.",
        )
    return folder


def state_folder(settings: Settings, output: Path) -> Path:
    return settings.get_path("state-dir") or output.parent / f".{output.name}.state"


@contextmanager
def claimed(folder: Path) -> Iterator[Path]:
    """The state directory, made if need be, locked against other runs while the context lasts.

    The lock goes with the process, however that ends. Only this user may read what is inside.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"The state directory {folder} cannot be used: {error.strerror}.",
            remedy="Name a writable folder with --state-dir.",
        ) from error
    try:
        _lock(descriptor, folder)
        yield folder
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"Another run (process {holder or 'unknown'}) is using the state directory {folder}.",
            remedy="Wait until it ends, or give this run its own --state-dir.",
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
