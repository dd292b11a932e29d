"""The live view of a running sync, on a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ostiary.connector.progress import Ledger, StreamRecord


@contextmanager
def live_view(console: Console, ledger: Ledger, title: str) -> Iterator[None]:
    """Keep a table of the ledger on the terminal; nothing at all where there is no terminal."""
    if not console.is_terminal or console.is_dumb_terminal:
        yield
        return
    view = View(ledger, title)
    with Live(
        get_renderable=view.render, console=console, refresh_per_second=8, redirect_stdout=False
    ):
        try:
            yield
        except BaseException:
            view.ending = Text("✗", style="red")
            ledger.phase = "Stopped"
            raise
        view.ending = Text("✓", style="green")
        ledger.phase = "Read"


class View:
    def __init__(self, ledger: Ledger, title: str) -> None:
        self._ledger = ledger
        self._title = title
        self._began = time.monotonic()
        self._spinner = Spinner("dots", style="cyan")
        self.ending: Text | None = None
        """Stands in the spinner's place when the run is over."""

    def render(self) -> RenderableType:
        seconds = int(time.monotonic() - self._began)
        head = Table.grid(padding=(0, 1))
        phase = self._ledger.phase or "Starting"
        head.add_row(
            self.ending or self._spinner,
            Text(self._title, style="bold"),
            Text(f"{phase.lower()}, {seconds // 60}:{seconds % 60:02}", style="dim"),
        )
        parts: list[RenderableType] = [head]
        if self._ledger.streams:
            parts.append(streams_table(self._ledger))
        if written := written_line(self._ledger):
            parts.append(Text(f"  {written}", style="dim"))
        return Group(*parts)


def streams_table(ledger: Ledger) -> Table:
    table = Table(box=None, padding=(0, 2), show_edge=False, header_style="dim")
    table.add_column("  Reading", no_wrap=True)
    table.add_column("Objects", justify="right")
    table.add_column("Requests", justify="right")
    table.add_column("State")
    for record in ledger.streams.values():
        table.add_row(f"  {record.name}", _objects(record), f"{record.requests:,}", _state(record))
    return table


def written_line(ledger: Ledger) -> str:
    """What is in the file so far: `written: 12,345 user, 678 group, 90,123 grants`."""
    counts = [f"{c.resources:,} {name}" for name, c in ledger.types.items() if c.resources]
    if grants := sum(c.grants for c in ledger.types.values()):
        counts.append(f"{grants:,} grants")
    return f"written: {', '.join(counts)}" if counts else ""


def _objects(record: StreamRecord) -> str:
    if record.expected is None or record.finished:
        return f"{record.objects:,}"
    return f"{record.objects:,} of {record.expected:,}"


def _state(record: StreamRecord) -> Text:
    if record.finished:
        return Text("✓ done", style="green")
    if record.waiting_for:
        return Text(f"⏸ {record.waiting_for}", style="yellow")
    return Text("… reading", style="cyan")
