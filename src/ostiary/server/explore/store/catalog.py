"""Entitlements that nobody answers for, and apps that nobody uses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.catalog.store import listed_entitlements
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.explore.store.bounds import MOST, granted, there

_OWNED: Final = """EXISTS (
    SELECT FROM owners w WHERE w.object_type = 'entitlement' AND w.object_id = e.id)"""
_APP_OWNED: Final = """EXISTS (
    SELECT FROM owners w WHERE w.object_type = 'app' AND w.object_id = a.id)"""

_UNUSED: Final = """
WITH seen AS (
    SELECT f.app_id, max(u.last_used_at) AS last FROM resource_usage u
    JOIN resources r ON r.id = u.resource_id
    JOIN connector_feeds f ON f.id = r.feed_id
    WHERE {u} GROUP BY f.app_id
), joined AS MATERIALIZED (
    SELECT f.app_id FROM resource_types t
    JOIN connector_feeds f ON f.id = t.feed_id
    JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {tv}
        AND 'user' = ANY (tv.traits)
    WHERE EXISTS (
        SELECT FROM resources r JOIN resource_versions x ON x.resource_id = r.id AND {x}
        WHERE r.resource_type_id = t.id)
), assigned AS MATERIALIZED (
    SELECT b.id FROM apps b JOIN entitlement_versions v ON v.resource_id = b.discovered_resource_id
        AND v.slug <> 'owners' AND {v}
    WHERE {granted}
)
SELECT a.id, CASE WHEN s.last IS NULL THEN 'nobody' ELSE 'quiet' END AS why
FROM apps a LEFT JOIN seen s ON s.app_id = a.id
WHERE {there} AND (s.last < :since OR (s.last IS NULL
    AND a.id NOT IN (SELECT app_id FROM joined) AND a.id NOT IN (SELECT id FROM assigned)))
LIMIT :most
"""


def ownerless(at: datetime | None) -> Asked:
    """Neither of the entitlement nor of its app does anybody answer; who did once is not kept."""
    asked = Asked(at).where(f"NOT {_OWNED}").where(f"NOT {_APP_OWNED}")
    return asked if at is None else asked.where("a.created_at <= :at")


def count_ownerless(connection: sa.Connection, at: datetime | None) -> int:
    return listed_entitlements.count(connection, ownerless(at))


def unused(
    connection: sa.Connection, at: datetime | None, now: datetime, quiet: timedelta
) -> Mapping[int, str]:
    """Internal ids of apps: `nobody` is granted anything, or all that is known of sign-ins is
    longer ago than `quiet`. Of what nobody told any sign-in, nothing is concluded from it."""
    query = _UNUSED.format(
        **{alias: valid(alias, at) for alias in ("u", "v", "x", "tv")},
        granted=granted(at, "g.entitlement_id = v.entitlement_id"),
        there=there(at),
    )
    values = {"at": at, "since": (at or now) - quiet, "most": MOST + 1}
    return {row.id: row.why for row in connection.execute(sa.text(query), values)}


def public_ids(connection: sa.Connection, found: Mapping[int, str]) -> dict[str, str]:
    """What `unused` found, by public id."""
    query = sa.text("SELECT id, public_id FROM apps WHERE id = ANY (:keys)")
    rows = connection.execute(query, {"keys": list(found)})
    return {row.public_id: found[row.id] for row in rows}
