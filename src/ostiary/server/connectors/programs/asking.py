"""Running a program for its answer: bounded in time and memory, in an empty folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ostiary.server.connectors.programs.starting import environment, launched, located
from ostiary.server.kernel.settings import Settings


class TooSlowError(Exception):
    """The program did not end in time and was killed."""


@dataclass(frozen=True, slots=True)
class Answer:
    code: int
    out: str
    err: str

    def __repr__(self) -> str:
        return f"Answer(code={self.code})"


def ask(
    settings: Settings, program: str, words: list[str], values: Mapping[str, str] | None = None
) -> Answer:
    """`values` by field name go by environment. AppError when it is not installed."""
    command = launched(located(program), words, settings.connector_memory_mb)
    with tempfile.TemporaryDirectory(prefix="ostiary-ask-") as folder:
        process = subprocess.Popen(  # noqa: S603 - a program that the operator named
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment(values or {}, Path(folder)),
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=settings.connector_check_seconds)
        except subprocess.TimeoutExpired:
            raise TooSlowError from None
        finally:
            _end(process)
    return Answer(process.returncode, _text(out), _text(err))


def _end(process: subprocess.Popen[bytes]) -> None:
    """With whatever it started itself."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace").replace("\x00", "\ufffd")
