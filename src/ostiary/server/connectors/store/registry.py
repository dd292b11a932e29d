"""Connectors and their owners."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ostiary.server.connectors.model import connector_owners, connector_syncs, connectors
from ostiary.server.connectors.rules import (
    VISIBLE_SYNC_STATES,
    Failures,
    Health,
    PauseCategory,
    Status,
    status_of,
)
from ostiary.server.connectors.schedule import Cron, Interval, Schedule


@dataclass(frozen=True, slots=True)
class Connector:
    """`key` is the internal id, `id` the public one."""

    key: int
    id: str
    app_id: str
    catalog_id: str
    display_name: str
    description: str
    health: Health
    last_error: str
    last_sync_at: datetime | None
    failures: Failures
    paused_at: datetime | None
    paused_category: PauseCategory | None
    paused_reason: str
    schedule: Schedule | None
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    metadata: bytes | None
    syncing: bool

    @property
    def status(self) -> Status:
        return status_of(self.health, paused=self.paused_at is not None, syncing=self.syncing)


_SYNCING = (
    sa.exists()
    .where(
        connector_syncs.c.connector_id == connectors.c.id,
        connector_syncs.c.state.in_(sorted(VISIBLE_SYNC_STATES)),
    )
    .correlate(connectors)
    .label("syncing")
)
_COLUMNS = [column for column in connectors.c if column.name != "config"]
_SELECT: sa.Select[Any] = sa.select(*_COLUMNS, _SYNCING)


def find(connection: sa.Connection, connector_id: str) -> Connector | None:
    """Also one that was deleted: clients must be able to see that it was."""
    return _one(connection, _SELECT.where(connectors.c.public_id == connector_id))


def find_all(connection: sa.Connection, app_id: str | None = None) -> list[Connector]:
    query = _SELECT.where(connectors.c.deleted_at.is_(None)).order_by(connectors.c.id)
    if app_id is not None:
        query = query.where(connectors.c.app_id == app_id)
    return [_connector(row) for row in connection.execute(query)]


def lock(connection: sa.Connection, connector_id: str) -> Connector | None:
    """Whoever changes a connector, its tasks or its syncs locks it first.

    None for an unknown or a deleted one.
    """
    found = connectors.c.public_id == connector_id
    return _locked(connection, found & connectors.c.deleted_at.is_(None))


def lock_by_key(connection: sa.Connection, key: int) -> Connector | None:
    return _locked(connection, (connectors.c.id == key) & connectors.c.deleted_at.is_(None))


def lock_due(connection: sa.Connection, now: datetime, limit: int) -> list[Connector]:
    """Connectors whose schedule has come round; those that others have locked are left out."""
    query = (
        _SELECT.where(
            connectors.c.due_at <= now,
            connectors.c.deleted_at.is_(None),
            connectors.c.paused_at.is_(None),
        )
        .order_by(connectors.c.due_at)
        .limit(limit)
        .with_for_update(key_share=True, of=connectors, skip_locked=True)
    )
    return [_connector(row) for row in connection.execute(query)]


def add(connection: sa.Connection, connector_id: str, now: datetime, **values: Any) -> Connector:
    connection.execute(
        connectors.insert().values(public_id=connector_id, created_at=now, updated_at=now, **values)
    )
    added = find(connection, connector_id)
    assert added is not None
    return added


def update(connection: sa.Connection, key: int, **values: Any) -> None:
    connection.execute(connectors.update().where(connectors.c.id == key).values(**values))


def schedule_columns(schedule: Schedule | None, now: datetime) -> dict[str, Any]:
    """What a schedule is in the table, with the moment it comes round next."""
    return {
        "interval_seconds": (
            int(schedule.every.total_seconds()) if isinstance(schedule, Interval) else None
        ),
        "cron_spec": schedule.spec if isinstance(schedule, Cron) else None,
        "cron_zone": schedule.zone if isinstance(schedule, Cron) else None,
        "due_at": None if schedule is None else schedule.next_after(now),
    }


def configured_at(connection: sa.Connection, key: int) -> datetime | None:
    """When the configuration was last kept; None if it never was."""
    query = sa.select(connectors.c.config_updated_at).where(connectors.c.id == key)
    return connection.scalar(query)


def read_config(connection: sa.Connection, key: int) -> bytes | None:
    """The ciphertext."""
    return connection.scalar(sa.select(connectors.c.config).where(connectors.c.id == key))


def owners_of(connection: sa.Connection, key: int) -> list[str]:
    """User ids, in the order in which they were made owners."""
    query = (
        sa.select(connector_owners.c.user_id)
        .where(connector_owners.c.connector_id == key)
        .order_by(connector_owners.c.added_at, connector_owners.c.user_id)
    )
    return list(connection.scalars(query))


def owns_any(connection: sa.Connection, user_id: str) -> bool:
    """Whether the user is an owner of any connector that is not deleted."""
    query = (
        sa.select(connector_owners.c.user_id)
        .join(connectors, connectors.c.id == connector_owners.c.connector_id)
        .where(connector_owners.c.user_id == user_id, connectors.c.deleted_at.is_(None))
        .limit(1)
    )
    return connection.scalar(query) is not None


def add_owners(connection: sa.Connection, key: int, user_ids: Iterable[str], now: datetime) -> None:
    rows = [{"connector_id": key, "user_id": user, "added_at": now} for user in user_ids]
    if rows:
        connection.execute(connector_owners.insert(), rows)


def remove_owners(connection: sa.Connection, key: int, user_ids: Sequence[str]) -> None:
    connection.execute(
        connector_owners.delete().where(
            connector_owners.c.connector_id == key, connector_owners.c.user_id.in_(user_ids)
        )
    )


def _locked(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Connector | None:
    """Two steps: what is seen under the lock must be read after it was obtained."""
    taken = sa.select(connectors.c.id).where(condition).with_for_update(key_share=True)
    key = connection.scalar(taken)
    return None if key is None else _one(connection, _SELECT.where(connectors.c.id == key))


def _one(connection: sa.Connection, query: sa.Select[Any]) -> Connector | None:
    row = connection.execute(query).one_or_none()
    return None if row is None else _connector(row)


def _connector(row: sa.Row[Any]) -> Connector:
    return Connector(
        key=row.id,
        id=row.public_id,
        app_id=row.app_id,
        catalog_id=row.catalog_id,
        display_name=row.display_name,
        description=row.description,
        health=Health(row.health),
        last_error=row.last_error,
        last_sync_at=row.last_sync_at,
        failures=Failures(row.consecutive_failures, row.alerted_at),
        paused_at=row.paused_at,
        paused_category=row.paused_category and PauseCategory(row.paused_category),
        paused_reason=row.paused_reason,
        schedule=_schedule(row),
        due_at=row.due_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        metadata=row.metadata,
        syncing=row.syncing,
    )


def _schedule(row: sa.Row[Any]) -> Schedule | None:
    if row.cron_spec is not None:
        return Cron(row.cron_spec, row.cron_zone)
    if row.interval_seconds is not None:
        return Interval(timedelta(seconds=row.interval_seconds))
    return None
