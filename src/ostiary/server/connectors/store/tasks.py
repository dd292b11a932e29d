"""The queue of tasks for agents, and what they uploaded for them.

Every writer holds the connector's lock (registry.lock), so rows need none of their own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.connectors.leases import Lease, TaskState
from ostiary.server.connectors.model import (
    connector_syncs,
    connector_tasks,
    connector_uploads,
    connectors,
)


@dataclass(frozen=True, slots=True)
class Task:
    """`payload` is a serialized Task without its id; `result` a serialized Any."""

    key: int
    id: str
    connector_key: int
    sync_key: int | None
    payload: bytes
    lease: Lease
    available_at: datetime
    succeeded: bool | None
    error_code: int | None
    error: str
    non_retryable: bool
    refusal: str
    result: bytes | None
    finished_at: datetime | None

    @property
    def kind(self) -> str:
        return self.lease.kind


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that arrived whole. `kind`: c1z or log."""

    id: str
    kind: str
    host: str
    attempt: int
    size: int
    sha256: bytes
    received_at: datetime


def find(connection: sa.Connection, task_id: str) -> Task | None:
    return _one(connection, connector_tasks.c.public_id == task_id)


def find_of_connector(connection: sa.Connection, connector_key: int, task_id: str) -> Task | None:
    """None when the task is another connector's, as if it did not exist."""
    mine = connector_tasks.c.connector_id == connector_key
    return _one(connection, mine & (connector_tasks.c.public_id == task_id))


def find_of_sync(connection: sa.Connection, sync_key: int) -> Task | None:
    return _one(connection, connector_tasks.c.sync_id == sync_key)


def find_ready(
    connection: sa.Connection,
    connector_key: int,
    now: datetime,
    limit: int,
    excluded: Collection[str] = (),
) -> list[Task]:
    """Oldest first; what changes access goes before full syncs, which take long."""
    query = (
        sa.select(connector_tasks)
        .where(
            connector_tasks.c.connector_id == connector_key,
            connector_tasks.c.state == TaskState.QUEUED,
            connector_tasks.c.available_at <= now,
            connector_tasks.c.public_id.not_in(excluded),
        )
        .order_by(connector_tasks.c.sync_id.is_not(None), connector_tasks.c.id)
        .limit(limit)
    )
    return [_task(row) for row in connection.execute(query)]


def find_lost(connection: sa.Connection, connector_key: int, now: datetime) -> list[Task]:
    mine = connector_tasks.c.connector_id == connector_key
    rows = connection.execute(sa.select(connector_tasks).where(mine, _lost(now)))
    return [_task(row) for row in rows]


def find_open(connection: sa.Connection, connector_key: int) -> list[Task]:
    query = sa.select(connector_tasks).where(
        connector_tasks.c.connector_id == connector_key,
        connector_tasks.c.state.in_([TaskState.QUEUED, TaskState.LEASED]),
    )
    return [_task(row) for row in connection.execute(query)]


def has_work(connection: sa.Connection, connector_key: int, now: datetime) -> bool:
    """Whether a poll needs to write at all: something is ready, or someone fell silent."""
    ready = (connector_tasks.c.state == TaskState.QUEUED) & (connector_tasks.c.available_at <= now)
    query = sa.select(
        sa.exists().where(connector_tasks.c.connector_id == connector_key, ready | _lost(now))
    )
    return bool(connection.scalar(query))


def connectors_with_lost_tasks(connection: sa.Connection, now: datetime) -> list[str]:
    query = (
        sa.select(connectors.c.public_id)
        .join_from(connector_tasks, connectors)
        .where(_lost(now), connectors.c.deleted_at.is_(None))
        .distinct()
    )
    return list(connection.scalars(query))


def add(connection: sa.Connection, **values: Any) -> None:
    connection.execute(connector_tasks.insert().values(state=TaskState.QUEUED, **values))


def update(connection: sa.Connection, key: int, **values: Any) -> None:
    connection.execute(connector_tasks.update().where(connector_tasks.c.id == key).values(**values))


def add_upload(connection: sa.Connection, task_key: int, upload: Upload) -> None:
    connection.execute(
        connector_uploads.insert().values(
            public_id=upload.id,
            task_id=task_key,
            kind=upload.kind,
            host=upload.host,
            attempt=upload.attempt,
            bytes=upload.size,
            sha256=upload.sha256,
            received_at=upload.received_at,
        )
    )


def latest_upload(connection: sa.Connection, task: Task, kind: str) -> Upload | None:
    """Of the current attempt: what an earlier holder left behind does not count."""
    query = (
        sa.select(connector_uploads)
        .where(
            connector_uploads.c.task_id == task.key,
            connector_uploads.c.kind == kind,
            connector_uploads.c.attempt == task.lease.attempts,
            connector_uploads.c.host == task.lease.host,
        )
        .order_by(connector_uploads.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Upload(
        row.public_id, row.kind, row.host, row.attempt, row.bytes, row.sha256, row.received_at
    )


def wanted_uploads(connection: sa.Connection, upload_ids: Collection[str]) -> set[str]:
    """Those of `upload_ids` that an open task or an unapplied sync still needs."""
    open_states = [TaskState.QUEUED, TaskState.LEASED]
    of_open_task = (
        sa.select(connector_uploads.c.public_id)
        .join_from(connector_uploads, connector_tasks)
        .where(
            connector_uploads.c.public_id.in_(upload_ids),
            connector_tasks.c.state.in_(open_states),
        )
    )
    of_open_sync = sa.select(connector_syncs.c.upload_id).where(
        connector_syncs.c.upload_id.in_(upload_ids),
        connector_syncs.c.state.in_(["ingesting", "held"]),
    )
    return {str(found) for found in connection.scalars(sa.union(of_open_task, of_open_sync))}


def _lost(now: datetime) -> sa.ColumnElement[bool]:
    return (connector_tasks.c.state == TaskState.LEASED) & (connector_tasks.c.leased_until <= now)


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Task | None:
    row = connection.execute(sa.select(connector_tasks).where(condition)).one_or_none()
    return None if row is None else _task(row)


def _task(row: sa.Row[Any]) -> Task:
    return Task(
        key=row.id,
        id=row.public_id,
        connector_key=row.connector_id,
        sync_key=row.sync_id,
        payload=row.payload,
        lease=Lease(
            kind=row.kind,
            state=TaskState(row.state),
            host=row.host,
            until=row.leased_until,
            limit=row.limit_at,
            attempts=row.attempts,
            cancel_requested=row.cancel_requested_at is not None,
        ),
        available_at=row.available_at,
        succeeded=row.succeeded,
        error_code=row.error_code,
        error=row.error,
        non_retryable=row.non_retryable,
        refusal=row.refusal,
        result=row.result,
        finished_at=row.finished_at,
    )
