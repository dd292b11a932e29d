"""Pages of wide rows out of very many, by keys found in few narrow tables first.

A row that clients see is joined from half a dozen tables, and one statement with a LIMIT over all
of them leaves the planner to guess how many rows each condition lets through. Here the narrowest
conditions alone choose candidates, in order and only as many as may be needed; then those and no
others are joined and held against all conditions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import sqlalchemy as sa

Row = TypeVar("Row")

SPARE: Final = 8
"""More candidates than rows are wanted at first: some satisfy the narrow conditions only."""
GROWTH: Final = 8
MOST: Final = 8000


@dataclass(frozen=True)
class Way:
    """A query that finds candidates by one table, or few: `SELECT {key} {rest}`, where `rest` ends
    with a condition."""

    key: str
    rest: str


@dataclass
class Candidates:
    """What any of the ways finds, each once, by key."""

    ways: Sequence[Way]
    values: Mapping[str, Any] = field(default_factory=dict)

    def above(self, connection: sa.Connection, after: int, limit: int) -> list[int]:
        """Fewer than `limit`: there are no more."""
        found = " UNION ".join(f"({self._ordered(way)})" for way in self.ways)
        query = sa.text(f"SELECT id FROM ({found}) k ORDER BY id LIMIT :limit")  # noqa: S608
        values = {**self.values, "after": after, "limit": limit}
        return list(connection.scalars(query, values))

    def _ordered(self, way: Way) -> str:
        return (
            f"SELECT DISTINCT {way.key} AS id {way.rest} AND {way.key} > :after "
            "ORDER BY 1 LIMIT :limit"
        )


def page(
    connection: sa.Connection,
    candidates: Candidates,
    read: Callable[[Sequence[int], int], Sequence[Row]],
    after: int,
    size: int,
) -> list[Row]:
    """Up to `size` rows from above the key `after`. `read(keys, most)` gives the first rows, in
    order, of those that satisfy all conditions."""
    found: list[Row] = []
    limit = size + SPARE
    while True:
        keys = candidates.above(connection, after, limit)
        if keys:
            found += read(keys, size - len(found))
        if len(found) >= size or len(keys) < limit:
            return found
        after, limit = keys[-1], min(limit * GROWTH, MOST)
