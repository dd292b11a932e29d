"""The command: options, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

STOPPED = 130
"""128 + SIGINT, what a shell reports of any program that Ctrl-C ended."""


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the last step instead of staying up.")
    ] = False,
    folder: Annotated[
        Path, typer.Option("--dir", help="Where to leave the data; made if it is not there.")
    ] = Path("demo"),
) -> None:
    """Connect a simulated Entra tenant to a server, and ask it three questions.

    Every step is checked. Needs no account and no network. Then tenant and server stay up until
    Ctrl-C. Ends with 0 only if every step did what it said.
    """
    from ostiary.cli.demo.narrator import Narrator, StepFailedError
    from ostiary.cli.demo.run import STEPS, play
    from ostiary.cli.demo.surroundings import stoppable

    narrator = Narrator(STEPS)
    try:
        with stoppable():
            play(narrator, folder, stay=not once)
    except StepFailedError as error:
        narrator.failed(str(error))
        raise typer.Exit(1) from error
    except KeyboardInterrupt as error:
        narrator.stopped()
        if not narrator.finished:
            raise typer.Exit(STOPPED) from error
    except Exception as error:
        narrator.failed(f"{type(error).__name__}: {error}")
        raise
