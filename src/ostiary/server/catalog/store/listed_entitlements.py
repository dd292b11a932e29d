"""Entitlements as lists of pages show them: in any order, filtered, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.inventory import ENTITLEMENT_NAME, grant_counts
from ostiary.server.catalog.store.tables import Tables

_RESOURCE: Final = "coalesce(rx.display_name, rv.display_name, r.external_id)"

_TABLES: Final = Tables(
    first="""FROM entitlements e
        JOIN entitlement_versions v ON v.entitlement_id = e.id AND {version}""",
    key="e.id",
    feed_id="e.feed_id",
    others={
        "f": "JOIN connector_feeds f ON f.id = e.feed_id",
        "a": "JOIN apps a ON a.id = f.app_id",
        "r": "JOIN resources r ON r.id = v.resource_id",
        "t": "JOIN resource_types t ON t.id = r.resource_type_id",
        "x": "LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id",
        "rv": """LEFT JOIN resource_versions rv ON rv.resource_id = v.resource_id
            AND {version}""",
        "rx": "LEFT JOIN resource_edits rx ON rx.resource_id = v.resource_id",
        "tv": "LEFT JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {version}",
    },
)

_COLUMNS: Final = f"""e.id AS key, e.public_id AS id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name, {ENTITLEMENT_NAME} AS display_name,
    coalesce(x.slug, v.slug) AS slug, coalesce(x.alias, '') AS alias,
    coalesce(x.description, v.description) AS description, v.purpose, v.immutable_reason,
    v.immutable_code,
    r.public_id AS resource_id, t.public_id AS type_id, {_RESOURCE} AS resource_name,
    coalesce(tv.display_name, t.external_id) AS type_name, e.external_id, e.created_at,
    v.valid_from AS since
"""

ORDERS: Final = {
    "name": f"lower({ENTITLEMENT_NAME})",
    "resource": "lower(coalesce(rx.display_name, rv.display_name))",
    "type": "coalesce(tv.display_name, t.external_id)",
    "slug": "coalesce(x.slug, v.slug)",
    "created": "e.created_at",
}


@dataclass(frozen=True)
class ListedEntitlement:
    """`holders`: how many hold it, directly or not; None where nobody counted.
    `immutable_reason`: None where it can be
    granted and revoked."""

    key: int
    id: str
    app_id: str
    app_name: str
    display_name: str
    slug: str
    alias: str
    description: str
    purpose: str
    immutable_reason: str | None
    immutable_code: str | None
    resource_id: str
    type_id: str
    resource_name: str
    type_name: str
    external_id: str
    created_at: datetime
    since: datetime
    holders: int | None


def read(
    connection: sa.Connection,
    asked: Asked,
    *,
    order: str = "name",
    descending: bool = False,
    offset: int = 0,
    size: int = 50,
    counted: bool = True,
) -> list[ListedEntitlement]:
    """`order` is a key of `ORDERS`; `counted`: with the number of holders."""
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, {ORDERS['name']}, {ORDERS['resource']}, e.id"
    rows = _TABLES.rows(connection, asked, _COLUMNS, order=by, offset=offset, size=size)
    keys = [row["key"] for row in rows if counted]
    held = grant_counts(connection, keys, asked.at) if keys else {}
    return [ListedEntitlement(**row, holders=held.get(row["key"])) for row in rows]


def count(connection: sa.Connection, asked: Asked) -> int:
    return _TABLES.count(connection, asked)


def find(
    connection: sa.Connection,
    app_id: str,
    entitlement_id: str,
    at: datetime | None,
    *,
    counted: bool = True,
) -> ListedEntitlement | None:
    asked = of_app(app_id, at).among("e.public_id", "ids", [entitlement_id])
    return next(iter(read(connection, asked, size=1, counted=counted)), None)


def of_app(app_id: str, at: datetime | None) -> Asked:
    return Asked(at).among("a.public_id", "app", [app_id])


def of_resource(app_id: str, resource_id: str, at: datetime | None) -> Asked:
    return of_app(app_id, at).among("r.public_id", "resource", [resource_id])


def matching(asked: Asked, query: str, types: Sequence[str]) -> Asked:
    """By name, alias, or the name of what it belongs to. `types`: ids that connectors gave."""
    named = asked.containing(query, ENTITLEMENT_NAME, "x.alias", _RESOURCE)
    return named.among("t.external_id", "types", types)


def types(connection: sa.Connection, app_id: str) -> list[tuple[str, str]]:
    """What an app has entitlements of, by the ids that connectors gave, with names."""
    query = sa.text(
        "SELECT t.external_id, max(v.display_name) AS name FROM resource_types t "
        "JOIN resource_type_versions v ON v.resource_type_id = t.id AND v.valid_to = 'infinity' "
        "JOIN connector_feeds f ON f.id = t.feed_id JOIN apps a ON a.id = f.app_id "
        "WHERE a.public_id = :app GROUP BY 1 ORDER BY 2, 1 LIMIT 100"
    )
    return [(row[0], row[1] or row[0]) for row in connection.execute(query, {"app": app_id})]


def owner_names(
    connection: sa.Connection, key: int, kind: Literal["resource", "entitlement"] = "entitlement"
) -> list[str]:
    """Users by name, and entitlements whose holders own it."""
    query = sa.text(
        "SELECT coalesce(u.display_name, x.display_name, v.display_name) FROM owners o "
        "LEFT JOIN platform_users u ON u.public_id = o.user_id "
        "LEFT JOIN entitlement_versions v ON v.entitlement_id = o.entitlement_id "
        "AND v.valid_to = 'infinity' "
        "LEFT JOIN entitlement_edits x ON x.entitlement_id = o.entitlement_id "
        "WHERE o.object_type = :kind AND o.object_id = :key ORDER BY o.id LIMIT 20"
    )
    return [name for name in connection.scalars(query, {"key": key, "kind": kind}) if name]
