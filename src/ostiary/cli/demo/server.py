"""`ostiary serve` as an operator starts it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ostiary.cli.demo.narrator import StepFailedError
from ostiary.cli.demo.surroundings import LOOPBACK, open_port, undisturbed

COMMAND = [sys.executable, "-m", "ostiary.cli.main", "serve"]
USUAL_PORTS = (8080, 8443)
PATIENCE = 30
"""Seconds the server gets to end by itself."""
LINK = "/auth/start#"
PORT_TAKEN = "cannot listen on"


@dataclass(frozen=True)
class Server:
    """`link` makes whoever opens it first the Super Administrator."""

    process: subprocess.Popen[str]
    settings: dict[str, str]
    url: str
    link: str
    log: Path

    def check(self) -> None:
        """StepFailedError when it runs no longer."""
        if self.process.poll() is not None:
            raise StepFailedError(_words(self.process, self.log))

    def wait(self) -> None:
        """Until KeyboardInterrupt. StepFailedError when it ends by itself."""
        self.process.wait()
        self.check()


@contextmanager
def serving(folder: Path, lock: int) -> Iterator[Server]:
    """Its data are in `folder`. The server holds the file `lock` as long as it lives."""
    server = _start(folder, USUAL_PORTS, lock) or _start(folder, (0, 0), lock)
    if server is None:
        raise StepFailedError("Other programs take every port that the server tries.")
    try:
        yield server
    finally:
        _end(server.process, folder)


def _start(folder: Path, usual: tuple[int, int], lock: int) -> Server | None:
    """None when another program was quicker to take a port."""
    http, tls = (open_port(port) for port in usual)
    settings = {
        "OSTIARY_DATA_DIR": str(folder),
        "OSTIARY_HTTP_PORT": str(http),
        "OSTIARY_TLS_PORT": str(tls),
        "OSTIARY_TLS_HOST": LOOPBACK,
    }
    log = folder.with_name("server.log")
    with log.open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program
            COMMAND,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **settings},
            start_new_session=True,  # Ctrl-C is for the demo, which ends it
            pass_fds=(lock,),
        )
    try:
        link = _link(process)
    except BaseException:
        _end(process, folder)
        raise
    if link is not None:
        return Server(process, settings, f"http://{LOOPBACK}:{http}", link, log)
    _end(process, folder)
    if PORT_TAKEN in log.read_text():
        return None
    raise StepFailedError(_words(process, log))


def _link(process: subprocess.Popen[str]) -> str | None:
    """The last that it prints once it answers. None when it ends instead."""
    assert process.stdout is not None
    return next((line.strip() for line in process.stdout if LINK in line), None)


def _end(process: subprocess.Popen[str], folder: Path) -> None:
    with undisturbed():
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            stop_database(folder)
        assert process.stdout is not None
        process.stdout.close()


def stop_database(folder: Path) -> None:
    """The PostgreSQL of a server that was killed, if it left one running."""
    from ostiary.server.kernel.postgres import EmbeddedPostgres

    database = EmbeddedPostgres(folder / "postgres")
    if (database.data / "postmaster.pid").exists():
        database.start()
        database.stop()


def _words(process: subprocess.Popen[str], log: Path) -> str:
    last = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    return f"The server ended with exit code {process.poll()}; {log} says why:\n{last}"
