"""Grants to accounts, as searches over many entitlements find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Grant
from ostiary.server.access.store import rows
from ostiary.server.access.store.time import grants_at, valid
from ostiary.server.catalog.store.owned import OWNED

_FEEDS: Final = """
SELECT f.id FROM connector_feeds f JOIN apps a ON a.id = f.app_id WHERE true {condition}
"""

_ACCOUNT_TYPES: Final = """
SELECT tv.resource_type_id FROM resource_type_versions tv
WHERE 'user' = ANY (tv.traits) AND {types}
"""

_TO_ACCOUNTS: Final = """EXISTS (
    SELECT FROM resources r
    WHERE r.id = g.principal_id AND r.resource_type_id = ANY (:account_types))"""

_OF_PERSON: Final = """g.principal_id IN (
    SELECT o.resource_id FROM account_owners o JOIN people p ON p.id = o.person_id
    WHERE p.public_id = :person AND {ownership})"""

_OF_RESOURCES: Final = """g.entitlement_id IN (
    SELECT v.entitlement_id FROM entitlement_versions v
    JOIN resources r ON r.id = v.resource_id JOIN resource_types t ON t.id = r.resource_type_id
    WHERE {version} AND {condition})"""

_OF_ENTITLEMENTS: Final = """g.entitlement_id IN (
    SELECT v.entitlement_id FROM entitlement_versions v
    LEFT JOIN entitlement_edits x ON x.entitlement_id = v.entitlement_id
    WHERE {version} AND {condition})"""


@dataclass(frozen=True)
class BindingFilter:
    """All by public id. What is empty lets everything through. `viewer`: only of entitlements in
    apps that this user owns."""

    app_ids: Sequence[str] = ()
    entitlement_ids: Sequence[str] = ()
    account_ids: Sequence[str] = ()
    resource_ids: Sequence[str] = ()
    resource_type_ids: Sequence[str] = ()
    slugs: Sequence[str] = ()
    purposes: Sequence[str] = ()
    person_id: str = ""
    viewer: str | None = None


def bindings(
    connection: sa.Connection,
    wanted: BindingFilter,
    *,
    at: datetime | None = None,
    after: Sequence[int] = (0, 0),
    size: int = 100,
) -> list[tuple[tuple[int, int], Grant]]:
    """Each with its place in the list: the last one's is `after` of the next page."""
    conditions, values = _conditions(connection, wanted, at)
    conditions.append("(g.entitlement_id, g.principal_id) > (:entitlement, :principal)")
    values |= {"entitlement": after[0], "principal": after[1], "size": size}
    order = "g.entitlement_id, g.principal_id"
    found = rows.select(connection, grants_at(at, " AND ".join(conditions), order), order, values)
    places = [(row.entitlement_id, row.principal_id) for row in found]
    return list(zip(places, rows.described(connection, found, at), strict=True))


def _conditions(
    connection: sa.Connection, wanted: BindingFilter, at: datetime | None
) -> tuple[list[str], dict[str, Any]]:
    """What is few is looked up before: with keys instead of joins, the planner reads the grants in
    the order of the page and stops when it is full."""
    values: dict[str, Any] = {
        "at": at,
        "viewer": wanted.viewer,
        "apps": list(wanted.app_ids),
        "ids": list(wanted.entitlement_ids),
        "principals": list(wanted.account_ids),
        "resources": list(wanted.resource_ids),
        "types": list(wanted.resource_type_ids),
        "slugs": list(wanted.slugs),
        "purposes": list(wanted.purposes),
        "person": wanted.person_id,
    }

    def keys(query: str) -> list[int]:
        return list(connection.scalars(sa.text(query), values))

    conditions = [_TO_ACCOUNTS]
    found = {"account_types": keys(_ACCOUNT_TYPES.format(types=valid("tv", at)))}
    if wanted.app_ids or wanted.viewer is not None:
        apps = "AND a.public_id = ANY (:apps)" if wanted.app_ids else ""
        apps += f" AND {OWNED}" if wanted.viewer is not None else ""
        conditions.append("g.feed_id = ANY (:feeds)")
        found["feeds"] = keys(_FEEDS.format(condition=apps))
    if wanted.entitlement_ids:
        found["held"] = keys("SELECT e.id FROM entitlements e WHERE e.public_id = ANY (:ids)")
        single = len(found["held"]) == 1
        conditions.append(
            f"g.entitlement_id = {'(CAST(:held AS bigint[]))[1]' if single else 'ANY (:held)'}"
        )
    if wanted.account_ids:
        found["holders"] = keys(
            "SELECT r.id FROM resources r WHERE r.public_id = ANY (:principals)"
        )
        conditions.append("g.principal_id = ANY (:holders)")
    conditions += [condition for name, condition in _joined(at).items() if values[name]]
    return conditions, values | found


def _joined(at: datetime | None) -> dict[str, str]:
    of_entitlements = partial(_OF_ENTITLEMENTS.format, version=valid("v", at))
    return {
        "resources": _of_resources("r.public_id = ANY (:resources)", at),
        "types": _of_resources("t.public_id = ANY (:types)", at),
        "slugs": of_entitlements(condition="coalesce(x.slug, v.slug) = ANY (:slugs)"),
        "purposes": of_entitlements(condition="v.purpose = ANY (:purposes)"),
        "person": _OF_PERSON.format(ownership=valid("o", at)),
    }


def _of_resources(condition: str, at: datetime | None) -> str:
    return _OF_RESOURCES.format(version=valid("v", at), condition=condition)
