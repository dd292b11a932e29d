"""Resource types, resources and entitlements: what a sync says against what is known.

`n` is the new picture, `c` the current versions. Their difference is a table of changes: a version
to close, an object to open a version for, or both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.ingest.rules import Delta
from ostiary.server.ingest.store import pictures
from ostiary.server.ingest.store.staging import analyze


@dataclass(frozen=True)
class Scope:
    """A `targeted` sync is compared with what it is about; of all else it only adds the unknown."""

    feed: int
    at: datetime
    targeted: bool = False

    @property
    def values(self) -> dict[str, Any]:
        return {"feed": self.feed, "at": self.at}


@dataclass(frozen=True)
class Kind:
    """`current` are the versions `v` of the feed's objects `o`; `type_id` tells their type."""

    name: str
    key: str
    columns: str
    seen: str
    new: str
    current: str
    type_id: str
    new_type_id: str

    @property
    def versions(self) -> str:
        return f"{self.name.removesuffix('s')}_versions"


TYPES: Final = Kind(
    name="resource_types",
    key="resource_type_id",
    columns="display_name, description, traits",
    seen=pictures.TYPES_SEEN,
    new=pictures.NEW_TYPES,
    current="resource_type_versions v JOIN resource_types o ON o.id = v.resource_type_id",
    type_id="o.id",
    new_type_id="n.resource_type_id",
)

RESOURCES: Final = Kind(
    name="resources",
    key="resource_id",
    columns="parent_id, display_name, description, status, status_details, source_created_at, "
    "login, login_aliases, emails, profile, traits",
    seen=pictures.RESOURCES_SEEN,
    new=pictures.NEW_RESOURCES,
    current="resource_versions v JOIN resources o ON o.id = v.resource_id",
    type_id="o.resource_type_id",
    new_type_id="n.resource_type_id",
)

ENTITLEMENTS: Final = Kind(
    name="entitlements",
    key="entitlement_id",
    columns="resource_id, display_name, description, slug, purpose, grantable_to, "
    "immutable_reason, immutable_code, annotations",
    seen=pictures.ENTITLEMENTS_SEEN,
    new=pictures.NEW_ENTITLEMENTS,
    current="entitlement_versions v JOIN entitlements o ON o.id = v.entitlement_id "
    "JOIN resources r ON r.id = v.resource_id",
    type_id="r.resource_type_id",
    new_type_id="n.resource_type_id",
)


def merge(connection: sa.Connection, kind: Kind, scope: Scope) -> dict[str, Delta]:
    """Brings the versions of a kind to what is staged. Returns what changed, by resource type."""
    picture(connection, kind, scope)
    connection.execute(sa.text(_changes(kind, scope)), scope.values)
    return settle(connection, kind, scope)


def picture(connection: sa.Connection, kind: Kind, scope: Scope) -> None:
    """Leaves `new_<kind>` behind, without what a targeted sync is not about."""
    connection.execute(sa.text(kind.seen), scope.values)
    connection.execute(sa.text(kind.new), scope.values)
    analyze(connection, f"new_{kind.name}")
    if scope.targeted:
        aside = (
            "" if kind is TYPES else "n.resource_id NOT IN (SELECT resource_id FROM targets) AND"
        )
        connection.exec_driver_sql(
            f"DELETE FROM new_{kind.name} n WHERE {aside} EXISTS (SELECT FROM {kind.versions} v "  # noqa: S608
            f"WHERE v.{kind.key} = n.{kind.key} AND v.valid_to = 'infinity')"
        )


def _changes(kind: Kind, scope: Scope) -> str:
    return f"""
    CREATE TEMP TABLE {kind.name}_changes ON COMMIT DROP AS
    SELECT c.id AS closes, n.{kind.key} AS opens, coalesce(n.{kind.key}, c.object_id) AS object_id,
        coalesce({kind.new_type_id}, c.type_id) AS type_id
    FROM new_{kind.name} n FULL JOIN (
        SELECT v.id, v.{kind.key} AS object_id, v.digest, {kind.type_id} AS type_id
        FROM {kind.current}
        WHERE o.feed_id = :feed AND v.valid_to = 'infinity' {_about(kind, scope)}
    ) c ON c.object_id = n.{kind.key}
    WHERE c.id IS NULL OR n.{kind.key} IS NULL OR n.digest <> c.digest
    """  # noqa: S608


def _about(kind: Kind, scope: Scope) -> str:
    if not scope.targeted:
        return ""
    if kind is TYPES:
        return "AND false"
    return (
        f"AND (v.resource_id IN (SELECT resource_id FROM targets) "  # noqa: S608
        f"OR v.{kind.key} IN (SELECT {kind.key} FROM new_{kind.name}))"
    )


def settle(connection: sa.Connection, kind: Kind, scope: Scope) -> dict[str, Delta]:
    """Closes and opens versions as the table of changes says."""
    analyze(connection, f"{kind.name}_changes")
    connection.execute(
        sa.text(
            f"UPDATE {kind.versions} v SET valid_to = :at FROM {kind.name}_changes d "  # noqa: S608
            "WHERE v.id = d.closes"
        ),
        scope.values,
    )
    connection.execute(
        sa.text(
            f"INSERT INTO {kind.versions} ({kind.key}, valid_from, digest, {kind.columns}) "  # noqa: S608
            f"SELECT n.{kind.key}, :at, n.digest, {_prefixed(kind.columns)} "
            f"FROM {kind.name}_changes d JOIN new_{kind.name} n ON n.{kind.key} = d.opens"
        ),
        scope.values,
    )
    return _deltas(connection, f"{kind.name}_changes")


def _prefixed(columns: str) -> str:
    return ", ".join(f"n.{column}" for column in columns.split(", "))


def _deltas(connection: sa.Connection, changes: str) -> dict[str, Delta]:
    rows = connection.exec_driver_sql(
        f"""
        SELECT t.external_id,
            count(*) FILTER (WHERE d.closes IS NULL),
            count(*) FILTER (WHERE d.opens IS NULL),
            count(*) FILTER (WHERE d.closes IS NOT NULL AND d.opens IS NOT NULL)
        FROM {changes} d JOIN resource_types t ON t.id = d.type_id
        GROUP BY t.external_id ORDER BY t.external_id
        """  # noqa: S608
    )
    return {name: Delta(added, removed, changed) for name, added, removed, changed in rows}


_TARGETS: Final = """
CREATE TEMP TABLE targets ON COMMIT DROP AS
WITH named AS (
    SELECT r.id FROM targeted_resources s
    JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.type
    JOIN resources r ON r.resource_type_id = t.id AND r.external_id = s.external_id
), children AS (
    SELECT v.resource_id FROM resource_versions v JOIN named ON named.id = v.parent_id
    WHERE v.valid_to = 'infinity'
), staged_children AS (
    SELECT r.id FROM staged_resources s
    JOIN targeted_resources p ON p.type = s.parent_type AND p.external_id = s.parent
    JOIN resource_types t ON t.feed_id = :feed AND t.external_id = s.type
    JOIN resources r ON r.resource_type_id = t.id AND r.external_id = s.external_id
)
SELECT id AS resource_id FROM named
UNION SELECT resource_id FROM children UNION SELECT id FROM staged_children
"""


def find_targets(connection: sa.Connection, scope: Scope) -> None:
    """Leaves `targets` behind: the resources a targeted sync is about, and their children."""
    connection.execute(sa.text(pictures.RESOURCES_SEEN), scope.values)
    connection.execute(sa.text(_TARGETS), scope.values)
    analyze(connection, "targets")


_ORPHANED_ENTITLEMENTS: Final = """
CREATE TEMP TABLE entitlements_orphaned ON COMMIT DROP AS
SELECT v.id AS closes, NULL::bigint AS opens, v.entitlement_id AS object_id,
    r.resource_type_id AS type_id
FROM entitlement_versions v
JOIN resources r ON r.id = v.resource_id
JOIN resources_changes d ON d.object_id = r.id AND d.opens IS NULL
WHERE v.valid_to = 'infinity'
"""


def close_orphaned_entitlements(connection: sa.Connection, scope: Scope) -> dict[str, Delta]:
    """Those of resources that are gone, when the sync itself says nothing of entitlements."""
    connection.exec_driver_sql(_ORPHANED_ENTITLEMENTS)
    connection.execute(
        sa.text(
            "UPDATE entitlement_versions v SET valid_to = :at FROM entitlements_orphaned d "
            "WHERE v.id = d.closes"
        ),
        scope.values,
    )
    return _deltas(connection, "entitlements_orphaned")


_USAGE_CLOSED: Final = """
UPDATE resource_usage u SET valid_to = :at
FROM resources r LEFT JOIN new_resources n ON n.resource_id = r.id
WHERE u.resource_id = r.id AND r.feed_id = :feed AND u.valid_to = 'infinity'
    AND n.last_used_at IS DISTINCT FROM u.last_used_at {about}
"""

_USAGE_OPENED: Final = """
INSERT INTO resource_usage (resource_id, valid_from, last_used_at)
SELECT n.resource_id, :at, n.last_used_at FROM new_resources n
WHERE n.last_used_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM resource_usage u WHERE u.resource_id = n.resource_id AND u.valid_to = 'infinity')
"""


def merge_usage(connection: sa.Connection, scope: Scope) -> None:
    """When accounts and secrets were last used; those that are gone are not used any more."""
    about = "AND r.id IN (SELECT resource_id FROM targets)" if scope.targeted else ""
    connection.execute(sa.text(_USAGE_CLOSED.format(about=about)), scope.values)
    connection.execute(sa.text(_USAGE_OPENED), scope.values)


def user_types(connection: sa.Connection, feed: int) -> set[str]:
    """External ids of the resource types whose resources are accounts."""
    return set(
        connection.scalars(
            sa.text(
                "SELECT t.external_id FROM resource_types t "
                "JOIN resource_type_versions v ON v.resource_type_id = t.id "
                "WHERE t.feed_id = :feed AND v.valid_to = 'infinity' AND 'user' = ANY(v.traits)"
            ),
            {"feed": feed},
        )
    )


def type_ids(connection: sa.Connection, feed: int) -> dict[str, int]:
    """Our ids of the feed's resource types by theirs."""
    query = sa.text("SELECT external_id, id FROM resource_types WHERE feed_id = :feed")
    rows = connection.execute(query, {"feed": feed})
    return {row[0]: row[1] for row in rows}


def count_new(connection: sa.Connection, kind: str) -> int:
    """How many staged things of a kind found their place."""
    count: int = connection.exec_driver_sql(f"SELECT count(*) FROM new_{kind}").scalar_one()  # noqa: S608
    return count
