"""Apps as a list shows them: in any order, counted, with what is in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.catalog.store.app_search import NAME
from ostiary.server.catalog.store.asked import Asked

_FROM: Final = "FROM apps a LEFT JOIN apps p ON p.id = a.parent_id"

_COUNTED: Final = """
    (SELECT sum(n.value::bigint) FROM connector_feeds f
    CROSS JOIN LATERAL (
        SELECT h.counts FROM sync_history h
        WHERE h.feed_id = f.id AND h.state = 'applied'
            AND (CAST(:at AS timestamptz) IS NULL OR h.at <= :at)
        ORDER BY h.at DESC LIMIT 1
    ) c CROSS JOIN LATERAL jsonb_each_text(c.counts -> '{kind}') n
    WHERE f.app_id = a.id)::bigint
"""

_MADE_HERE: Final = """
    (SELECT nullif(count(*), 0) FROM connector_feeds f
    JOIN entitlements e ON e.feed_id = f.id
    JOIN entitlement_versions v ON v.entitlement_id = e.id AND {v}
    WHERE f.app_id = a.id AND f.connector_id = a.public_id)
"""
"""Of no sync: the access to the app, and roles made of linked groups."""

_SELECT: Final = f"""
SELECT a.public_id AS id, {NAME} AS display_name, a.description, a.managed, a.created_at,
    a.gone_at, p.public_id AS parent_id, coalesce(p.edited_name, p.display_name) AS parent_name,
    ARRAY(
        SELECT u.display_name FROM owners o JOIN platform_users u ON u.public_id = o.user_id
        WHERE o.object_type = 'app' AND o.object_id = a.id ORDER BY o.id
    ) AS owners,
    (SELECT count(*) FROM connector_feeds f
        WHERE f.app_id = a.id AND f.connector_id <> a.public_id) AS connectors,
    {_COUNTED.format(kind="accounts")} AS accounts,
    coalesce({_COUNTED.format(kind="entitlements")} + coalesce({{made}}, 0), {{made}})
        AS entitlements
{_FROM}
"""  # noqa: S608

ORDERS: Final = {
    "name": f"lower({NAME})",
    "parent": "lower(coalesce(p.edited_name, p.display_name))",
    "connectors": "connectors",
    "accounts": "accounts",
    "entitlements": "entitlements",
    "created": "a.created_at",
}
"""What a list of apps can be sorted by."""


@dataclass(frozen=True)
class ListedApp:
    """`accounts` and `entitlements` after the newest syncs, these with what was made here; None
    before the first one."""

    id: str
    display_name: str
    description: str
    managed: bool
    created_at: datetime
    gone_at: datetime | None
    parent_id: str | None
    parent_name: str | None
    owners: Sequence[str]
    connectors: int
    accounts: int | None
    entitlements: int | None


def read(
    connection: sa.Connection,
    asked: Asked,
    *,
    order: str,
    descending: bool,
    size: int,
    offset: int,
) -> list[ListedApp]:
    """`order` is a key of `ORDERS`; unknown values come last."""
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, lower({NAME}), a.id"
    return [ListedApp(**row) for row in asked.rows(connection, _select(asked), by, size, offset)]


def find(connection: sa.Connection, app_id: str, at: datetime | None = None) -> ListedApp | None:
    """None when there is, or was at `at`, no such app."""
    asked = known(at).where("a.public_id = :id", id=app_id)
    rows = asked.rows(connection, _select(asked), "a.id", 1)
    return ListedApp(**rows[0]) if rows else None


def _select(asked: Asked) -> str:
    return _SELECT.format(made=_MADE_HERE.format(v=asked.version("v")))


def known(at: datetime | None, viewer: str | None = None) -> Asked:
    """Apps that are there, or were at `at`; whether they were managed then is not kept."""
    asked = Asked(at=at, viewer=viewer)
    return asked if at is None else asked.where("a.created_at <= :at")


def count(connection: sa.Connection, asked: Asked) -> int:
    return asked.count(connection, _FROM)


def parents(connection: sa.Connection, viewer: str | None) -> list[tuple[str, str]]:
    """Ids and names of the apps that unmanaged apps were discovered through."""
    query = f"SELECT DISTINCT p.public_id AS id, p.display_name AS name {_FROM}"
    asked = Asked(viewer=viewer).where("NOT a.managed").where("p.id IS NOT NULL")
    return [(row["id"], row["name"]) for row in asked.rows(connection, query, "name", 500)]
