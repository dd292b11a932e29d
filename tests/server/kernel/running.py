"""Servers as an operator starts them: processes, signals, what they print."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 120
"""Seconds until a process that should end counts as hanging."""


class Server:
    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self.process = process
        self._errors = errors
        self.greeting: list[str] = []

    def wait_until_it_listens(self) -> str:
        """Its first address."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.greeting.append(line.strip())
            if line.startswith("http://"):
                return line.strip()
        raise AssertionError(f"it ended:\n{self.log}")

    @property
    def log(self) -> str:
        return self._errors.read_text()

    def get(self, path: str) -> tuple[int, Any]:
        address = next(line for line in self.greeting if line.startswith("http://"))
        try:
            with urllib.request.urlopen(address + path, timeout=PATIENCE) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.end()


@contextmanager
def starting(folder: Path, environment: Mapping[str, str], *options: str) -> Iterator[Server]:
    """`ostiary serve` with nothing else of this machine's settings; killed if still there."""
    errors = folder / f"serve-{len(list(folder.glob('serve-*')))}.log"
    with errors.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ostiary.cli.main", "serve", "--http-port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "OSTIARY_TLS_PORT": "0", **environment},
        )
    server = Server(process, errors)
    try:
        yield server
    finally:
        process.kill()
        process.wait()
        assert process.stdout
        process.stdout.close()


def command(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ostiary.cli.main", *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=PATIENCE,
        check=False,
    )
