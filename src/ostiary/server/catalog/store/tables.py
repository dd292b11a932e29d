"""Lists over many tables: what a page shows is found in few of them first, then read from all.

Joining everything to tens of thousands of rows, to sort them and show fifty, takes most of the time
of a page. And of an app's id the planner cannot tell how much of everything it stands for, but of
its feeds it can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.scope import feeds

_OF_APPS: Final = "a.public_id = ANY("


@dataclass(frozen=True)
class Tables:
    """`first` is `FROM` with those that every query needs; it has `feed_id` and, as `key`, what a
    row is known by. `others`, by alias, neither add rows nor take any away; in the order in which
    they can be joined. `{version}` in any of them chooses what is true at the instant; in `first`,
    of `v`.
    """

    first: str
    key: str
    feed_id: str
    others: Mapping[str, str]

    def rows(
        self,
        connection: sa.Connection,
        asked: Asked,
        columns: str,
        *,
        order: str,
        offset: int,
        size: int,
    ) -> Sequence[sa.RowMapping]:
        where, values = self._where(connection, asked)
        found = self._joined(asked, f"{where} {order}")
        page = (
            f"SELECT {self.key} {found} WHERE {where} ORDER BY {order} LIMIT :size OFFSET :offset"
        )
        shown = self._joined(asked, f"{columns} {order}")
        query = sa.text(
            f"SELECT {columns} {shown} WHERE {self.key} = ANY (ARRAY({page})) ORDER BY {order}"
        )
        values |= {"size": size, "offset": offset}
        return connection.execute(query, values).mappings().all()

    def count(self, connection: sa.Connection, asked: Asked) -> int:
        where, values = self._where(connection, asked)
        query = sa.text(f"SELECT count(*) {self._joined(asked, where)} WHERE {where}")
        return int(connection.execute(query, values).scalar_one())

    def _where(self, connection: sa.Connection, asked: Asked) -> tuple[str, dict[str, Any]]:
        found = feeds(connection, asked)
        if found is None:
            return asked.clause(), asked.bound()
        others = [each for each in asked.conditions if not each.startswith(_OF_APPS)]
        of_feeds = f"{self.feed_id} = ANY (:of_feeds)"
        return " AND ".join([of_feeds, *others]), {**asked.bound(), "of_feeds": found}

    def _joined(self, asked: Asked, text: str) -> str:
        """`first`, and those of the others that a text of SQL speaks of."""
        others = {
            alias: join.format(version=asked.version(alias)) for alias, join in self.others.items()
        }
        return f"{self.first.format(version=asked.version('v'))} {joins(others, text)}"


def joins(others: Mapping[str, str], text: str) -> str:
    """Of tables by alias, in the order in which they can be joined, those that a text of SQL speaks
    of, and those that they are joined through."""
    needed: list[str] = []
    for alias, join in reversed(list(others.items())):
        if re.search(rf"\b{alias}\.", text):
            needed = [join, *needed]
            text += join
    return " ".join(needed)
