"""The command: options, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

STOPPED = 130
"""128 + SIGINT, what a shell reports of any program that Ctrl-C ended."""


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Run through and end, as every run does today.")
    ] = False,
    folder: Annotated[
        Path, typer.Option("--dir", help="Where to leave the file; made if it is not there.")
    ] = Path("demo"),
) -> None:
    """Sync a simulated Entra tenant twice and explain one access, checking every step.

    Needs no account and no network. Ends with 0 only if every step did what it said.
    """
    from ostiary.cli.demo.narrator import Narrator, StepFailedError
    from ostiary.cli.demo.run import STEPS, run

    narrator = Narrator(STEPS)
    try:
        run(narrator, folder)
    except StepFailedError as error:
        narrator.failed(str(error))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        narrator.stopped()
        raise typer.Exit(STOPPED) from error
    except Exception as error:
        narrator.failed(f"{type(error).__name__}: {error}")
        raise
