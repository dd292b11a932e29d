"""What became different: between two instants, and of one grant since ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Change, Difference, Grant, Page
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import (
    cursor,
    entitlement_key,
    entitlement_keys_of,
    resource_keys,
)
from ostiary.server.catalog.store.narrowing import Candidates, Way, page

_THEN: Final = "{0}.valid_from <= :{1} AND {0}.valid_to > :{1}"

_CAME: Final = "g.valid_from > :start AND g.valid_from <= :end AND g.valid_to > :end"
_WENT: Final = (
    "g.valid_to > :start AND g.valid_to <= :end AND g.valid_from <= :start "
    "AND g.valid_to <> 'infinity'"
)

_DIFFERENT: Final = f"""
SELECT g.id, h.id AS before_id FROM grants g
LEFT JOIN LATERAL (
    SELECT h.id, h.detail_id FROM grants h
    WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
        AND h.valid_to <> 'infinity' AND {_THEN.format("h", "start")} LIMIT 1
) h ON true
WHERE g.id = ANY (:keys) AND {_CAME} AND h.detail_id IS DISTINCT FROM g.detail_id
UNION ALL
SELECT g.id, g.id AS before_id FROM grants g
WHERE g.id = ANY (:keys) AND {_WENT}
    AND NOT EXISTS (
        SELECT FROM grants h
        WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
            AND h.valid_to = 'infinity' AND h.valid_from <= :end)
    AND NOT EXISTS (
        SELECT FROM grants h
        WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
            AND h.valid_to <> 'infinity' AND {_THEN.format("h", "end")})
ORDER BY id LIMIT :most
"""  # noqa: S608

_KEY: Final = "(g.id + 0)"
"""Not the bare column: grants that changed lately are the last ones by id, and in that order the
planner would read through all the others before it finds the first."""

_APP: Final = (
    "g.feed_id IN (SELECT f.id FROM connector_feeds f JOIN apps a ON a.id = f.app_id "
    "WHERE a.public_id = :app)"
)


def differences(
    connection: sa.Connection,
    start: datetime,
    end: datetime,
    *,
    app_id: str | None = None,
    entitlement_id: str | None = None,
    resource_id: str | None = None,
    principal_ids: Sequence[str] = (),
    after: str = "",
    size: int = 50,
) -> Page[Difference]:
    """Grants that hold at one of the two instants and not, or otherwise, at the other one.

    Filters combine; without any it is everything. What came and went in between does not show.
    """
    (place,) = cursor(after, 1)
    values: dict[str, Any] = {"start": start, "end": end}
    about = ["true"]
    if app_id is not None:
        about.append(_APP)
        values["app"] = app_id
    if entitlement_id is not None:
        about.append("g.entitlement_id = :entitlement")
        values["entitlement"] = entitlement_key(connection, entitlement_id)
    if resource_id is not None:
        about.append("g.entitlement_id = ANY(:entitlements)")
        values["entitlements"] = entitlement_keys_of(connection, resource_id)
    if principal_ids:
        about.append("g.principal_id = ANY(:principals)")
        values["principals"] = resource_keys(connection, principal_ids)
    condition = " AND ".join(about)
    ways = [Way(_KEY, f"FROM grants g WHERE {time} AND {condition}") for time in (_CAME, _WENT)]

    def read(keys: Sequence[int], most: int) -> Sequence[Any]:
        different = {**values, "keys": list(keys), "most": most}
        return connection.execute(sa.text(_DIFFERENT), different).all()

    found = page(connection, Candidates(ways, values), read, place, size + 1)
    shown = found[:size]
    following = str(shown[-1].id) if len(found) > size else ""
    return Page(_differences(connection, shown, start, end), following)


def grant_history(connection: sa.Connection, entitlement_id: str, principal_id: str) -> list[Grant]:
    """Every stretch of time in which the principal held the entitlement, the oldest first."""
    (principal,) = resource_keys(connection, [principal_id])
    found = rows.stretches(connection, entitlement_key(connection, entitlement_id), principal)
    return rows.described(connection, found, None)


def _differences(
    connection: sa.Connection, found: Sequence[Any], start: datetime, end: datetime
) -> list[Difference]:
    before = _by_id(connection, {row.before_id for row in found} - {None}, start)
    after = _by_id(connection, {row.id for row in found if row.id != row.before_id}, end)
    result = []
    for row in found:
        change: Change = "changed"
        if row.id == row.before_id:
            result.append(Difference("removed", before[row.id]))
            continue
        if row.before_id is None:
            change = "added"
        result.append(Difference(change, after[row.id], before.get(row.before_id)))
    return result


def _by_id(connection: sa.Connection, ids: set[int], at: datetime) -> dict[int, Grant]:
    if not ids:
        return {}
    chosen = "(SELECT * FROM grants WHERE id = ANY(:ids))"
    found = rows.select(connection, chosen, "g.id", {"ids": list(ids)})
    return {int(grant.id): grant for grant in rows.described(connection, found, at)}
