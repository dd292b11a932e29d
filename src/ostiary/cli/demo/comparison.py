"""Two syncs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table

from ostiary.cli.demo.changes import Change
from ostiary.cli.demo.contents import Contents
from ostiary.cli.demo.narrator import Narrator, StepFailedError


class Cost(NamedTuple):
    """What a sync asked of Graph."""

    requests: int
    resource_units: int


def compare(
    narrator: Narrator,
    first: tuple[Cost, Contents],
    second: tuple[Cost, Contents],
    changes: Sequence[Change],
    most_requests: int,
) -> None:
    """StepFailedError when a change is missing or the second sync was not cheap."""
    (first_cost, before), (second_cost, after) = first, second
    narrator.show(_table(first_cost, before, second_cost, after))
    narrator.space()
    if after.sync_id == before.sync_id:
        raise StepFailedError("The second run left no sync of its own in the file.")
    missing = [change.words for change in changes if not change.shows(before, after)]
    if missing:
        raise StepFailedError(f"The file does not show this change: {missing[0]}")
    narrator.proven(f"All {len(changes)} changes are in the file.")
    if second_cost.requests > most_requests or second_cost >= first_cost:
        raise StepFailedError(
            f"The second sync took {second_cost.requests} requests, the first "
            f"{first_cost.requests}; it should take fewer, and at most {most_requests}."
        )
    narrator.proven(f"The second sync was cheaper, and took no more than {most_requests} requests.")


def _table(first: Cost, before: Contents, second: Cost, after: Contents) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for title in ("First sync", "Second sync", "Difference"):
        table.add_column(title, justify="right")
    rows = (
        ("Requests to Graph", first.requests, second.requests),
        ("Resource units", first.resource_units, second.resource_units),
        ("Resources in the file", before.resources, after.resources),
        ("Entitlements", before.entitlements, after.entitlements),
        ("Grants, with inherited ones", before.grants, after.grants),
    )
    for name, one, other in rows:
        change = f"{other - one:+,}" if other != one else "none"
        table.add_row(name, f"{one:,}", f"{other:,}", change)
    return table
