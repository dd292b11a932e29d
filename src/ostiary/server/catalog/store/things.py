"""Resources and entitlements: lists at an instant, history, and what people edited of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from ostiary.server.catalog.model import (
    entitlement_edits,
    entitlements,
    resource_edits,
    resources,
)


@dataclass(frozen=True)
class Resource:
    """`id`, `parent_id` and `app_id` are public, `key` is internal. `since`: of this version."""

    key: int
    id: str
    app_id: str
    type: str
    external_id: str
    display_name: str
    description: str
    status: str
    parent_id: str | None
    profile: Mapping[str, Any]
    traits: Mapping[str, Any]
    created_at: datetime
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Entitlement:
    """`immutable_reason` is None where grants can be made and taken. `alias` is given here."""

    key: int
    id: str
    app_id: str
    resource_id: str
    resource_type: str
    external_id: str
    display_name: str
    description: str
    slug: str
    alias: str | None
    purpose: str
    grantable_to: Sequence[str]
    immutable_reason: str | None
    created_at: datetime
    since: datetime
    ended_at: datetime | None


_RESOURCE: Final = """
SELECT r.id AS key, r.public_id AS id, a.public_id AS app_id, t.external_id AS type, r.external_id,
    coalesce(x.display_name, v.display_name) AS display_name,
    coalesce(x.description, v.description) AS description, v.status, p.public_id AS parent_id,
    v.profile, v.traits, r.created_at, v.valid_from AS since,
    nullif(v.valid_to, 'infinity') AS ended_at
FROM resources r
JOIN resource_types t ON t.id = r.resource_type_id
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_versions v ON v.resource_id = r.id
LEFT JOIN resources p ON p.id = v.parent_id
LEFT JOIN resource_edits x ON x.resource_id = r.id
"""

_ENTITLEMENT: Final = """
SELECT e.id AS key, e.public_id AS id, a.public_id AS app_id, r.public_id AS resource_id,
    t.external_id AS resource_type, e.external_id,
    coalesce(x.display_name, v.display_name) AS display_name,
    coalesce(x.description, v.description) AS description, coalesce(x.slug, v.slug) AS slug,
    x.alias, v.purpose, v.grantable_to, v.immutable_reason, e.created_at, v.valid_from AS since,
    nullif(v.valid_to, 'infinity') AS ended_at
FROM entitlements e
JOIN connector_feeds f ON f.id = e.feed_id
JOIN apps a ON a.id = f.app_id
JOIN entitlement_versions v ON v.entitlement_id = e.id
JOIN resources r ON r.id = v.resource_id
JOIN resource_types t ON t.id = r.resource_type_id
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
"""


def resource_history(connection: sa.Connection, resource_id: str) -> list[Resource]:
    """Every version, the oldest first; gaps between them are times in which it was not there."""
    query = sa.text(f"{_RESOURCE} WHERE r.public_id = :id ORDER BY v.valid_from")
    return [Resource(**row) for row in connection.execute(query, {"id": resource_id}).mappings()]


def entitlement_history(connection: sa.Connection, entitlement_id: str) -> list[Entitlement]:
    """As `resource_history`."""
    query = sa.text(f"{_ENTITLEMENT} WHERE e.public_id = :id ORDER BY v.valid_from")
    found = connection.execute(query, {"id": entitlement_id}).mappings()
    return [Entitlement(**row) for row in found]


def resource_key(connection: sa.Connection, public_id: str) -> int | None:
    return connection.scalar(sa.select(resources.c.id).where(resources.c.public_id == public_id))


def entitlement_keys(connection: sa.Connection, public_ids: Sequence[str]) -> dict[str, int]:
    """Of those that exist."""
    columns = entitlements.c
    query = sa.select(columns.public_id, columns.id).where(columns.public_id.in_(public_ids))
    return {row.public_id: row.id for row in connection.execute(query)}


def alias_taken(connection: sa.Connection, alias: str, by_other_than: int) -> bool:
    columns = entitlement_edits.c
    query = sa.select(columns.entitlement_id).where(
        columns.alias == alias, columns.entitlement_id != by_other_than
    )
    return connection.scalar(query) is not None


def edit(
    connection: sa.Connection,
    kind: Literal["resource", "entitlement"],
    key: int,
    edits: Mapping[str, str | None],
) -> dict[str, str | None]:
    """None leaves a field as it is, '' takes the edit back. Returns the edits there were."""
    table = resource_edits if kind == "resource" else entitlement_edits
    identity = table.c[f"{kind}_id"]
    row = (
        connection.execute(sa.select(table).where(identity == key).with_for_update())
        .mappings()
        .first()
    )
    before = {name: row[name] if row else None for name in edits}
    values = {name: value or None for name, value in edits.items() if value is not None}
    if row is None:
        connection.execute(table.insert().values({identity.name: key, **values}))
    elif values:
        connection.execute(table.update().where(identity == key).values(**values))
    return before
