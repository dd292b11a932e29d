"""The parts of queries that choose what is true at an instant.

What is true now and what was true once lie in different partial indexes; a query about the past
looks into both and merges them in the order of the page.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

NOW: Final = "{0}.valid_to = 'infinity'"
THEN: Final = "{0}.valid_from <= :at AND {0}.valid_to > :at"
_ENDED: Final = "{0}.valid_to <> 'infinity'"


def valid(alias: str, at: datetime | None) -> str:
    """A condition on the table `alias`; `:at` is bound by the caller."""
    return (NOW if at is None else THEN).format(alias)


def grants_at(at: datetime | None, where: str, order: str, limit: bool = True) -> str:
    """A subquery of the rows of grants that hold at the instant and satisfy `where` (over `g`)."""
    end = f"ORDER BY {order} LIMIT :size" if limit else ""
    current = f"SELECT * FROM grants g WHERE {where} AND {NOW.format('g')}"  # noqa: S608
    if at is None:
        return f"({current} {end})"
    then = f"AND {THEN.format('g')}"
    past = f"SELECT * FROM grants g WHERE {where} AND {_ENDED.format('g')} {then}"  # noqa: S608
    merged = f"({current} {then} {end}) UNION ALL ({past} {end})"
    return f"(SELECT * FROM ({merged}) g {end})"  # noqa: S608
