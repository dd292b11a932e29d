"""One run of a program in a process of its own, timed from exec to exit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
BYTECODE = Path(__file__).parent / "results" / "bytecode"


class FailedError(Exception):
    """A program that is measured ended with an error: its numbers would mean nothing."""


@dataclass(frozen=True)
class Run:
    """``peak`` is the most memory that was resident at once, in MiB; ``cpu`` both kinds."""

    output: str
    seconds: float
    cpu: float
    peak: float

    @property
    def last_line(self) -> dict[str, Any]:
        """The JSON object that the program printed last."""
        lines = [line for line in self.output.splitlines() if line.startswith("{")]
        told: dict[str, Any] = json.loads(lines[-1])
        return told


def run(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run a program to its end.

    Peak memory is the kernel's own record. A new process inherits the mark of the one it was
    forked from, so whoever measures must stay small itself.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        env={**_as_installed(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout as stream:
        output = stream.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise FailedError(f"{command[0]} ended with {process.returncode}:\n{output}")
    return Run(output, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _as_installed() -> dict[str, str]:
    """This environment, where Python keeps what it compiled, as it does once installed."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPYCACHEPREFIX": str(BYTECODE)}


def sync(environment: Mapping[str, str], file: Path) -> Run:
    """One sync of the connector into a file."""
    command = [str(BIN / "baton-microsoft-entra"), "--file", str(file), "--log-format", "json"]
    return run(command, environment)
