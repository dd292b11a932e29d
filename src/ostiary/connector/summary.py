"""What a sync did, told once at its end."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from ostiary.baton.c1z import SealedSync
from ostiary.connector.connector import Note
from ostiary.connector.progress import Ledger
from ostiary.connector.sync import SyncOutcome


@dataclass(frozen=True)
class Summary:
    title: str
    sealed: SealedSync
    outcome: SyncOutcome
    ledger: Ledger
    seconds: float

    def notes(self) -> list[Note]:
        """What was left out, the runtime's own observations last."""
        own: list[Note] = []
        if self.outcome.expansion.dropped:
            reason = "the inner group's membership is not in this sync"
            own.append(Note(self.outcome.expansion.dropped, "nestings not followed", reason))
        if self.sealed.merged:
            own.append(
                Note(self.sealed.merged, "records", "listed more than once, the last counts")
            )
        return [*self.outcome.notes, *own]

    def fields(self) -> dict[str, object]:
        """The summary as fields of one log line."""
        ledger = self.ledger
        return {
            "file": str(self.sealed.path),
            "bytes": self.sealed.size,
            "sync_id": self.sealed.sync_id,
            "seconds": round(self.seconds, 3),
            **self.sealed.counts,
            "grants_through_groups": self.outcome.expansion.created,
            "by_type": {name: vars(counts) for name, counts in ledger.types.items()},
            "requests": ledger.requests,
            "resource_units": round(ledger.resource_units, 1),
            "waits": ledger.waits,
            "waited_seconds": round(ledger.waited, 1),
            "left_out": [vars(note) for note in self.notes()],
        }

    def show(self, console: Console) -> None:
        console.print()
        console.print(self._headline(), soft_wrap=True)
        console.print()
        console.print(self._table())
        console.print()
        for line in self._traffic():
            console.print(f"  {line}", highlight=False)
        if notes := self.notes():
            console.print("\n  Left out", style="bold")
            console.print(_notes_table(notes))

    def _headline(self) -> Text:
        size = decimal(self.sealed.size)
        return Text.assemble(
            ("✓ ", "green"),
            (f"{self.title} is synced", "bold"),
            f" in {_duration(self.seconds)}: {self.sealed.path} ({size})",
        )

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2), header_style="dim", footer_style="bold")
        counts = self.sealed.counts
        expanded = self.outcome.expansion.created
        listed = counts["grants"] - expanded
        table.add_column("Resource type", "All", no_wrap=True)
        table.add_column("Resources", f"{counts['resources']:,}", justify="right")
        table.add_column("Entitlements", f"{counts['entitlements']:,}", justify="right")
        table.add_column("Grants", f"{listed:,}", justify="right")
        table.show_footer = True
        for name, written in self.ledger.types.items():
            row = (written.resources, written.entitlements, written.grants)
            table.add_row(name, *(f"{count:,}" if count else "none" for count in row))
        return table

    def _traffic(self) -> list[str]:
        lines = []
        if expanded := self.outcome.expansion.created:
            lines.append(f"{expanded:,} more grants follow through groups.")
        ledger = self.ledger
        if ledger.requests:
            units = (
                f", {ledger.resource_units:,.0f} resource units" if ledger.resource_units else ""
            )
            lines.append(f"{ledger.requests:,} requests{units}.")
        if ledger.waits:
            often = "once" if ledger.waits == 1 else f"{ledger.waits:,} times"
            total = _duration(ledger.waited)
            lines.append(f"Waited {often} because the source asked to: {total} in all.")
        return lines


def _notes_table(notes: list[Note]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", min_width=8)
    table.add_column()
    for note in notes:
        table.add_row(f"{note.count:,}", f"{note.subject}: {note.reason}")
    return table


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60} s"
