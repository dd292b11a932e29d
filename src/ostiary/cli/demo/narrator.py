"""What the demo says: each step before it happens, each proof after it."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

_WIDEST = 88
_INDENT = 5


class StepFailedError(Exception):
    """A step did not do what it said; the message says what happened and what to do."""


class Narrator:
    """Numbers the steps. A terminal gets colour and wrapped lines, a pipe gets plain text.

    Commands are never wrapped, so that they can be copied.
    """

    def __init__(self, steps: int) -> None:
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._steps = steps
        self._number = 0
        self._title = ""
        self.finished = False
        """Whether all steps are done, and what follows may end at any time."""
        encoding = (self._console.encoding or "").lower()
        self._done, self._not_done = ("✓", "✗") if encoding.startswith("utf") else ("ok:", "x")

    @property
    def at_terminal(self) -> bool:
        return self._console.is_terminal

    def title(self, text: str) -> None:
        self._print(Text(text, style="bold"))

    def step(self, title: str) -> None:
        """Everything until the next step belongs to this one."""
        self._number += 1
        self._title = title
        self._print("")
        number = Text(f"{self._number}/{self._steps}  ", style="bold cyan")
        self._print(number + Text(title, style="bold"))

    def say(self, text: str, mark: str = "", style: str = "") -> None:
        """One thought; further lines of it stand under the first, right of the mark."""
        mark = f"{mark} " if mark else ""
        width = min(self._console.width, _WIDEST) - _INDENT - len(mark)
        lines = Text(text).wrap(self._console, max(width, 30))
        for place, line in enumerate(lines):
            line.rstrip()
            lead = Text(mark, style=style) if place == 0 else Text(" " * len(mark))
            self._print(Text(" " * _INDENT) + lead + line)

    def proven(self, text: str) -> None:
        self.say(text, self._done, "green")

    def command(self, words: Sequence[str]) -> None:
        """On one line if it fits, else continued between words as a shell allows."""
        line, *more = _lines(words, self._console.width - _INDENT - 4 if self.at_terminal else None)
        margin = f" \\\n{' ' * (_INDENT + 4)}"
        self.shell(margin.join((line, *more)))

    def shell(self, line: str) -> None:
        """What a shell takes as it stands."""
        self._print(Text(f"{' ' * _INDENT}$ {line}", style="cyan"))

    def show(self, picture: RenderableType) -> None:
        self._print(Padding(picture, (0, 0, 0, _INDENT), expand=False))

    def line(self, text: str) -> None:
        """Whole, so that it can be copied."""
        self._print(Text(f"{' ' * _INDENT}{text}", style="cyan"))

    @contextmanager
    def busy(self) -> Iterator[Callable[[str], None]]:
        """What is told inside is a line each; a terminal shows that the last is not over yet."""
        with self._console.status("", spinner_style="dim") as status:
            if not self.at_terminal:
                status.stop()
            yield self.say

    def heading(self, text: str) -> None:
        self._print("")
        self._print(Text(text, style="bold"))

    def space(self) -> None:
        self._print("")

    def hand_over(self, *, blank: bool = True) -> None:
        """Before another program writes: nothing of ours may come out after it."""
        if blank:
            self._print("")
        self._console.file.flush()

    def failed(self, reason: str) -> None:
        self._print("")
        step = f"Step {self._number}/{self._steps} failed" if self._number else "Failed"
        self._print(Text(f"{self._not_done} {step}: {self._title}", style="bold red"))
        self.say(reason)

    def stopped(self) -> None:
        self._print("")
        unfinished = self._number and not self.finished
        where = f" in step {self._number}/{self._steps}" if unfinished else ""
        self._print(f"Stopped{where}. Nothing of the demo is running any more.")

    def _print(self, what: RenderableType) -> None:
        self._console.print(what, soft_wrap=isinstance(what, Text | str))


def _lines(words: Sequence[str], width: int | None) -> list[str]:
    """Filled up to `width`, with the value of an option never on another line than its name."""
    if width is None:
        return [shlex.join(words)]
    units: list[str] = []
    for place, word in enumerate(words):
        if place and words[place - 1].startswith("--"):
            units[-1] += f" {shlex.quote(word)}"
        else:
            units.append(shlex.quote(word))
    lines = [units[0]]
    for unit in units[1:]:
        if len(lines[-1]) + 1 + len(unit) + len(" \\") <= width:
            lines[-1] += f" {unit}"
        else:
            lines.append(unit)
    return lines
