"""Fitting a table to a terminal: the widest columns are cut first, the last ones given up last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len

GAP: Final = 2


@dataclass(frozen=True)
class Column:
    """`detail` columns appear in wide tables and behind pipes; numbers stand on the right.

    A column is never cut below `narrow` characters. Rather than that the last columns go.
    """

    title: str
    detail: bool = False
    number: bool = False
    narrow: int = 8


def natural_widths(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[int]:
    """In terminal cells; `rows` have a value for each column."""
    return [
        max([cell_len(column.title), *(cell_len(row[place]) for row in rows)])
        for place, column in enumerate(columns)
    ]


def fitted_widths(columns: Sequence[Column], natural: Sequence[int], total: int) -> list[int]:
    """Widths that fit into `total` cells with gaps between; fewer than columns if need be."""
    least = [min(column.narrow, width) for column, width in zip(columns, natural, strict=True)]
    count = len(columns)
    while count > 1 and _with_gaps(least[:count]) > total:
        count -= 1
    widths = list(natural[:count])
    while (excess := _with_gaps(widths) - total) > 0:
        place = _widest(widths, least)
        if place is None:
            break
        widths[place] -= min(excess, _step(widths, least, place))
    return widths


def _widest(widths: list[int], least: list[int]) -> int | None:
    """The widest column that can still be cut, the last of equals."""
    places = [place for place, width in enumerate(widths) if width > least[place]]
    return max(places, key=lambda place: (widths[place], place), default=None)


def _step(widths: list[int], least: list[int], place: int) -> int:
    """Down to the next narrower column, but by one at least."""
    others = [width for width in widths if width < widths[place]]
    floor = max([least[place], *others])
    return max(1, widths[place] - floor)


def _with_gaps(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
