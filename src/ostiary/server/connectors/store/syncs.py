"""Syncs, past and present."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.connectors.model import connector_syncs, connectors
from ostiary.server.connectors.rules import OPEN_SYNC_STATES, SyncState


@dataclass(frozen=True, slots=True)
class Sync:
    """`counts` and `deltas` are JSON objects, unset until the sync was ingested."""

    key: int
    id: str
    connector_key: int
    state: SyncState
    cause: str
    requested_at: datetime
    started_at: datetime | None
    uploaded_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    host: str | None
    upload_id: str | None
    counts: dict[str, Any] | None
    deltas: dict[str, Any] | None
    error: str


_OPEN = connector_syncs.c.state.in_(sorted(OPEN_SYNC_STATES))


def find(connection: sa.Connection, sync_id: str) -> Sync | None:
    return _one(connection, connector_syncs.c.public_id == sync_id)


def get(connection: sa.Connection, key: int) -> Sync:
    found = _one(connection, connector_syncs.c.id == key)
    assert found is not None
    return found


def find_open(connection: sa.Connection, connector_key: int) -> Sync | None:
    return _one(connection, (connector_syncs.c.connector_id == connector_key) & _OPEN)


def find_held(connection: sa.Connection, connector_key: int) -> Sync | None:
    """A connector with a held sync is paused, so there is one at most."""
    held = connector_syncs.c.state == SyncState.HELD
    return _one(connection, (connector_syncs.c.connector_id == connector_key) & held)


def find_latest(
    connection: sa.Connection, connector_key: int, limit: int = 50, before: int | None = None
) -> list[Sync]:
    """Newest first; `before` is the key to go on from."""
    query = (
        sa.select(connector_syncs)
        .where(connector_syncs.c.connector_id == connector_key)
        .order_by(connector_syncs.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(connector_syncs.c.id < before)
    return [_sync(row) for row in connection.execute(query)]


def find_page(
    connection: sa.Connection,
    connector_key: int,
    states: Collection[str],
    *,
    oldest_first: bool,
    size: int,
    offset: int,
) -> list[Sync]:
    """In these states, or in any where none is named."""
    key = connector_syncs.c.id
    query = (
        sa.select(connector_syncs)
        .where(_among(connector_key, states))
        .order_by(key if oldest_first else key.desc())
        .limit(size)
        .offset(offset)
    )
    return [_sync(row) for row in connection.execute(query)]


def count(connection: sa.Connection, connector_key: int, states: Collection[str] = ()) -> int:
    query = sa.select(sa.func.count()).select_from(connector_syncs)
    return int(connection.scalar(query.where(_among(connector_key, states))) or 0)


def find_applied(connection: sa.Connection, connector_key: int) -> Sync | None:
    """The newest one that is in the catalogue."""
    query = (
        sa.select(connector_syncs)
        .where(
            connector_syncs.c.connector_id == connector_key,
            connector_syncs.c.state == SyncState.DONE,
        )
        .order_by(connector_syncs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _sync(row)


def connector_of(connection: sa.Connection, sync_id: str) -> str | None:
    """The connector's public id."""
    query = (
        sa.select(connectors.c.public_id)
        .join_from(connector_syncs, connectors)
        .where(connector_syncs.c.public_id == sync_id)
    )
    return connection.scalar(query)


def add(
    connection: sa.Connection, sync_id: str, connector_key: int, cause: str, now: datetime
) -> Sync:
    connection.execute(
        connector_syncs.insert().values(
            public_id=sync_id,
            connector_id=connector_key,
            state=SyncState.QUEUED,
            cause=cause,
            requested_at=now,
        )
    )
    added = find(connection, sync_id)
    assert added is not None
    return added


def update(connection: sa.Connection, key: int, **values: Any) -> None:
    connection.execute(connector_syncs.update().where(connector_syncs.c.id == key).values(**values))


def _among(connector_key: int, states: Collection[str]) -> sa.ColumnElement[bool]:
    mine = connector_syncs.c.connector_id == connector_key
    return mine & connector_syncs.c.state.in_(sorted(states)) if states else mine


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Sync | None:
    row = connection.execute(sa.select(connector_syncs).where(condition)).one_or_none()
    return None if row is None else _sync(row)


def _sync(row: sa.Row[Any]) -> Sync:
    return Sync(
        key=row.id,
        id=row.public_id,
        connector_key=row.connector_id,
        state=SyncState(row.state),
        cause=row.cause,
        requested_at=row.requested_at,
        started_at=row.started_at,
        uploaded_at=row.uploaded_at,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        host=row.host,
        upload_id=row.upload_id,
        counts=row.counts,
        deltas=row.deltas,
        error=row.error,
    )
