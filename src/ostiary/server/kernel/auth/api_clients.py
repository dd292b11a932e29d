"""All SQL about API keys of people and credentials of service principals: one table, two kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from ostiary.server.kernel.auth.clients import Client, ClientKey
from ostiary.server.kernel.auth.model import api_clients, platform_users
from ostiary.server.kernel.work import UnitOfWork

ClientKind = Literal["pcc", "spc"]
PERSONAL: ClientKind = "pcc"
SERVICE: ClientKind = "spc"


@dataclass(frozen=True)
class ApiClient:
    id: int
    public_id: str
    name: str
    kind: ClientKind
    user_id: int
    owner: str
    """The public id of its person or service principal."""
    display_name: str
    scoped_roles: list[str]
    networks: list[str]
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


def _selection() -> sa.Select[tuple[object, ...]]:
    names = [name for name in ApiClient.__annotations__ if name != "owner"]
    return (
        sa.select(
            *(api_clients.c[name] for name in names), platform_users.c.public_id.label("owner")
        )
        .join(platform_users, platform_users.c.id == api_clients.c.user_id)
        .where(api_clients.c.deleted_at.is_(None))
    )


def find(
    connection: sa.Connection, kind: ClientKind, key: str, *, user_id: int | None = None
) -> ApiClient | None:
    """By public id or by name; of one owner, or of anybody."""
    row = connection.execute(
        _selection().where(
            api_clients.c.kind == kind,
            sa.or_(api_clients.c.public_id == key, api_clients.c.name == key),
            sa.true() if user_id is None else api_clients.c.user_id == user_id,
        )
    ).one_or_none()
    return ApiClient(**row._asdict()) if row else None


def page(
    connection: sa.Connection,
    kind: ClientKind,
    *,
    after: int,
    limit: int,
    user_id: int | None = None,
    owners: Sequence[str] = (),
    text: str = "",
) -> list[ApiClient]:
    """By internal id, the first is above `after`. `owners` are public ids."""
    query = _selection().where(api_clients.c.kind == kind, api_clients.c.id > after)
    if user_id is not None:
        query = query.where(api_clients.c.user_id == user_id)
    if owners:
        query = query.where(platform_users.c.public_id.in_(owners))
    if text:
        query = query.where(api_clients.c.display_name.icontains(text, autoescape=True))
    rows = connection.execute(query.order_by(api_clients.c.id).limit(limit))
    return [ApiClient(**row._asdict()) for row in rows]


def add(unit: UnitOfWork, **values: object) -> str:
    """Returns the public id."""
    identity = unit.new_id()
    unit.connection.execute(
        api_clients.insert().values(
            public_id=identity, created_at=unit.now, updated_at=unit.now, **values
        )
    )
    return identity


def change(unit: UnitOfWork, client: ApiClient, **values: object) -> None:
    unit.connection.execute(
        api_clients.update()
        .where(api_clients.c.id == client.id)
        .values(updated_at=unit.now, **values)
    )


def delete(unit: UnitOfWork, client: ApiClient) -> None:
    change(unit, client, deleted_at=unit.now)


class ApiClientDirectory:
    """The two kinds in the registry of clients."""

    def __init__(self, kind: ClientKind) -> None:
        self.kind = kind

    def find(self, connection: sa.Connection, name: str) -> Client | None:
        row = connection.execute(
            sa.select(api_clients)
            .join(platform_users, platform_users.c.id == api_clients.c.user_id)
            .where(
                api_clients.c.kind == self.kind,
                api_clients.c.name == name,
                api_clients.c.deleted_at.is_(None),
                platform_users.c.status == "enabled",
            )
        ).one_or_none()
        if row is None:
            return None
        return Client(
            name=row.name,
            kind=row.kind,
            keys=(ClientKey(row.public_id, row.public_key, row.expires_at),),
            networks=tuple(row.networks),
            user=row.user_id,
            scoped_roles=tuple(row.scoped_roles),
        )

    def used(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> None:
        unit.connection.execute(
            api_clients.update()
            .where(api_clients.c.name == client.name)
            .values(last_used_at=unit.now)
        )
