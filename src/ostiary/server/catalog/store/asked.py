"""The parts of queries over the inventory that depend on what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.owned import OWNED

NOW: Final = "{0}.valid_to = 'infinity'"
ENDED: Final = "{0}.valid_to <> 'infinity'"
THEN: Final = "{0}.valid_from <= :at AND {0}.valid_to > :at"


@dataclass
class Asked:
    """Conditions with their values. `viewer`: only what is in apps that this user owns.

    `wanted` tells, by expression, the values that `among` and `overlapping` let through.
    """

    at: datetime | None = None
    viewer: str | None = None
    conditions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    wanted: dict[str, list[str]] = field(default_factory=dict)

    def where(self, condition: str, **values: Any) -> Asked:
        self.conditions.append(condition)
        self.values.update(values)
        return self

    def among(self, expression: str, name: str, wanted: Sequence[str]) -> Asked:
        """Nothing wanted is everything wanted, as in the searches of C1."""
        if not wanted:
            return self
        self.wanted[expression] = list(wanted)
        return self.where(f"{expression} = ANY(:{name})", **{name: list(wanted)})

    def outside(self, expression: str, name: str, unwanted: Sequence[str]) -> Asked:
        if not unwanted:
            return self
        return self.where(f"{expression} <> ALL(:{name})", **{name: list(unwanted)})

    def overlapping(self, array: str, name: str, wanted: Sequence[str]) -> Asked:
        if not wanted:
            return self
        self.wanted[array] = list(wanted)
        return self.where(f"{array} && CAST(:{name} AS text[])", **{name: list(wanted)})

    def disjoint(self, array: str, name: str, unwanted: Sequence[str]) -> Asked:
        if not unwanted:
            return self
        return self.where(f"NOT {array} && CAST(:{name} AS text[])", **{name: list(unwanted)})

    def containing(self, query: str, *expressions: str) -> Asked:
        """In any of the texts, whatever the case of the letters."""
        if not query:
            return self
        either = " OR ".join(f"{expression} ILIKE :containing" for expression in expressions)
        return self.where(f"({either})", containing=containing(query))

    def version(self, alias: str) -> str:
        """What was true at the instant of the versions `alias`."""
        return (NOW if self.at is None else THEN).format(alias)

    def rows(
        self, connection: sa.Connection, query: str, order: str, size: int, offset: int = 0
    ) -> Sequence[sa.RowMapping]:
        """`query` ends before its WHERE and has the app as `a`."""
        statement = sa.text(
            f"{query} WHERE {self.clause()} ORDER BY {order} LIMIT :size OFFSET :offset"
        )
        values = {**self.bound(), "size": size, "offset": offset}
        return connection.execute(statement, values).mappings().all()

    def keys(self, connection: sa.Connection, query: str) -> list[int]:
        """Of a query for one column, as `rows` takes it."""
        statement = sa.text(f"{query} WHERE {self.clause()}")
        return list(connection.scalars(statement, self.bound()))

    def count(self, connection: sa.Connection, source: str) -> int:
        """`source`: the tables of a query from FROM on, before its WHERE."""
        statement = sa.text(f"SELECT count(*) {source} WHERE {self.clause()}")
        return int(connection.execute(statement, self.bound()).scalar_one())

    def clause(self) -> str:
        """What stands after a WHERE, over the app `a` too."""
        owned = [] if self.viewer is None else [OWNED]
        return " AND ".join([self._there(), *self.conditions, *owned])

    def bound(self) -> dict[str, Any]:
        return {**self.values, "at": self.at, "viewer": self.viewer}

    def _there(self) -> str:
        if self.at is None:
            return "a.deleted_at IS NULL AND (a.gone_at IS NULL OR a.managed)"
        return "(a.deleted_at IS NULL OR a.deleted_at > :at)"


def containing(text: str) -> str:
    """The pattern of ILIKE for what has the text anywhere in it."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
