"""What became different: between two instants, and of one grant since ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Change, Difference, Grant, Page
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import cursor, entitlement_key, resource_keys

_THEN: Final = "{0}.valid_from <= :{1} AND {0}.valid_to > :{1}"

_DIFFERENT: Final = f"""
SELECT g.id, h.id AS before_id FROM grants g
LEFT JOIN LATERAL (
    SELECT h.id, h.detail_id FROM grants h
    WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
        AND h.valid_to <> 'infinity' AND {_THEN.format("h", "start")} LIMIT 1
) h ON true
WHERE g.valid_from > :start AND g.valid_from <= :end AND g.valid_to > :end
    AND h.detail_id IS DISTINCT FROM g.detail_id AND {{about}}
    AND g.id > :place
UNION ALL
SELECT g.id, g.id AS before_id FROM grants g
WHERE g.valid_to > :start AND g.valid_to <= :end AND g.valid_from <= :start
    AND g.valid_to <> 'infinity' AND {{about}} AND g.id > :place
    AND NOT EXISTS (
        SELECT FROM grants h
        WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
            AND h.valid_to = 'infinity' AND h.valid_from <= :end)
    AND NOT EXISTS (
        SELECT FROM grants h
        WHERE h.entitlement_id = g.entitlement_id AND h.principal_id = g.principal_id
            AND h.valid_to <> 'infinity' AND {_THEN.format("h", "end")})
ORDER BY id LIMIT :size
"""  # noqa: S608

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
    principal_ids: Sequence[str] = (),
    after: str = "",
    size: int = 50,
) -> Page[Difference]:
    """Grants that hold at one of the two instants and not, or otherwise, at the other one.

    Filters combine; without any it is everything. What came and went in between does not show.
    """
    (place,) = cursor(after, 1)
    values: dict[str, Any] = {"start": start, "end": end, "place": place, "size": size + 1}
    about = ["true"]
    if app_id is not None:
        about.append(_APP)
        values["app"] = app_id
    if entitlement_id is not None:
        about.append("g.entitlement_id = :entitlement")
        values["entitlement"] = entitlement_key(connection, entitlement_id)
    if principal_ids:
        about.append("g.principal_id = ANY(:principals)")
        values["principals"] = resource_keys(connection, principal_ids)
    query = sa.text(_DIFFERENT.format(about=" AND ".join(about)))
    found = connection.execute(query, values).all()
    shown = found[:size]
    following = str(shown[-1].id) if len(found) > size else ""
    return Page(_differences(connection, shown, start, end), following)


def grant_history(connection: sa.Connection, entitlement_id: str, principal_id: str) -> list[Grant]:
    """Every stretch of time in which the principal held the entitlement, the oldest first."""
    (principal,) = resource_keys(connection, [principal_id])
    values = {"entitlement": entitlement_key(connection, entitlement_id), "principal": principal}
    stretches = (
        "(SELECT * FROM grants WHERE entitlement_id = :entitlement AND principal_id = :principal "
        "AND valid_to <> 'infinity' UNION ALL SELECT * FROM grants "
        "WHERE entitlement_id = :entitlement AND principal_id = :principal "
        "AND valid_to = 'infinity')"
    )
    found = rows.select(connection, stretches, "g.valid_from", values)
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
    chosen = "(SELECT * FROM grants WHERE id = ANY(:ids))"
    found = rows.select(connection, chosen, "g.id", {"ids": list(ids)})
    return {int(grant.id): grant for grant in rows.described(connection, found, at)}
