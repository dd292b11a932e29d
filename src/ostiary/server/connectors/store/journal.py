"""What happened to a connector: log lines, alerts for its owners, and which agents were seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.connectors.model import connector_agents, connector_alerts, connector_log


@dataclass(frozen=True, slots=True)
class Line:
    """`level`: info, warning or error."""

    at: datetime
    level: str
    message: str
    details: dict[str, Any]


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


def read_lines(connection: sa.Connection, connector_key: int, limit: int = 100) -> list[Line]:
    """Newest first."""
    query = (
        sa.select(connector_log)
        .where(connector_log.c.connector_id == connector_key)
        .order_by(connector_log.c.id.desc())
        .limit(limit)
    )
    return [Line(row.at, row.level, row.message, row.details) for row in connection.execute(query)]


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


def agents_of(connection: sa.Connection, connector_key: int) -> list[Agent]:
    query = (
        sa.select(connector_agents)
        .where(connector_agents.c.connector_id == connector_key)
        .order_by(connector_agents.c.host)
    )
    return [
        Agent(row.host, row.first_seen_at, row.last_seen_at, row.build, row.system)
        for row in connection.execute(query)
    ]


def _jsonb(value: Mapping[str, str] | None) -> Any:
    return sa.null() if value is None else dict(value)


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd")
