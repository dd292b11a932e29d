"""All SQL about people and services that sign in, their roles and their ways in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from ostiary.server.kernel.auth.model import (
    platform_users,
    user_identities,
    user_passwords,
    user_roles,
)
from ostiary.server.kernel.work import UnitOfWork

ROLES_LOCK = 0x0571A60
"""Whoever takes roles away, or disables people, waits for others who do."""

Kind = Literal["human", "service"]
Status = Literal["enabled", "disabled", "deleted"]
Origin = Literal["local", "directory", "oidc", "system"]


@dataclass(frozen=True)
class User:
    id: int
    public_id: str
    kind: Kind
    email: str
    """Empty for services."""
    display_name: str
    status: Status
    origin: Origin
    created_at: datetime
    updated_at: datetime
    role_ids: tuple[str, ...]


def _selection() -> sa.Select[tuple[object, ...]]:
    roles = (
        sa.select(sa.func.array_agg(aggregate_order_by(user_roles.c.role_id, user_roles.c.role_id)))
        .where(user_roles.c.user_id == platform_users.c.id)
        .scalar_subquery()
    )
    return sa.select(platform_users, roles.label("role_ids"))


def _user(row: sa.Row[tuple[object, ...]]) -> User:
    values = row._asdict()
    return User(
        **{
            name: values[name] for name in User.__annotations__ if name not in ("email", "role_ids")
        },
        email=values["email"] or "",
        role_ids=tuple(values["role_ids"] or ()),
    )


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> User | None:
    row = connection.execute(_selection().where(*conditions)).one_or_none()
    return _user(row) if row else None


def find(connection: sa.Connection, user_id: int) -> User | None:
    return _one(connection, platform_users.c.id == user_id)


def find_public(connection: sa.Connection, public_id: str, kind: Kind | None = None) -> User | None:
    """Nobody who was deleted."""
    return _one(
        connection,
        platform_users.c.public_id == public_id,
        platform_users.c.status != "deleted",
        sa.true() if kind is None else platform_users.c.kind == kind,
    )


def find_by_email(connection: sa.Connection, email: str) -> User | None:
    return _one(
        connection,
        sa.func.lower(platform_users.c.email) == email.lower(),
        platform_users.c.status != "deleted",
    )


def find_by_identity(connection: sa.Connection, issuer: str, subject: str) -> User | None:
    linked = sa.select(user_identities.c.user_id).where(
        user_identities.c.issuer == issuer, user_identities.c.subject == subject
    )
    return _one(connection, platform_users.c.id == linked.scalar_subquery())


def page(connection: sa.Connection, kind: Kind, after: int, limit: int) -> list[User]:
    """By internal id, the first is above `after`."""
    rows = connection.execute(
        _selection()
        .where(
            platform_users.c.kind == kind,
            platform_users.c.status != "deleted",
            platform_users.c.id > after,
        )
        .order_by(platform_users.c.id)
        .limit(limit)
    )
    return [_user(row) for row in rows]


def add(
    unit: UnitOfWork,
    *,
    kind: Kind,
    email: str,
    display_name: str,
    origin: Origin,
    role_ids: Sequence[str],
) -> User | None:
    """None when somebody else has the e-mail address."""
    new = unit.connection.scalar(
        insert(platform_users)
        .values(
            public_id=unit.new_id(),
            kind=kind,
            email=email or None,
            display_name=display_name,
            status="enabled",
            origin=origin,
            created_at=unit.now,
            updated_at=unit.now,
        )
        .on_conflict_do_nothing()
        .returning(platform_users.c.id)
    )
    if new is None:
        return None
    set_roles(unit, new, role_ids)
    return find(unit.connection, new)


def change(unit: UnitOfWork, user: User, **values: object) -> None:
    unit.connection.execute(
        platform_users.update()
        .where(platform_users.c.id == user.id)
        .values(updated_at=unit.now, **values)
    )


def set_roles(unit: UnitOfWork, user_id: int, role_ids: Iterable[str]) -> None:
    unit.connection.execute(user_roles.delete().where(user_roles.c.user_id == user_id))
    rows = [
        {"user_id": user_id, "role_id": role_id, "assigned_at": unit.now}
        for role_id in sorted(set(role_ids))
    ]
    if rows:
        unit.connection.execute(user_roles.insert(), rows)


def lock_roles(unit: UnitOfWork) -> None:
    """Until the transaction ends, nobody else takes a role away."""
    unit.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(ROLES_LOCK)))


def somebody_has_role(connection: sa.Connection, role_id: str) -> bool:
    """Only people who can sign in count."""
    return bool(
        connection.scalar(
            sa.select(
                sa.exists().where(
                    user_roles.c.role_id == role_id,
                    user_roles.c.user_id == platform_users.c.id,
                    platform_users.c.status == "enabled",
                    platform_users.c.kind == "human",
                )
            )
        )
    )


def link_identity(unit: UnitOfWork, user: User, issuer: str, subject: str) -> None:
    unit.connection.execute(
        user_identities.insert().values(
            issuer=issuer, subject=subject, user_id=user.id, linked_at=unit.now
        )
    )


def has_identity(connection: sa.Connection, user: User, issuer: str) -> bool:
    """Whether this issuer already vouches for the person, under some subject."""
    return bool(
        connection.scalar(
            sa.select(
                sa.exists().where(
                    user_identities.c.user_id == user.id, user_identities.c.issuer == issuer
                )
            )
        )
    )


def password_of(connection: sa.Connection, user: User) -> str | None:
    return connection.scalar(
        sa.select(user_passwords.c.hash).where(user_passwords.c.user_id == user.id)
    )


def set_password(unit: UnitOfWork, user: User, hashed: str) -> None:
    values = {"hash": hashed, "changed_at": unit.now}
    unit.connection.execute(
        insert(user_passwords)
        .values(user_id=user.id, **values)
        .on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
