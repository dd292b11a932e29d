"""All SQL about providers of workload tokens and the trusts of service principals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.kernel.auth.federation.issuers import KeySource
from ostiary.server.kernel.auth.federation.model import workload_providers as providers
from ostiary.server.kernel.auth.federation.model import workload_trusts as trusts
from ostiary.server.kernel.auth.federation.platforms import Platform
from ostiary.server.kernel.auth.model import platform_users
from ostiary.server.kernel.work import UnitOfWork


@dataclass(frozen=True)
class Provider:
    id: int
    public_id: str
    issuer: str
    platform: Platform
    bundle_url: str
    """Where a SPIFFE trust domain publishes its keys; empty for who can be discovered."""
    display_name: str
    description: str
    disabled: bool
    created_at: datetime
    updated_at: datetime

    @property
    def key_source(self) -> KeySource:
        return KeySource(self.issuer, self.bundle_url)


@dataclass(frozen=True)
class Trust:
    id: int
    public_id: str
    name: str
    """Of its client id."""
    provider_id: int
    provider: str
    """Its public id."""
    user_id: int
    owner: str
    """The public id of its service principal."""
    display_name: str
    description: str
    condition: str
    scoped_roles: list[str]
    networks: list[str]
    passthrough_claims: list[str]
    disabled: bool
    created_at: datetime
    updated_at: datetime
    last_used_at: datetime | None


def _provider_columns() -> list[sa.Column[Any]]:
    return [providers.c[name] for name in Provider.__annotations__]


def find_provider(connection: sa.Connection, public_id: str) -> Provider | None:
    return _one_provider(connection, providers.c.public_id == public_id)


def provider_of(connection: sa.Connection, trust: Trust) -> Provider:
    found = _one_provider(connection, providers.c.id == trust.provider_id)
    assert found, "a provider with trusts cannot be deleted"
    return found


def _one_provider(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool]
) -> Provider | None:
    row = connection.execute(
        sa.select(*_provider_columns()).where(providers.c.deleted_at.is_(None), *conditions)
    ).one_or_none()
    return Provider(**row._asdict()) if row else None


def page_of_providers(connection: sa.Connection, *, after: int, limit: int) -> list[Provider]:
    rows = connection.execute(
        sa.select(*_provider_columns())
        .where(providers.c.deleted_at.is_(None), providers.c.id > after)
        .order_by(providers.c.id)
        .limit(limit)
    )
    return [Provider(**row._asdict()) for row in rows]


def add_provider(unit: UnitOfWork, **values: object) -> str | None:
    """Returns the public id; None when there is one of that issuer."""
    statement = (
        insert(providers)
        .values(
            public_id=unit.new_id(),
            disabled=False,
            created_at=unit.now,
            updated_at=unit.now,
            **values,
        )
        .on_conflict_do_nothing(
            index_elements=["issuer"], index_where=sa.text("deleted_at IS NULL")
        )
        .returning(providers.c.public_id)
    )
    public_id: str | None = unit.connection.scalar(statement)
    return public_id


def change_provider(unit: UnitOfWork, provider: Provider, values: Mapping[str, object]) -> None:
    unit.connection.execute(
        providers.update()
        .where(providers.c.id == provider.id)
        .values(updated_at=unit.now, **values)
    )


def lock_provider(unit: UnitOfWork, provider: Provider, *, shared: bool = False) -> None:
    """Nobody trusts one while it is being deleted."""
    unit.connection.execute(
        sa.select(providers.c.id).where(providers.c.id == provider.id).with_for_update(read=shared)
    )


def has_trusts(connection: sa.Connection, provider: Provider) -> bool:
    query = _trusts().where(trusts.c.provider_id == provider.id)
    return bool(connection.scalar(sa.select(query.exists())))


def _trusts() -> sa.Select[tuple[Any, ...]]:
    """Of service principals that are still there."""
    names = [name for name in Trust.__annotations__ if name not in ("owner", "provider")]
    return (
        sa.select(
            *(trusts.c[name] for name in names),
            platform_users.c.public_id.label("owner"),
            providers.c.public_id.label("provider"),
        )
        .join(platform_users, platform_users.c.id == trusts.c.user_id)
        .join(providers, providers.c.id == trusts.c.provider_id)
        .where(trusts.c.deleted_at.is_(None), platform_users.c.status != "deleted")
    )


def find_trust(connection: sa.Connection, name: str, *, user_id: int | None = None) -> Trust | None:
    row = connection.execute(
        _trusts().where(
            trusts.c.name == name,
            sa.true() if user_id is None else trusts.c.user_id == user_id,
        )
    ).one_or_none()
    return Trust(**row._asdict()) if row else None


def find_working_trust(connection: sa.Connection, name: str) -> Trust | None:
    """None also when it, its provider or its service principal is disabled."""
    row = connection.execute(
        _trusts().where(
            trusts.c.name == name,
            sa.not_(trusts.c.disabled),
            sa.not_(providers.c.disabled),
            platform_users.c.status == "enabled",
        )
    ).one_or_none()
    return Trust(**row._asdict()) if row else None


def page_of_trusts(
    connection: sa.Connection,
    *,
    after: int,
    limit: int,
    owner: str = "",
    provider: str = "",
    text: str = "",
) -> list[Trust]:
    """`owner` and `provider` are public ids."""
    query = _trusts().where(trusts.c.id > after)
    if owner:
        query = query.where(platform_users.c.public_id == owner)
    if provider:
        query = query.where(providers.c.public_id == provider)
    if text:
        query = query.where(
            sa.or_(
                trusts.c.display_name.icontains(text, autoescape=True),
                trusts.c.description.icontains(text, autoescape=True),
            )
        )
    rows = connection.execute(query.order_by(trusts.c.id).limit(limit))
    return [Trust(**row._asdict()) for row in rows]


def add_trust(unit: UnitOfWork, **values: object) -> None:
    unit.connection.execute(
        trusts.insert().values(
            public_id=unit.new_id(),
            disabled=False,
            created_at=unit.now,
            updated_at=unit.now,
            **values,
        )
    )


def change_trust(unit: UnitOfWork, trust: Trust, values: Mapping[str, object]) -> None:
    unit.connection.execute(
        trusts.update().where(trusts.c.id == trust.id).values(updated_at=unit.now, **values)
    )


def trust_was_used(unit: UnitOfWork, name: str) -> None:
    unit.connection.execute(
        trusts.update().where(trusts.c.name == name).values(last_used_at=unit.now)
    )
