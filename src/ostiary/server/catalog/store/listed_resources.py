"""Resources as lists of pages show them: in any order, filtered, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.inventory import RESOURCE_NAME, grant_counts
from ostiary.server.catalog.store.tables import Tables

_PARENT: Final = "coalesce(px.display_name, pv.display_name, p.external_id)"
_TYPE: Final = "coalesce(tv.display_name, t.external_id)"

_TABLES: Final = Tables(
    first="FROM resources r JOIN resource_versions v ON v.resource_id = r.id AND {version}",
    key="r.id",
    feed_id="r.feed_id",
    others={
        "f": "JOIN connector_feeds f ON f.id = r.feed_id",
        "a": "JOIN apps a ON a.id = f.app_id",
        "t": "JOIN resource_types t ON t.id = r.resource_type_id",
        "x": "LEFT JOIN resource_edits x ON x.resource_id = r.id",
        "tv": "LEFT JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {version}",
        "p": "LEFT JOIN resources p ON p.id = v.parent_id",
        "pt": "LEFT JOIN resource_types pt ON pt.id = p.resource_type_id",
        "pv": "LEFT JOIN resource_versions pv ON pv.resource_id = p.id AND {version}",
        "px": "LEFT JOIN resource_edits px ON px.resource_id = p.id",
    },
)

_COLUMNS: Final = f"""r.id AS key, r.public_id AS id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name, t.public_id AS type_id,
    {_TYPE} AS type_name, coalesce('user' = ANY (tv.traits), false) AS is_account,
    {RESOURCE_NAME} AS display_name, coalesce(x.description, v.description) AS description,
    v.status, r.external_id, coalesce(p.public_id, '') AS parent_id,
    coalesce(pt.public_id, '') AS parent_type_id, coalesce({_PARENT}, '') AS parent_name,
    v.profile, r.created_at, v.valid_from AS since
"""

_ENTITLEMENTS: Final = """
SELECT v.resource_id, v.entitlement_id FROM entitlement_versions v
WHERE v.resource_id = ANY (:keys) AND {version}
"""

_TYPES: Final = """
SELECT t.external_id, t.public_id AS id, coalesce(nullif(tv.display_name, ''), t.external_id)
    AS name, (
        SELECT (h.counts -> 'resources' ->> t.external_id)::bigint FROM sync_history h
        WHERE h.feed_id = f.id AND h.state = 'applied'
            AND (CAST(:at AS timestamptz) IS NULL OR h.at <= :at)
        ORDER BY h.at DESC LIMIT 1
    ) AS number
FROM resource_types t
JOIN connector_feeds f ON f.id = t.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {tv}
"""

_NO_ACCOUNTS: Final = """{type_id} <> ALL (ARRAY(
    SELECT y.resource_type_id FROM resource_type_versions y
    WHERE {version} AND 'user' = ANY (y.traits)))"""
"""Accounts are resources too, and have lists of their own."""

ORDERS: Final = {
    "name": f"lower({RESOURCE_NAME})",
    "type": _TYPE,
    "parent": f"lower({_PARENT})",
    "created": "r.created_at",
}


@dataclass(frozen=True)
class ListedResource:
    """`parent_id` is empty where there is none. `entitlements` and `grants`: how many there are of
    it, None where nobody counted."""

    key: int
    id: str
    app_id: str
    app_name: str
    type_id: str
    type_name: str
    is_account: bool
    display_name: str
    description: str
    status: str
    external_id: str
    parent_id: str
    parent_type_id: str
    parent_name: str
    profile: Mapping[str, Any]
    created_at: datetime
    since: datetime
    entitlements: int | None
    grants: int | None


@dataclass(frozen=True)
class CountedType:
    """`number`: as the newest sync counted them, None where no sync did."""

    id: str
    name: str
    number: int | None


def read(
    connection: sa.Connection,
    asked: Asked,
    *,
    order: str = "name",
    descending: bool = False,
    offset: int = 0,
    size: int = 50,
    counted: bool = True,
) -> list[ListedResource]:
    """`order` is a key of `ORDERS`; `counted`: with their entitlements and grants."""
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, {ORDERS['name']}, r.id"
    rows = _TABLES.rows(connection, asked, _COLUMNS, order=by, offset=offset, size=size)
    if not counted:
        return [ListedResource(**row, entitlements=None, grants=None) for row in rows]
    entitlements, grants = _counts(connection, [row["key"] for row in rows], asked)
    return [
        ListedResource(**row, entitlements=entitlements[row["key"]], grants=grants[row["key"]])
        for row in rows
    ]


def count(connection: sa.Connection, asked: Asked) -> int:
    return _TABLES.count(connection, asked)


def of_app(app_id: str, at: datetime | None) -> Asked:
    """Without accounts."""
    return _without_accounts(app_id, at, "r.resource_type_id")


def inside(app_id: str, resource_id: str, at: datetime | None) -> Asked:
    """What another resource contains, accounts too."""
    asked = Asked(at).among("a.public_id", "app", [app_id])
    return asked.among("p.public_id", "parent", [resource_id])


def matching(asked: Asked, query: str, types: Sequence[str]) -> Asked:
    """By name or by the id in the source. `types`: by public id."""
    named = asked.containing(query, RESOURCE_NAME, "r.external_id")
    return named.among("t.public_id", "types", types)


def find(
    connection: sa.Connection, app_id: str, type_id: str, resource_id: str, at: datetime | None
) -> ListedResource | None:
    asked = Asked(at).among("a.public_id", "app", [app_id])
    asked.among("t.public_id", "type", [type_id]).among("r.public_id", "ids", [resource_id])
    return next(iter(read(connection, asked, size=1)), None)


def types(connection: sa.Connection, app_id: str, at: datetime | None) -> list[CountedType]:
    """What an app has resources of, by name, without types of accounts."""
    asked = _without_accounts(app_id, at, "t.id")
    rows = asked.rows(connection, _TYPES.format(tv=asked.version("tv")), "name, t.id", 100)
    return [CountedType(row["id"], row["name"], row["number"]) for row in rows]


def _without_accounts(app_id: str, at: datetime | None, type_id: str) -> Asked:
    asked = Asked(at).among("a.public_id", "app", [app_id])
    return asked.where(_NO_ACCOUNTS.format(type_id=type_id, version=asked.version("y")))


def _counts(
    connection: sa.Connection, keys: Sequence[int], asked: Asked
) -> tuple[Counter[int], Counter[int]]:
    """Of entitlements and of grants, by resource."""
    query = sa.text(_ENTITLEMENTS.format(version=asked.version("v")))
    found = connection.execute(query, {"keys": list(keys), "at": asked.at}).all()
    held = grant_counts(connection, [row.entitlement_id for row in found], asked.at)
    grants: Counter[int] = Counter()
    for row in found:
        grants[row.resource_id] += held.get(row.entitlement_id, 0)
    return Counter(row.resource_id for row in found), grants
