"""The folder the demo leaves its data in, which it may fill again and nobody else's."""

from __future__ import annotations

import fcntl
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ostiary.cli.demo.narrator import StepFailedError
from ostiary.cli.demo.server import stop_database

MARKER = ".ostiary-demo.yaml"
_NOTE = "# Made by `ostiary demo`, which replaces what it left in this folder.\n"


@dataclass(frozen=True)
class Folder:
    """`lock` is a file descriptor; whoever holds it works in the folder."""

    path: Path
    lock: int

    @property
    def server(self) -> Path:
        """The server's data directory, absolute."""
        return self.path.resolve() / "server"

    @property
    def tenant(self) -> Path:
        return self.path / "tenant"

    @property
    def secret(self) -> Path:
        return self.tenant / "client-secret"

    @property
    def environment(self) -> Path:
        return self.path / "environment"

    def keep_secret(self, secret: str) -> None:
        self.secret.touch(mode=0o600)
        self.secret.write_text(f"{secret}\n")

    def keep_environment(self, settings: Mapping[str, str]) -> None:
        """For shells: with it the commands find the server's data."""
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in settings.items()]
        self.environment.write_text("".join(lines))


@contextmanager
def fresh(path: Path) -> Iterator[Folder]:
    """Free of what an earlier demo left, ours until the end.

    Data that no demo made stay, and fail the step.
    """
    folder, marker = Folder(path, -1), path / MARKER
    try:
        path.mkdir(parents=True, exist_ok=True)
        if folder.server.exists() and not marker.exists():
            raise StepFailedError(
                f"{path / 'server'} was not made by a demo and is left alone. "
                "Name another folder with --dir."
            )
        with marker.open("w", encoding="utf-8") as held:
            _lock(held.fileno(), path)
            held.write(_NOTE)
            held.flush()
            _empty(folder)
            yield Folder(path, held.fileno())
    except OSError as error:
        reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        raise StepFailedError(
            f"The folder {path} cannot be used: {reason}. Name another with --dir."
        ) from error


def _empty(folder: Folder) -> None:
    """What was killed may have left its database running."""
    stop_database(folder.server)
    for left in (folder.server, folder.tenant):
        if left.exists():
            shutil.rmtree(left)
    folder.environment.unlink(missing_ok=True)
    folder.tenant.mkdir()


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StepFailedError(
            f"Another demo is running in {path}, or the server of one that was killed. "
            "Wait for it, or name another folder with --dir."
        ) from error
