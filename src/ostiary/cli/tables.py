"""Rows for people, as a table, or for programs, as one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDE = 10_000
"""Characters in a line of what is no terminal, so that programs find whole cells."""


def say(sentence: str, told: Mapping[str, Any], *, as_json: bool) -> None:
    """What a command did, in one line either way."""
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else sentence)


def show(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Tables show `columns`, JSON everything. Cells keep whole when the output is no terminal."""
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name.replace("_", " ").capitalize(), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row[name])) for name in columns))
    console = Console()
    if not console.is_terminal:
        console.width = WIDE
    console.print(table, crop=False)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
