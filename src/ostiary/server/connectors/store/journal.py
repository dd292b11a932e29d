"""What happened to a connector: log lines, alerts for its owners, and which agents were seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.connectors.model import (
    connector_agents,
    connector_alerts,
    connector_log,
    connector_syncs,
)


@dataclass(frozen=True, slots=True)
class Line:
    """`level`: info, warning or error. `sync_id` is empty for a line of no sync."""

    at: datetime
    level: str
    message: str
    details: dict[str, Any]
    key: int
    sync_id: str


@dataclass(frozen=True, slots=True)
class Agent:
    host: str
    first_seen_at: datetime
    last_seen_at: datetime
    build: dict[str, str] | None
    system: dict[str, str] | None


def write_line(
    connection: sa.Connection,
    connector_key: int,
    now: datetime,
    level: str,
    message: str,
    sync_key: int | None = None,
    /,
    **details: Any,
) -> None:
    connection.execute(
        connector_log.insert().values(
            connector_id=connector_key,
            sync_id=sync_key,
            at=now,
            level=level,
            message=_storable(message),
            details=details,
        )
    )


def read_lines(
    connection: sa.Connection,
    connector_key: int,
    limit: int = 100,
    before: int | None = None,
    sync_key: int | None = None,
) -> list[Line]:
    """Newest first; `before` is the key to go on from."""
    query = (
        sa.select(connector_log, connector_syncs.c.public_id)
        .join_from(connector_log, connector_syncs, isouter=True)
        .where(connector_log.c.connector_id == connector_key)
        .order_by(connector_log.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(connector_log.c.id < before)
    if sync_key is not None:
        query = query.where(connector_log.c.sync_id == sync_key)
    return [
        Line(row.at, row.level, row.message, row.details, row.id, row.public_id or "")
        for row in connection.execute(query)
    ]


def read_lines_about(
    connection: sa.Connection,
    connector_key: int,
    sync_key: int,
    between: tuple[datetime, datetime],
    limit: int,
) -> list[Line]:
    """Of a sync, and what the connector's process said meanwhile; oldest first, the newest
    `limit` of them."""
    start, end = between
    meanwhile = (
        connector_log.c.sync_id.is_(None)
        & (connector_log.c.at >= start)
        & (connector_log.c.at <= end)
    )
    query = (
        sa.select(connector_log)
        .where(
            connector_log.c.connector_id == connector_key,
            (connector_log.c.sync_id == sync_key) | meanwhile,
        )
        .order_by(connector_log.c.id.desc())
        .limit(limit)
    )
    found = [
        Line(row.at, row.level, row.message, row.details, row.id, "")
        for row in connection.execute(query)
    ]
    return found[::-1]


def raise_alert(
    connection: sa.Connection, connector_key: int, now: datetime, kind: str, **details: Any
) -> None:
    """Whoever sends mail takes those with `told_at` unset."""
    connection.execute(
        connector_alerts.insert().values(
            connector_id=connector_key, kind=kind, details=details, raised_at=now
        )
    )


def untold_alerts(connection: sa.Connection, connector_key: int) -> list[str]:
    """Kinds, oldest first."""
    query = (
        sa.select(connector_alerts.c.kind)
        .where(
            connector_alerts.c.connector_id == connector_key,
            connector_alerts.c.told_at.is_(None),
        )
        .order_by(connector_alerts.c.id)
    )
    return list(connection.scalars(query))


def see_agent(
    connection: sa.Connection,
    connector_key: int,
    host: str,
    now: datetime,
    *,
    build: Mapping[str, str] | None = None,
    system: Mapping[str, str] | None = None,
) -> None:
    """Notes a sign of life; what an agent said of itself earlier stays unless it says it anew."""
    statement = insert(connector_agents).values(
        connector_id=connector_key,
        host=host,
        first_seen_at=now,
        last_seen_at=now,
        build=_jsonb(build),
        system=_jsonb(system),
    )
    changes: dict[str, Any] = {"last_seen_at": now}
    if build is not None:
        changes |= {"build": _jsonb(build), "system": _jsonb(system)}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[connector_agents.c.connector_id, connector_agents.c.host],
            set_=changes,
        )
    )


def last_seen(connection: sa.Connection, connector_key: int, host: str) -> datetime | None:
    return connection.scalar(
        sa.select(connector_agents.c.last_seen_at).where(
            connector_agents.c.connector_id == connector_key, connector_agents.c.host == host
        )
    )


def agents_of(
    connection: sa.Connection, connector_key: int, after: str = "", limit: int | None = None
) -> list[Agent]:
    """By host, from the one after `after` on."""
    query = (
        sa.select(connector_agents)
        .where(connector_agents.c.connector_id == connector_key, connector_agents.c.host > after)
        .order_by(connector_agents.c.host)
        .limit(limit)
    )
    return [
        Agent(row.host, row.first_seen_at, row.last_seen_at, row.build, row.system)
        for row in connection.execute(query)
    ]


def newest_said(
    connection: sa.Connection, connector_key: int, message: str, since: datetime
) -> dict[str, Any] | None:
    """The details of the newest line with exactly this message."""
    query = (
        sa.select(connector_log.c.details)
        .where(
            connector_log.c.connector_id == connector_key,
            connector_log.c.message == message,
            connector_log.c.at >= since,
        )
        .order_by(connector_log.c.id.desc())
        .limit(1)
    )
    found: dict[str, Any] | None = connection.scalar(query)
    return found


def _jsonb(value: Mapping[str, str] | None) -> Any:
    return sa.null() if value is None else dict(value)


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd")
