"""Owners of apps, resources and entitlements: people, and everybody who holds an entitlement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import sqlalchemy as sa

from ostiary.server.catalog.model import owners

Kind = Literal["app", "resource", "entitlement"]


@dataclass(frozen=True)
class Owner:
    id: str
    name: str
    email: str


_OWNERS: Final = """
SELECT o.user_id, e.public_id FROM owners o LEFT JOIN entitlements e ON e.id = o.entitlement_id
WHERE o.object_type = :kind AND o.object_id = :key ORDER BY o.id
"""


def owners_of(connection: sa.Connection, kind: Kind, key: int) -> tuple[list[str], list[str]]:
    """Public ids of users, and of entitlements whose holders are owners."""
    found = connection.execute(sa.text(_OWNERS), {"kind": kind, "key": key}).all()
    return [row[0] for row in found if row[0]], [row[1] for row in found if row[1]]


def people_of(connection: sa.Connection, kind: Kind, key: int) -> list[Owner]:
    """Users who are owners by name; `entitlement_names` has those who are by what they hold."""
    query = sa.text(
        "SELECT u.public_id AS id, u.display_name AS name, coalesce(u.email, '') AS email "
        "FROM owners o JOIN platform_users u ON u.public_id = o.user_id "
        "WHERE o.object_type = :kind AND o.object_id = :key ORDER BY lower(u.display_name), o.id"
    )
    found = connection.execute(query, {"kind": kind, "key": key}).mappings()
    return [Owner(**row) for row in found]


def entitlement_names(connection: sa.Connection, kind: Kind, key: int) -> list[str]:
    query = sa.text(
        "SELECT coalesce(x.display_name, v.display_name, e.external_id) FROM owners o "
        "JOIN entitlements e ON e.id = o.entitlement_id "
        "LEFT JOIN entitlement_versions v ON v.entitlement_id = e.id AND v.valid_to = 'infinity' "
        "LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id "
        "WHERE o.object_type = :kind AND o.object_id = :key ORDER BY 1"
    )
    return list(connection.scalars(query, {"kind": kind, "key": key}))


def set_owners(
    connection: sa.Connection,
    kind: Kind,
    key: int,
    users: Sequence[str],
    entitlements: Sequence[int],
) -> None:
    own = (owners.c.object_type == kind) & (owners.c.object_id == key)
    connection.execute(owners.delete().where(own))
    rows: list[dict[str, object]] = [{"user_id": user, "entitlement_id": None} for user in users]
    rows += [{"user_id": None, "entitlement_id": number} for number in entitlements]
    if rows:
        common: dict[str, object] = {"object_type": kind, "object_id": key}
        connection.execute(owners.insert(), [common | row for row in rows])


def set_users(connection: sa.Connection, kind: Kind, key: int, users: Sequence[str]) -> None:
    """Leaves entitlements that own it as they are."""
    own = (owners.c.object_type == kind) & (owners.c.object_id == key)
    connection.execute(owners.delete().where(own, owners.c.user_id.is_not(None)))
    if users:
        rows = [{"object_type": kind, "object_id": key, "user_id": user} for user in users]
        connection.execute(owners.insert(), rows)


def lock(connection: sa.Connection, kind: Literal["resource", "entitlement"], key: int) -> None:
    """Whoever changes owners locks what they own, so that none of two changes is lost."""
    table = {"resource": "resources", "entitlement": "entitlements"}[kind]
    connection.execute(
        sa.text(f"SELECT id FROM {table} WHERE id = :key FOR UPDATE"),  # noqa: S608
        {"key": key},
    )
