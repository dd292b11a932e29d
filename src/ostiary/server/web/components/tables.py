"""Lists: what a slice declares of one, and what is asked of it by an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ostiary.server.kernel.database import Connection
from ostiary.server.web.address import Address
from ostiary.server.web.components.cells import Cell

Row = TypeVar("Row")

SIZES = (25, 50, 100)
DEFAULT_SIZE = 50
LAST_PAGE = 10_000
LONGEST_QUERY = 200


@dataclass(frozen=True)
class Column(Generic[Row]):
    """`card`: one of the facts that matter on a phone. `shown`: without anybody choosing it.

    `unit` stands in the header, so that it need not stand in every cell.
    """

    key: str
    title: str
    cell: Callable[[Row], Cell]
    sortable: bool = True
    number: bool = False
    card: bool = False
    shown: bool = True
    unit: str = ""


@dataclass(frozen=True)
class Filter:
    """Of the values that `options` name, any; of nothing chosen, all."""

    key: str
    title: str
    options: Sequence[tuple[str, str]]
    """Values with their words."""


@dataclass(frozen=True)
class Bulk:
    """A button for the marked rows: it goes to `path` with their keys as `?selected=…&selected=…`,
    where a page says what will happen to how many."""

    verb: str
    path: str
    icon: str


@dataclass(frozen=True)
class Empty:
    """Why there is nothing, and what to do next."""

    title: str
    text: str = ""
    action: str = ""
    href: str = ""
    icon: str = "circle-dashed"


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list. `sort` is the key of a column."""

    query: str
    filters: Mapping[str, tuple[str, ...]]
    sort: str
    descending: bool
    offset: int
    size: int


@dataclass(frozen=True)
class Found(Generic[Row]):
    """One page of `matching` rows; `total` is how many there are without any filter. `capped`:
    of what matches nobody counted more."""

    rows: Sequence[Row]
    matching: int
    total: int
    capped: bool = False


Read = Callable[[Connection, Wanted], Found[Row]]


@dataclass(frozen=True)
class List(Generic[Row]):
    """`name` is unique among all lists. The first column is the thing's name.

    `key` is the id of a row; `href` where its drawer and page are; `sort` the first order, a
    column's key, with a minus for downwards.
    """

    name: str
    noun: str
    columns: Sequence[Column[Row]]
    key: Callable[[Row], str]
    empty: Empty
    href: Callable[[Row], str] | None = None
    filters: Sequence[Filter] = ()
    bulk: Sequence[Bulk] = ()
    sort: str = "name"
    plural: str = ""
    searchable: str = ""
    """What the search looks at: "name or description". Empty: no search box."""


def wanted(listing: List[Row], address: Address) -> Wanted:
    """What means nothing here is as if it were not there."""
    size = _whole(address.get("size"), DEFAULT_SIZE)
    size = size if size in SIZES else DEFAULT_SIZE
    page = min(max(_whole(address.get("page"), 1), 1), LAST_PAGE)
    sort = _sort(listing, address.get("sort"))
    return Wanted(
        query=address.get("q").strip()[:LONGEST_QUERY],
        filters={each.key: _values(each, address) for each in listing.filters},
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        offset=(page - 1) * size,
        size=size,
    )


def visible(listing: List[Row], chosen: Sequence[str] | None) -> list[Column[Row]]:
    """The name always; of the others those that somebody chose, or those shown at first."""
    first, *others = listing.columns
    if chosen is None:
        return [first, *(column for column in others if column.shown)]
    return [first, *(column for column in others if column.key in chosen)]


def _sort(listing: List[Row], given: str) -> str:
    sortable = {column.key for column in listing.columns if column.sortable}
    return given if given.removeprefix("-") in sortable else listing.sort


def _values(which: Filter, address: Address) -> tuple[str, ...]:
    known = {value for value, _ in which.options}
    return tuple(value for value in dict.fromkeys(address.all(which.key)) if value in known)


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else otherwise
