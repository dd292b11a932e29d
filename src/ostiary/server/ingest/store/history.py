"""Which syncs came, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from ostiary.server.catalog.model import apps, connector_feeds
from ostiary.server.ingest.model import sync_history
from ostiary.server.ingest.rules import Counts, Delta, Deltas, State

_H = sync_history.c


@dataclass(frozen=True)
class Feed:
    id: int
    connector_id: str
    app_id: int
    hold_large_drops: bool


@dataclass(frozen=True)
class Record:
    """One sync as it was recorded. `duration_ms` is the time it took to apply."""

    public_id: str
    sync_id: str
    kind: str
    state: State
    at: datetime
    recorded_at: datetime
    duration_ms: int
    counts: Counts
    deltas: Deltas
    dropped: Mapping[str, int]
    reason: str
    held_file: str | None


def lock_feed(connection: sa.Connection, connector_id: str) -> Feed | None:
    """One sync of a connector at a time: the next one waits here. None when it or its app is not
    known (any more)."""
    columns = connector_feeds.c
    row = connection.execute(
        sa.select(columns.id, columns.connector_id, columns.app_id, columns.hold_large_drops)
        .join(apps, apps.c.id == columns.app_id)
        .where(columns.connector_id == connector_id, apps.c.deleted_at.is_(None))
        .with_for_update(of=connector_feeds)
    ).first()
    return Feed(*row) if row else None


def applied(connection: sa.Connection, feed: int, sync_id: str) -> Record | None:
    return _one(connection, _H.feed_id == feed, _H.sync_id == sync_id, _H.state == "applied")


def held(connection: sa.Connection, feed: int) -> Record | None:
    return _one(connection, _H.feed_id == feed, _H.state == "held")


def held_files(connection: sa.Connection) -> set[str]:
    """Paths of files that somebody may still have applied."""
    query = sa.select(_H.held_file).where(_H.state == "held", _H.held_file.is_not(None))
    return {str(path) for path in connection.scalars(query)}


def newest_applied(
    connection: sa.Connection, feed: int, at: datetime | None = None
) -> Record | None:
    """The state the catalogue is in, or was in at `at`."""
    until = _H.at <= at if at else sa.true()
    return _one(connection, _H.feed_id == feed, _H.state == "applied", until)


def counts(connection: sa.Connection, connector_id: str, at: datetime | None) -> Counts:
    """How much there was of what after the newest sync until `at`."""
    query = (
        sa.select(_H.counts)
        .join(connector_feeds, connector_feeds.c.id == _H.feed_id)
        .where(connector_feeds.c.connector_id == connector_id, _H.state == "applied")
        .order_by(_H.at.desc())
        .limit(1)
    )
    if at is not None:
        query = query.where(_H.at <= at)
    found: Counts | None = connection.scalar(query)
    return found or {}


def page(
    connection: sa.Connection, connector_id: str, *, before: Record | None = None, size: int = 50
) -> list[Record]:
    """Newest first; go on with the last record of a page as `before`."""
    query = (
        sa.select(*_columns())
        .join(connector_feeds, connector_feeds.c.id == _H.feed_id)
        .where(connector_feeds.c.connector_id == connector_id)
        .order_by(_H.recorded_at.desc(), _H.public_id.desc())
        .limit(size)
    )
    if before is not None:
        query = query.where(
            sa.tuple_(_H.recorded_at, _H.public_id)
            < sa.tuple_(sa.literal(before.recorded_at), sa.literal(before.public_id))
        )
    return [_record(row) for row in connection.execute(query).mappings()]


def held_of(connection: sa.Connection, connector_id: str) -> Record | None:
    """What waits for somebody to confirm it."""
    return _of(connection, connector_id, _H.state == "held")


def applied_between(
    connection: sa.Connection, connector_id: str, start: datetime, end: datetime
) -> Record | None:
    """The newest one that was applied in that time."""
    within = (_H.recorded_at >= start) & (_H.recorded_at <= end)
    return _of(connection, connector_id, (_H.state == "applied") & within)


def add(connection: sa.Connection, feed: int, record: Record) -> None:
    values = asdict(record)
    connection.execute(sync_history.insert().values(feed_id=feed, **values))


def end_hold(
    connection: sa.Connection, held: Record, state: Literal["confirmed", "superseded"]
) -> None:
    connection.execute(
        sync_history.update()
        .where(_H.public_id == held.public_id)
        .values(state=state, held_file=None)
    )


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Record | None:
    row = (
        connection.execute(
            sa.select(*_columns()).where(*conditions).order_by(_H.at.desc()).limit(1)
        )
        .mappings()
        .first()
    )
    return _record(row) if row else None


def _of(
    connection: sa.Connection, connector_id: str, condition: sa.ColumnElement[bool]
) -> Record | None:
    query = (
        sa.select(*_columns())
        .join(connector_feeds, connector_feeds.c.id == _H.feed_id)
        .where(connector_feeds.c.connector_id == connector_id, condition)
        .order_by(_H.recorded_at.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def _columns() -> list[sa.ColumnElement[Any]]:
    return [_H[name] for name in Record.__dataclass_fields__]


def _record(row: sa.RowMapping) -> Record:
    values = {name: row[name] for name in Record.__dataclass_fields__}
    values["deltas"] = {
        kind: {name: Delta(**numbers) for name, numbers in types.items()}
        for kind, types in row["deltas"].items()
    }
    return Record(**values)
