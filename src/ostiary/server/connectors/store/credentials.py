"""The credentials that agents of a connector sign in with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.connectors.model import connector_credentials, connectors
from ostiary.server.connectors.rules import CLIENT_KIND, credential_works
from ostiary.server.kernel.auth.client_ids import ClientId


@dataclass(frozen=True, slots=True)
class Credential:
    """`public_key` is 32 bytes of Ed25519; the secret is nowhere."""

    key: int
    id: str
    connector_key: int
    connector_id: str
    connector_name: str
    connector_deleted: bool
    app_id: str
    client_name: str
    authority: str
    display_name: str
    public_key: bytes
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    superseded_until: datetime | None
    revoked_at: datetime | None

    @property
    def client_id(self) -> str:
        return str(ClientId(self.client_name, self.authority, CLIENT_KIND))

    @property
    def ends(self) -> datetime | None:
        """When it stops working unless it is revoked earlier."""
        ends = [moment for moment in (self.expires_at, self.superseded_until) if moment]
        return min(ends, default=None)

    def works(self, now: datetime) -> bool:
        works = credential_works(now, revoked_at=self.revoked_at, ends=self.ends)
        return works and not self.connector_deleted


_SELECT = sa.select(
    connector_credentials,
    connectors.c.public_id.label("connector_public_id"),
    connectors.c.display_name.label("connector_name"),
    connectors.c.app_id,
    connectors.c.deleted_at.is_not(None).label("connector_deleted"),
).join_from(connector_credentials, connectors)


def find_by_name(connection: sa.Connection, client_name: str) -> Credential | None:
    return _one(connection, connector_credentials.c.client_name == client_name)


def find(connection: sa.Connection, credential_id: str) -> Credential | None:
    return _one(connection, connector_credentials.c.public_id == credential_id)


def find_of(connection: sa.Connection, connector_key: int) -> list[Credential]:
    """Newest first, revoked and expired ones included."""
    query = _SELECT.where(connector_credentials.c.connector_id == connector_key)
    rows = connection.execute(query.order_by(connector_credentials.c.id.desc()))
    return [_credential(row) for row in rows]


def add(connection: sa.Connection, **values: Any) -> Credential:
    connection.execute(connector_credentials.insert().values(**values))
    added = find(connection, values["public_id"])
    assert added is not None
    return added


def update(connection: sa.Connection, key: int, **values: Any) -> None:
    connection.execute(
        connector_credentials.update().where(connector_credentials.c.id == key).values(**values)
    )


def mark_used(connection: sa.Connection, credential_id: str, now: datetime) -> None:
    connection.execute(
        connector_credentials.update()
        .where(connector_credentials.c.public_id == credential_id)
        .values(last_used_at=now)
    )


def revoke_all(connection: sa.Connection, connector_key: int, now: datetime) -> None:
    connection.execute(
        connector_credentials.update()
        .where(
            connector_credentials.c.connector_id == connector_key,
            connector_credentials.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Credential | None:
    row = connection.execute(_SELECT.where(condition)).one_or_none()
    return None if row is None else _credential(row)


def _credential(row: sa.Row[Any]) -> Credential:
    return Credential(
        key=row.id,
        id=row.public_id,
        connector_key=row.connector_id,
        connector_id=row.connector_public_id,
        connector_name=row.connector_name,
        connector_deleted=row.connector_deleted,
        app_id=row.app_id,
        client_name=row.client_name,
        authority=row.authority,
        display_name=row.display_name,
        public_key=row.public_key,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        superseded_until=row.superseded_until,
        revoked_at=row.revoked_at,
    )
