"""The commands that an operator types, run in this process: each would take a second to start."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

import typer

from ostiary.cli.demo.command import STOPPED
from ostiary.cli.demo.narrator import Narrator, StepFailedError


def run(narrator: Narrator, words: Sequence[str]) -> None:
    """Shows the command and lets it write. StepFailedError when it does not end with 0."""
    narrator.command(["ostiary", *words])
    narrator.hand_over(blank=False)
    code = _invoke(words)
    narrator.hand_over()
    if code != 0:
        raise StepFailedError(
            f"`ostiary {words[0]} {words[1]}` ended with exit code {code}, not 0."
        )


def ask(*words: str) -> list[dict[str, Any]]:
    """What the command tells programs: one object per line."""
    heard = io.StringIO()
    with redirect_stdout(heard):
        code = _invoke([*words, "--json"])
    if code != 0:
        raise StepFailedError(
            f"`ostiary {words[0]} {words[1]}` ended with exit code {code}, not 0."
        )
    return [json.loads(line) for line in heard.getvalue().splitlines()]


@contextmanager
def explained_here() -> Iterator[None]:
    """For what ends commands: here it ends the step. Its words are on the screen already."""
    try:
        yield
    except typer.Exit as error:
        raise StepFailedError("The server's data cannot be read.") from error


def _invoke(words: Sequence[str]) -> int:
    from ostiary.cli.main import app

    code = app(list(words), standalone_mode=False)
    if code == STOPPED:
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
