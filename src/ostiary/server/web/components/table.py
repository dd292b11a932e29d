"""A list as it is drawn: every link and every word, so that templates decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ostiary.server.web.address import Address
from ostiary.server.web.components.cells import Cell
from ostiary.server.web.components.tables import (
    Bulk,
    Column,
    Empty,
    Filter,
    Found,
    List,
    Row,
    Wanted,
    visible,
)
from ostiary.server.web.moments import counted

NO_MATCH = "Nothing matches these filters"


@dataclass(frozen=True)
class Header:
    key: str
    title: str
    number: bool
    card: bool
    href: str
    """Empty when one cannot sort by it."""
    direction: str
    """`ascending`, `descending` or empty, as aria-sort says it."""


@dataclass(frozen=True)
class Line:
    key: str
    href: str
    cells: Sequence[tuple[Header, Cell]]


@dataclass(frozen=True)
class Applied:
    """A filter in force; `without` is the address that takes it away."""

    title: str
    word: str
    without: str


@dataclass(frozen=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True)
class Choices:
    key: str
    title: str
    options: Sequence[Choice]

    @property
    def chosen(self) -> int:
        return sum(option.chosen for option in self.options)


@dataclass(frozen=True)
class Table:
    name: str
    path: str
    here: str
    headers: Sequence[Header]
    lines: Sequence[Line]
    count: str
    range: str
    previous: str
    next: str
    query: str
    searchable: str
    filters: Sequence[Choices]
    applied: Sequence[Applied]
    cleared: str
    carried: Sequence[tuple[str, str]]
    """What the filter form sends along."""
    csv: str
    columns: Sequence[Choice]
    bulk: Sequence[Bulk]
    empty: Empty
    noun: str


def table(
    listing: List[Row],
    address: Address,
    asked: Wanted,
    found: Found[Row],
    chosen: Sequence[str] | None,
) -> Table:
    columns = visible(listing, chosen)
    headers = [_header(column, address, asked) for column in columns]
    filters = [_choices(which, asked) for which in listing.filters if which.options]
    filtered = bool(asked.query) or any(asked.filters.values()) or found.matching < found.total
    unfiltered = address.besides("q", *(each.key for each in listing.filters))
    return Table(
        name=listing.name,
        path=address.path,
        here=str(address.without("format")),
        headers=headers,
        lines=[_line(listing, columns, headers, row) for row in found.rows],
        count=_count(listing, found, filtered=filtered),
        range=_range(asked, found),
        previous=_page(address, asked, -1) if asked.offset else "",
        next=_page(address, asked, 1) if _goes_on(asked, found) else "",
        query=asked.query,
        searchable=listing.searchable,
        filters=filters,
        applied=_applied(listing, address, asked),
        cleared=str(unfiltered),
        carried=unfiltered.items,
        csv=str(address.without("page").setting(format="csv")),
        columns=_columns(listing, columns),
        bulk=listing.bulk,
        empty=Empty(NO_MATCH, "Take one away, or look for something else.", icon="filter")
        if filtered
        else listing.empty,
        noun=listing.noun,
    )


def _header(column: Column[Any], address: Address, asked: Wanted) -> Header:
    current = column.key == asked.sort
    downwards = current and not asked.descending
    href = str(address.besides("sort").setting(sort=f"{'-' * downwards}{column.key}"))
    direction = ("descending" if asked.descending else "ascending") if current else ""
    title = f"{column.title} ({column.unit})" if column.unit else column.title
    href = href if column.sortable else ""
    return Header(column.key, title, column.number, column.card, href, direction)


def _line(
    listing: List[Row], columns: Sequence[Column[Row]], headers: Sequence[Header], row: Row
) -> Line:
    cells = [column.cell(row) for column in columns]
    href = listing.href(row) if listing.href else ""
    return Line(listing.key(row), href, list(zip(headers, cells, strict=True)))


def _count(listing: List[Any], found: Found[Any], *, filtered: bool) -> str:
    total = counted(found.total, listing.noun, listing.plural)
    more = "+" if found.capped else ""
    return f"{found.matching:,}{more} of {total}" if filtered else total


def _range(asked: Wanted, found: Found[Any]) -> str:
    if not found.rows:
        return ""
    last = asked.offset + len(found.rows)
    more = "+" if found.capped else ""
    return f"{asked.offset + 1:,} to {last:,} of {max(found.matching, last):,}{more}"


def _goes_on(asked: Wanted, found: Found[Any]) -> bool:
    """Behind what was counted a full page is followed by another."""
    if found.capped and asked.offset + asked.size >= found.matching:
        return len(found.rows) == asked.size
    return asked.offset + asked.size < found.matching


def _page(address: Address, asked: Wanted, step: int) -> str:
    number = asked.offset // asked.size + 1 + step
    return str(address.without("format").setting(page=str(number) if number > 1 else ""))


def _choices(which: Filter, asked: Wanted) -> Choices:
    chosen = asked.filters[which.key]
    options = [Choice(value, word, value in chosen) for value, word in which.options]
    return Choices(which.key, which.title, options)


def _applied(listing: List[Any], address: Address, asked: Wanted) -> list[Applied]:
    shown = [Applied("Search", asked.query, str(address.besides("q")))] if asked.query else []
    base = address.besides()
    for which in listing.filters:
        words = dict(which.options)
        shown += [
            Applied(which.title, words[value], str(base.without_value(which.key, value)))
            for value in asked.filters[which.key]
        ]
    return shown


def _columns(listing: List[Any], shown: Sequence[Column[Any]]) -> list[Choice]:
    keys = {column.key for column in shown}
    return [Choice(each.key, each.title, each.key in keys) for each in listing.columns[1:]]
