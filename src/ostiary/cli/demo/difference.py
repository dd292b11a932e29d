"""What the server says has changed, in few words and against what was really changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from ostiary.cli.demo.changes import Change
from ostiary.cli.demo.narrator import Narrator, StepFailedError

MARKS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}
"""What `ostiary access diff` calls a change, and how it is shown."""


def show_difference(narrator: Narrator, difference: Sequence[Mapping[str, Any]]) -> None:
    """`difference`: rows of `ostiary access diff`."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("", "Who", "Holds", "How"):
        table.add_column(title)
    for row in difference:
        mark, style = MARKS[row["change"]]
        how = "directly" if row["direct"] else "through a group"
        cells = (mark, row["principal"], row["entitlement_name"], how)
        table.add_row(*(Text(cell, style=style) for cell in cells))
    narrator.show(table)


def check_changes(made: Sequence[Change], difference: Sequence[Mapping[str, Any]]) -> None:
    """StepFailedError when a change is missing."""
    missing = [change.words for change in made if not change.shows(difference)]
    if missing:
        raise StepFailedError(f"The server does not show this change: {missing[0]}")
