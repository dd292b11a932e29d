"""What goes with an app, and comes back with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

_FAMILY: Final = """
WITH RECURSIVE family (id) AS (
    SELECT CAST(:key AS bigint)
    UNION SELECT a.id FROM apps a JOIN family f ON a.parent_id = f.id
)
"""

_LOCK_FEEDS: Final = f"""
SELECT c.id FROM connector_feeds c WHERE c.id IN (
    {_FAMILY} SELECT c.id FROM family f JOIN apps a ON a.id = f.id
    JOIN connector_feeds c ON c.app_id = a.id AND c.connector_id <> a.public_id)
ORDER BY c.id FOR UPDATE
"""  # noqa: S608

_LOCK_APPS: Final = f"""
SELECT a.id FROM apps a WHERE a.id IN ({_FAMILY} SELECT id FROM family) ORDER BY a.id FOR UPDATE
"""  # noqa: S608

_FEEDS: Final = f"""
{_FAMILY} SELECT c.id FROM family f JOIN connector_feeds c ON c.app_id = f.id ORDER BY c.id
"""  # noqa: S608

_ENDINGS: Final = (
    "UPDATE grants v SET valid_to = greatest(:at, v.valid_from) "
    "WHERE v.valid_to = 'infinity' AND v.feed_id = ANY (:feeds)",
    "UPDATE entitlement_versions v SET valid_to = greatest(:at, v.valid_from) FROM entitlements o "
    "WHERE v.entitlement_id = o.id AND v.valid_to = 'infinity' AND o.feed_id = ANY (:feeds)",
    "UPDATE resource_usage v SET valid_to = greatest(:at, v.valid_from) FROM resources o "
    "WHERE v.resource_id = o.id AND v.valid_to = 'infinity' AND o.feed_id = ANY (:feeds)",
    "UPDATE resource_versions v SET valid_to = greatest(:at, v.valid_from) FROM resources o "
    "WHERE v.resource_id = o.id AND v.valid_to = 'infinity' AND o.feed_id = ANY (:feeds)",
)
"""What resource types are called stays: nothing is left to be of them."""

_FORGET: Final = f"""
DELETE FROM linked_groups WHERE app_id IN ({_FAMILY} SELECT id FROM family)
"""  # noqa: S608

_COUNTS: Final = f"""
{_FAMILY}
SELECT (SELECT count(*) FROM connectors c JOIN apps a ON a.public_id = c.app_id
        JOIN family f ON f.id = a.id WHERE c.deleted_at IS NULL) AS connectors,
    (SELECT count(*) FROM linked_groups l JOIN family f ON f.id = l.app_id) AS linked_groups
"""  # noqa: S608

_RESTORABLE: Final = """
SELECT a.public_id AS id, coalesce(a.edited_name, a.display_name) AS display_name,
    p.public_id AS parent_id, coalesce(p.edited_name, p.display_name) AS parent_name, a.deleted_at
FROM apps a JOIN apps p ON p.id = a.parent_id AND p.deleted_at IS NULL
WHERE a.deleted_at IS NOT NULL AND a.discovered_resource_id IS NOT NULL
ORDER BY a.deleted_at DESC, a.id
"""

_DELETED: Final = """
SELECT a.id AS key, coalesce(a.edited_name, a.display_name) AS display_name,
    a.discovered_resource_id IS NOT NULL AND p.id IS NOT NULL AS parent_there
FROM apps a LEFT JOIN apps p ON p.id = a.parent_id AND p.deleted_at IS NULL
WHERE a.public_id = :id AND a.deleted_at IS NOT NULL FOR UPDATE OF a
"""


@dataclass(frozen=True)
class Deleted:
    key: int
    display_name: str
    parent_there: bool


@dataclass(frozen=True)
class Restorable:
    """A discovered app that somebody deleted here, whose parent is there."""

    id: str
    display_name: str
    parent_id: str
    parent_name: str
    deleted_at: datetime


def restorable(connection: sa.Connection) -> list[Restorable]:
    """Deleted last, first."""
    return [Restorable(**row) for row in connection.execute(sa.text(_RESTORABLE)).mappings()]


def lock_family(connection: sa.Connection, key: int) -> None:
    """In the order in which syncs lock: what fills the apps first."""
    connection.execute(sa.text(_LOCK_FEEDS), {"key": key}).all()
    connection.execute(sa.text(_LOCK_APPS), {"key": key}).all()


def family_ids(connection: sa.Connection, key: int) -> list[str]:
    """Public ids of an app and of those discovered through it that are not deleted."""
    query = sa.text(
        f"{_FAMILY} SELECT a.public_id FROM family f JOIN apps a ON a.id = f.id "  # noqa: S608
        "WHERE a.deleted_at IS NULL ORDER BY a.id"
    )
    return list(connection.scalars(query, {"key": key}))


def end_contents(connection: sa.Connection, key: int, at: datetime) -> None:
    """From now on nothing is in the apps and nobody holds anything there; the past stays."""
    feeds = list(connection.scalars(sa.text(_FEEDS), {"key": key}))
    for statement in _ENDINGS:
        connection.execute(sa.text(statement), {"feeds": feeds, "at": at})
    connection.execute(sa.text(_FORGET), {"key": key})


def counts(connection: sa.Connection, key: int) -> tuple[int, int]:
    """Connectors, and decisions about linked groups, that would go with the app."""
    row = connection.execute(sa.text(_COUNTS), {"key": key}).one()
    return row.connectors, row.linked_groups


def find_deleted(connection: sa.Connection, public_id: str) -> Deleted | None:
    row = connection.execute(sa.text(_DELETED), {"id": public_id}).mappings().first()
    return Deleted(**row) if row else None


def restore(connection: sa.Connection, key: int) -> None:
    query = sa.text("UPDATE apps SET deleted_at = NULL, managed = false WHERE id = :key")
    connection.execute(query, {"key": key})
