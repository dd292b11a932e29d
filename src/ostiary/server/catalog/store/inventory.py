"""Resource types, resources and entitlements as they are asked for, now and at an instant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.store.narrowing import Candidates, page
from ostiary.server.catalog.store.scope import (
    entitlement_candidates,
    grants_at,
    resource_candidates,
)
from ostiary.server.kernel.errors import not_found

RESOURCE_NAME: Final = "coalesce(x.display_name, v.display_name)"
ENTITLEMENT_NAME: Final = RESOURCE_NAME

_TYPES: Final = """
SELECT t.id AS key, t.public_id AS id, a.public_id AS app_id, t.external_id, v.display_name,
    v.traits, t.created_at, v.valid_from AS since
FROM resource_types t
JOIN connector_feeds f ON f.id = t.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_type_versions v ON v.resource_type_id = t.id AND {version}
"""

_RESOURCES: Final = f"""
SELECT r.id AS key, r.public_id AS id, a.public_id AS app_id, t.public_id AS type_id,
    r.external_id, {RESOURCE_NAME} AS display_name, v.description,
    coalesce(x.description, '') AS custom_description, p.public_id AS parent_id,
    pt.public_id AS parent_type_id, v.profile, r.created_at, v.valid_from AS since
FROM resources r
JOIN resource_types t ON t.id = r.resource_type_id
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_versions v ON v.resource_id = r.id AND {{version}}
LEFT JOIN resource_edits x ON x.resource_id = r.id
LEFT JOIN resources p ON p.id = v.parent_id
LEFT JOIN resource_types pt ON pt.id = p.resource_type_id
"""  # noqa: S608

_ENTITLEMENTS: Final = f"""
SELECT e.id AS key, e.public_id AS id, a.public_id AS app_id, r.public_id AS resource_id,
    t.public_id AS type_id, e.external_id, {ENTITLEMENT_NAME} AS display_name,
    coalesce(x.description, v.description) AS description, coalesce(x.slug, v.slug) AS slug,
    coalesce(x.alias, '') AS alias, v.purpose, v.immutable_reason, v.immutable_code,
    nullif(f.connector_id, a.public_id) AS connector_id, e.created_at,
    v.valid_from AS since,
    array_remove(ARRAY[
        CASE WHEN x.display_name IS NOT NULL THEN 'displayName' END,
        CASE WHEN x.description IS NOT NULL THEN 'description' END,
        CASE WHEN x.slug IS NOT NULL THEN 'slug' END
    ], NULL) AS edited
FROM entitlements e
JOIN connector_feeds f ON f.id = e.feed_id
JOIN apps a ON a.id = f.app_id
JOIN entitlement_versions v ON v.entitlement_id = e.id AND {{version}}
JOIN resources r ON r.id = v.resource_id
JOIN resource_types t ON t.id = r.resource_type_id
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
"""  # noqa: S608


@dataclass(frozen=True)
class ResourceType:
    """Here as below: `key` is internal, all other ids are public ones. `since`: of this version."""

    key: int
    id: str
    app_id: str
    external_id: str
    display_name: str
    traits: Sequence[str]
    created_at: datetime
    since: datetime


@dataclass(frozen=True)
class Resource:
    key: int
    id: str
    app_id: str
    type_id: str
    external_id: str
    display_name: str
    description: str
    custom_description: str
    parent_id: str | None
    parent_type_id: str | None
    profile: Mapping[str, Any]
    created_at: datetime
    since: datetime


@dataclass(frozen=True)
class Entitlement:
    """`immutable_reason`: None where it can be granted and revoked. `edited`: fields that people
    changed here, in camelCase. `connector_id`: None of what is our own: Access, and roles
    made from linked groups."""

    key: int
    id: str
    app_id: str
    resource_id: str
    type_id: str
    external_id: str
    display_name: str
    description: str
    slug: str
    alias: str
    purpose: str
    immutable_reason: str | None
    immutable_code: str | None
    connector_id: str | None
    created_at: datetime
    since: datetime
    edited: Sequence[str]


def types(
    connection: sa.Connection, asked: Asked, after: int = 0, size: int = 100
) -> list[ResourceType]:
    """Here as below: in the order in which they were first seen, from above the key `after`."""
    rows = _rows(connection, _TYPES, "t.id", asked, after, size)
    return [ResourceType(**row) for row in rows]


def resources(
    connection: sa.Connection, asked: Asked, after: int = 0, size: int = 100
) -> list[Resource]:
    """Here as below: those with known ids are looked up, others are found by narrower queries."""
    if "r.public_id" in asked.wanted:
        rows = _rows(connection, _RESOURCES, "r.id", asked, after, size)
    else:
        rows = _found(connection, _RESOURCES, "r.id", asked, resource_candidates, after, size)
    return [Resource(**row) for row in rows]


def entitlements(
    connection: sa.Connection, asked: Asked, after: int = 0, size: int = 100
) -> list[Entitlement]:
    if "e.public_id" in asked.wanted:
        rows = _rows(connection, _ENTITLEMENTS, "e.id", asked, after, size)
    else:
        rows = _found(connection, _ENTITLEMENTS, "e.id", asked, entitlement_candidates, after, size)
    return [Entitlement(**row) for row in rows]


def one_entitlement(
    connection: sa.Connection, app_id: str, entitlement_id: str, at: datetime | None = None
) -> Entitlement:
    """`AppError` NotFound when the app has (or had then) none of this id."""
    asked = Asked(at).among("a.public_id", "app", [app_id])
    found = entitlements(connection, asked.among("e.public_id", "id", [entitlement_id]))
    if not found:
        raise not_found(f"There is no entitlement {entitlement_id} in the app {app_id}.")
    return found[0]


def grant_counts(
    connection: sa.Connection, keys: Sequence[int], at: datetime | None
) -> Mapping[int, int]:
    """How many hold each entitlement, directly or not."""
    # each by itself: together they look like so many that the planner reads all grants there are
    held = grants_at(at, "g.entitlement_id = k.key")
    counts = " + ".join(f"(SELECT count(*) {source})" for source in held)
    query = f"SELECT k.key, {counts} FROM unnest(CAST(:keys AS bigint[])) AS k (key)"  # noqa: S608
    rows = connection.execute(sa.text(query), {"keys": list(keys), "at": at})
    return {row[0]: row[1] for row in rows}


def held_by(asked: Asked, accounts: Sequence[str], without: Sequence[str] = ()) -> Asked:
    """Only entitlements that one of these accounts holds, and none of those `without`."""
    principals = "SELECT h.id FROM resources h WHERE h.public_id = ANY(:{name})"
    sources = grants_at(asked.at, f"g.principal_id IN ({principals})")
    grants = " UNION ALL ".join(f"SELECT g.entitlement_id {source}" for source in sources)
    held = f"e.id {{kind}} ({grants})"
    if accounts:
        asked.wanted["h.public_id"] = list(accounts)
        asked.where(held.format(kind="IN", name="holders"), holders=list(accounts))
    if without:
        asked.where(held.format(kind="NOT IN", name="others"), others=list(without))
    return asked


def owned_by(asked: Asked, users: Sequence[str], *, nobody: bool) -> Asked:
    """Only resources that one of these users owns by name, or with `nobody`, that nobody owns."""
    owner = "SELECT FROM owners o WHERE o.object_type = 'resource' AND o.object_id = r.id"
    either = [f"EXISTS ({owner} AND o.user_id = ANY(:resource_owners))"] if users else []
    either += [f"NOT EXISTS ({owner})"] if nobody else []
    if not either:
        return asked
    return asked.where(f"({' OR '.join(either)})", resource_owners=list(users))


def with_traits(asked: Asked, wanted: Sequence[str], unwanted: Sequence[str]) -> Asked:
    """Only resources whose type has one of these traits, and none of those."""
    types = Asked(asked.at).overlapping("tv.traits", "traits", wanted)
    types.disjoint("tv.traits", "no_traits", unwanted)
    if not types.conditions:
        return asked
    asked.wanted |= types.wanted
    return asked.where(
        "EXISTS (SELECT FROM resource_type_versions tv WHERE tv.resource_type_id = t.id "
        f"AND {asked.version('tv')} AND {' AND '.join(types.conditions)})",
        **types.values,
    )


def _rows(
    connection: sa.Connection, query: str, key: str, asked: Asked, after: int, size: int
) -> Sequence[sa.RowMapping]:
    asked.where(f"{key} > :after", after=after)
    return asked.rows(connection, query.format(version=asked.version("v")), key, size)


def _found(
    connection: sa.Connection,
    query: str,
    key: str,
    asked: Asked,
    candidates: Callable[[sa.Connection, Asked], Candidates],
    after: int,
    size: int,
) -> Sequence[sa.RowMapping]:
    asked.where(f"{key} = ANY(:candidates)")
    selection = query.format(version=asked.version("v"))

    def read(keys: Sequence[int], most: int) -> Sequence[sa.RowMapping]:
        asked.values["candidates"] = list(keys)
        return asked.rows(connection, selection, key, most)

    return page(connection, candidates(connection, asked), read, after, size)
