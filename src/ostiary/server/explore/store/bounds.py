"""How far is counted and listed, and conditions that hold at an instant."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from ostiary.server.access.store.time import valid

MOST: Final = 10_000
"""Of what there are more, "10,000+" is said: nobody reads on, and counting takes its time."""

NOW: Final = "g.valid_to = 'infinity'"
_PAST: Final = "g.valid_to <> 'infinity' AND g.valid_from <= :at AND g.valid_to > :at"


def there(at: datetime | None) -> str:
    """Of the app `a`."""
    if at is None:
        return "a.deleted_at IS NULL AND (a.gone_at IS NULL OR a.managed)"
    return "a.created_at <= :at AND (a.deleted_at IS NULL OR a.deleted_at > :at)"


def granted(at: datetime | None, where: str) -> str:
    """Whether there is a grant `g`. What is over and what goes on lie in different indexes."""
    now = f"EXISTS (SELECT FROM grants g WHERE {where} AND {NOW}"
    if at is None:
        return f"{now})"
    past = f"EXISTS (SELECT FROM grants g WHERE {where} AND {_PAST})"
    return f"({now} AND g.valid_from <= :at) OR {past})"


def grants(at: datetime | None, where: str) -> str:
    """A subquery of the grants `g`."""
    now = f"SELECT * FROM grants g WHERE {where} AND {NOW}"  # noqa: S608
    if at is None:
        return f"({now})"
    past = f"SELECT * FROM grants g WHERE {where} AND {_PAST}"  # noqa: S608
    return f"({now} AND g.valid_from <= :at UNION ALL {past})"


def of_types(trait: str, at: datetime | None) -> str:
    """A condition on the resource `r`: its type has the trait."""
    return (
        "r.resource_type_id IN (SELECT tv.resource_type_id FROM resource_type_versions tv "  # noqa: S608
        f"WHERE '{trait}' = ANY (tv.traits) AND {valid('tv', at)})"
    )
