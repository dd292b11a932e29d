"""A page with a list: the table, or the same as a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from starlette.responses import Response, StreamingResponse

from ostiary.server.kernel.database import Connection
from ostiary.server.web import store
from ostiary.server.web.components import csvfile
from ostiary.server.web.components.table import table
from ostiary.server.web.components.tables import (
    Column,
    Found,
    List,
    Read,
    Row,
    Wanted,
    visible,
    wanted,
)
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

CSV_ROWS = 10_000
"""Read at once."""

About = TypeVar("About")


def list_page(
    shell: Shell,
    template: str,
    title: str,
    listing: List[Row],
    read: Read[Row],
    *,
    crumbs: Sequence[Crumb] = (),
    **values: Any,
) -> Response:
    """In the template as `table`. Everything is read from one picture of the database."""
    asked = wanted(listing, shell.address)
    with shell.kernel.read() as connection:
        chosen = store.columns_of(connection, shell.caller.user.id, listing.name)
        if shell.address.get("format") == "csv":
            return _csv(connection, listing, read, asked, visible(listing, chosen))
        found = read(connection, asked)
    drawn = table(listing, shell.address, asked, found, chosen)
    return shell.page(template, title, crumbs=crumbs, table=drawn, **values)


def found_of(
    wanted: Wanted,
    asked: About,
    everything: About,
    read: Callable[..., Sequence[Row]],
    count: Callable[[About], int],
) -> Found[Row]:
    """What a store reads of `asked`. `everything` is what the list is about without any filter; it
    is counted only where it is more than what is asked, as is what the last page does not tell."""
    rows = read(
        asked,
        order=wanted.sort,
        descending=wanted.descending,
        offset=wanted.offset,
        size=wanted.size,
    )
    last = 0 < len(rows) < wanted.size or (not wanted.offset and not rows)
    matching = wanted.offset + len(rows) if last else count(asked)
    return Found(rows, matching, matching if asked == everything else count(everything))


def found_in(wanted: Wanted, rows: Sequence[Row], total: int | None = None) -> Found[Row]:
    """Of rows that are all known already; `total` where they are not all there are."""
    shown = rows[wanted.offset : wanted.offset + wanted.size]
    return Found(shown, len(rows), len(rows) if total is None else total)


def _csv(
    connection: Connection,
    listing: List[Row],
    read: Read[Row],
    asked: Wanted,
    columns: Sequence[Column[Row]],
) -> Response:
    """All rows that match, in the order and with the columns that are on the screen."""
    file = csvfile.write(columns, _every(connection, read, asked))
    headers = {
        "Content-Disposition": f'attachment; filename="{listing.name}.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(csvfile.chunks(file), 200, headers, "text/csv; charset=utf-8")


def _every(connection: Connection, read: Read[Row], asked: Wanted) -> Iterator[Row]:
    offset = 0
    while True:
        found = read(connection, replace(asked, offset=offset, size=CSV_ROWS))
        yield from found.rows
        offset += len(found.rows)
        if not found.rows or (offset >= found.matching and not found.capped):
            return
