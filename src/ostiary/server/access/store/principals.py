"""What lists say beside a grant: whose account it is, and where account and entitlement belong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ostiary.server.access.store.time import valid


@dataclass(frozen=True)
class Principal:
    """`is_account`: otherwise a group or the like. Without an owner, `owner_id` is empty."""

    app_id: str
    is_account: bool
    type_id: str
    type_name: str
    owner_id: str
    owner_name: str


@dataclass(frozen=True)
class AppName:
    id: str
    display_name: str


def principals(
    connection: sa.Connection, ids: Collection[str], at: datetime | None
) -> Mapping[str, Principal]:
    """By public id."""
    query = sa.text(
        f"""
        SELECT r.public_id AS id, a.public_id AS app_id,
            coalesce('user' = ANY (tv.traits), false) AS is_account,
            t.public_id AS type_id, coalesce(tv.display_name, t.external_id) AS type_name,
            coalesce(p.public_id, '') AS owner_id, coalesce(pv.display_name, '') AS owner_name
        FROM resources r JOIN resource_types t ON t.id = r.resource_type_id
        JOIN connector_feeds f ON f.id = r.feed_id JOIN apps a ON a.id = f.app_id
        LEFT JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {valid("tv", at)}
        LEFT JOIN account_owners o ON o.resource_id = r.id AND {valid("o", at)}
        LEFT JOIN people p ON p.id = o.person_id
        LEFT JOIN person_versions pv ON pv.person_id = p.id AND {valid("pv", at)}
        WHERE r.public_id = ANY (:ids)
        """  # noqa: S608
    )
    found = connection.execute(query, {"ids": list(ids), "at": at}).mappings()
    return {row["id"]: Principal(**{k: v for k, v in row.items() if k != "id"}) for row in found}


def apps(connection: sa.Connection, entitlement_ids: Collection[str]) -> Mapping[str, AppName]:
    """By public id of an entitlement."""
    query = sa.text(
        "SELECT e.public_id, a.public_id AS app, coalesce(a.edited_name, a.display_name) AS name "
        "FROM entitlements e JOIN connector_feeds f ON f.id = e.feed_id "
        "JOIN apps a ON a.id = f.app_id WHERE e.public_id = ANY (:ids)"
    )
    found = connection.execute(query, {"ids": list(entitlement_ids)})
    return {row.public_id: AppName(row.app, row.name) for row in found}
