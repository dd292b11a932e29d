"""Access tokens: opaque, kept as digests, void as soon as what they stand for is.

Also for the gateway, which takes the same tokens as gRPC metadata.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.kernel.auth.assertions import Assertion
from ostiary.server.kernel.auth.clients import Client, ClientKey, ClientRegistry
from ostiary.server.kernel.auth.digests import digest, new_token
from ostiary.server.kernel.auth.model import access_tokens, used_assertions
from ostiary.server.kernel.work import UnitOfWork

LIFE = timedelta(hours=1)
"""C1's TypeScript SDK keeps a token for an hour whatever it is told."""
PREFIX = "ost_"


@dataclass(frozen=True)
class TokenHolder:
    client: Client
    key: ClientKey
    expires_at: datetime


def issue(unit: UnitOfWork, client: Client, key: ClientKey) -> str:
    token = new_token(PREFIX)
    expires = unit.now + LIFE
    unit.connection.execute(
        access_tokens.insert().values(
            digest=digest(token),
            kind=client.kind,
            client_name=client.name,
            key_id=key.id,
            issued_at=unit.now,
            expires_at=min(expires, key.expires_at or expires),
        )
    )
    return token


def holder_of(
    connection: sa.Connection, clients: ClientRegistry, token: str, now: datetime
) -> TokenHolder | None:
    """None when unknown or expired, or when client or key have gone since."""
    row = connection.execute(
        sa.select(access_tokens).where(
            access_tokens.c.digest == digest(token), access_tokens.c.expires_at > now
        )
    ).one_or_none()
    if row is None:
        return None
    client = clients.find(connection, row.kind, row.client_name)
    key = client.live_key(row.key_id, now) if client else None
    return TokenHolder(client, key, row.expires_at) if client and key else None


def remember(unit: UnitOfWork, assertion: Assertion) -> bool:
    """False when the same assertion was accepted before, by any process."""
    statement = (
        insert(used_assertions)
        .values(digest=assertion.digest, expires_at=assertion.replayable_until)
        .on_conflict_do_nothing()
        .returning(used_assertions.c.digest)
    )
    return unit.connection.scalar(statement) is not None
