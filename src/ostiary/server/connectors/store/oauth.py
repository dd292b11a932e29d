"""Sign-ins to tenants that are on their way, and who has signed in for which connector."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.connectors.model import connector_authorizations as authorizations
from ostiary.server.connectors.model import connector_sign_ins as sign_ins
from ostiary.server.connectors.model import connectors


@dataclass(frozen=True, slots=True)
class SignIn:
    """`session`: digest of what only one browser has. `sealed`: what it needs on the way back."""

    connector_id: str
    user_id: str
    session: bytes
    sealed: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Authorization:
    """`user_id` is ours, `subject` the person's object in the tenant. Without `authorized_at` the
    connector may not use the tenant yet."""

    tenant_id: str
    client_id: str
    user_id: str
    subject: str
    login: str
    name: str
    signed_in_at: datetime
    consented_at: datetime | None
    authorized_at: datetime | None


def add_sign_in(connection: sa.Connection, state: bytes, connector_key: int, **values: Any) -> None:
    connection.execute(
        sign_ins.insert().values(state_digest=state, connector_id=connector_key, **values)
    )


def take_sign_in(connection: sa.Connection, state: bytes) -> SignIn | None:
    """Once: whoever asks again finds nothing."""
    taken = (
        sign_ins.delete()
        .where(sign_ins.c.state_digest == state, sign_ins.c.connector_id == connectors.c.id)
        .returning(sign_ins, connectors.c.public_id)
    )
    row = connection.execute(taken).one_or_none()
    if row is None:
        return None
    return SignIn(row.public_id, row.user_id, row.session_digest, row.sealed, row.expires_at)


def forget_sign_ins(connection: sa.Connection, before: datetime) -> None:
    connection.execute(sign_ins.delete().where(sign_ins.c.expires_at <= before))


def find_authorization(connection: sa.Connection, connector_key: int) -> Authorization | None:
    query = sa.select(authorizations).where(authorizations.c.connector_id == connector_key)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Authorization(
        row.tenant_id,
        row.client_id,
        row.user_id,
        row.subject,
        row.login,
        row.name,
        row.signed_in_at,
        row.consented_at,
        row.authorized_at,
    )


def tenant_of(connection: sa.Connection, connector_key: int) -> str:
    """Empty unless a sign-in for the connector was completed."""
    found = find_authorization(connection, connector_key)
    return found.tenant_id if found and found.authorized_at else ""


def put_authorization(connection: sa.Connection, connector_key: int, **values: Any) -> None:
    statement = insert(authorizations).values(connector_id=connector_key, **values)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[authorizations.c.connector_id], set_=values)
    )


def update_authorization(connection: sa.Connection, connector_key: int, **values: Any) -> None:
    connection.execute(
        authorizations.update()
        .where(authorizations.c.connector_id == connector_key)
        .values(**values)
    )
