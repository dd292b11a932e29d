"""Writing for people at a terminal, and for programs behind a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from ostiary.cli.c1z.columns import GAP, Column, fitted_widths, natural_widths

_UNCUT: Final = 100_000
ROWS_ON_A_TERMINAL: Final = 100

Row = Sequence[str]


class Screen:
    """A terminal gets tables cut to its width; a pipe gets whole values between tabs."""

    def __init__(self, *, wide: bool = False) -> None:
        width = _UNCUT if wide else None
        self._console = Console(markup=False, emoji=False, highlight=False, width=width)
        self._wide = wide
        self.is_terminal = self._console.is_terminal
        encoding = (self._console.encoding or "").lower()
        self.arrow = " → " if self.is_terminal and encoding.startswith("utf") else " -> "

    def most(self, limit: int | None, *, as_json: bool) -> int | None:
        """How many rows to show, None being all: `limit` if given, where 0 means all."""
        if limit is None and self.is_terminal and not as_json:
            return ROWS_ON_A_TERMINAL
        return limit or None

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        if not self.is_terminal:
            self._write(" " * indent + text + "\n")
            return
        width = max(self._console.width - indent, 20)
        for part in Text(text, style=style).wrap(self._console, width):
            part.rstrip()
            self._console.print(Text(" " * indent) + part, soft_wrap=True)

    def table(self, columns: Sequence[Column], rows: Iterable[Row]) -> int:
        """Returns how many rows there were. Behind a pipe they are written as they come."""
        if self.is_terminal:
            return self._drawn(columns, list(rows))
        self._write("\t".join(column.title for column in columns) + "\n")
        count = 0
        for row in rows:
            self._write("\t".join(row) + "\n")
            count += 1
        return count

    def record(self, content: dict[str, Any]) -> None:
        """One line of JSON."""
        self._write(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")

    def document(self, content: dict[str, Any]) -> None:
        self._write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")

    def _drawn(self, columns: Sequence[Column], rows: list[Row]) -> int:
        """Columns with nothing in them are left out."""
        places = [
            place
            for place, column in enumerate(columns)
            if (self._wide or not column.detail) and any(row[place] for row in rows)
        ]
        shown = [columns[place] for place in places]
        cells = [[row[place] for place in places] for row in rows]
        widths = natural_widths(shown, cells)
        if not self._wide:
            widths = fitted_widths(shown, widths, self._console.width)
        table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
        for column, width in zip(shown, widths, strict=False):
            justify: JustifyMethod = "right" if column.number else "left"
            table.add_column(column.title, justify=justify, no_wrap=True, width=width)
        for row in cells:
            table.add_row(*map(Text, row[: len(widths)]))
        if rows:
            self._console.print(table)
        return len(rows)

    def _write(self, text: str) -> None:
        self._console.file.write(text)


def working(what: str) -> AbstractContextManager[object]:
    """Says what takes its time, on a terminal and beside the output."""
    console = Console(stderr=True)
    return console.status(what) if console.is_terminal else nullcontext()


def complain(message: str) -> None:
    sys.stderr.write(f"{message}\n")
