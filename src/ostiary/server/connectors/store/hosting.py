"""Which connectors are to run as children of a worker, and which worker each one belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import psycopg
import sqlalchemy as sa

from ostiary.server.connectors.leases import TaskState
from ostiary.server.connectors.model import (
    connector_agents,
    connector_log,
    connector_tasks,
    connectors,
)
from ostiary.server.kernel.database import Database

CHANNEL: Final = "ostiary_hosting"
NAMESPACE: Final = 0x0571A59
"""Of the advisory locks, apart from other uses."""

PRESENCE: Final = 1
"""The lock that every worker that hosts connectors shares."""

_WORKERS: Final = sa.text("""
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = :namespace AND objid = :presence AND objsubid = 2
""")

QUICK_TO_NOTICE: Final = (
    "SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
)
"""A worker whose machine vanished loses its claims within half a minute."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """`version` changes whenever the process has to start anew."""

    key: int
    id: str
    catalog_id: str
    display_name: str
    version: datetime


def find_wanted(connection: sa.Connection, catalog_ids: Collection[str]) -> list[Wanted]:
    """Configured, neither paused nor deleted, and of a kind that can be hosted here."""
    query = (
        sa.select(connectors)
        .where(
            connectors.c.catalog_id.in_(catalog_ids),
            connectors.c.config.is_not(None),
            connectors.c.paused_at.is_(None),
            connectors.c.deleted_at.is_(None),
        )
        .order_by(connectors.c.id)
    )
    return [
        Wanted(row.id, row.public_id, row.catalog_id, row.display_name, row.config_updated_at)
        for row in connection.execute(query)
    ]


def last_polls(connection: sa.Connection, host: str) -> dict[str, datetime]:
    """When each connector on this host last asked for work, by its public id."""
    query = (
        sa.select(connectors.c.public_id, connector_agents.c.last_seen_at)
        .join_from(connector_agents, connectors)
        .where(connector_agents.c.host == host)
    )
    return {row.public_id: row.last_seen_at for row in connection.execute(query)}


def still_there(connection: sa.Connection, connector_ids: Collection[str]) -> set[str]:
    query = sa.select(connectors.c.public_id).where(
        connectors.c.public_id.in_(connector_ids), connectors.c.deleted_at.is_(None)
    )
    return {str(found) for found in connection.scalars(query)}


def busy_among(connection: sa.Connection, connector_ids: Collection[str]) -> set[str]:
    """Those with work that an agent has in hand."""
    query = (
        sa.select(connectors.c.public_id)
        .join_from(connector_tasks, connectors)
        .where(
            connectors.c.public_id.in_(connector_ids),
            connector_tasks.c.state == TaskState.LEASED,
        )
    )
    return {str(found) for found in connection.scalars(query)}


def announce(connection: sa.Connection) -> None:
    """Wakes the workers after the commit: something about hosted connectors changed."""
    connection.execute(sa.select(sa.func.pg_notify(CHANNEL, "")))


def trim_log(connection: sa.Connection, connector_key: int, source: str, keep: int) -> None:
    """Of lines whose details say `source`, the newest `keep` stay."""
    mine = (connector_log.c.connector_id == connector_key) & (
        connector_log.c.details["source"].astext == source
    )
    oldest_kept = (
        sa.select(connector_log.c.id)
        .where(mine)
        .order_by(connector_log.c.id.desc())
        .offset(keep - 1)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(connector_log.delete().where(mine, connector_log.c.id < oldest_kept))


class ClaimsLostError(Exception):
    """The session that held the claims is gone, and with it every claim."""


@contextmanager
def loss_told() -> Iterator[None]:
    """ClaimsLostError for whatever the database does not do."""
    try:
        yield
    except (sa.exc.DBAPIError, psycopg.Error) as error:
        raise ClaimsLostError(str(error).strip()) from error


class Claims:
    """Connectors that this worker supervises and no other does.

    PostgreSQL gives them up when the session ends, however the worker died. Not for several
    threads at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sa.Connection | None = None

    def open(self) -> None:
        with loss_told():
            connection = self._database.engine.connect()
            self._connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            self._connection.exec_driver_sql(QUICK_TO_NOTICE)
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")
            present = sa.func.pg_advisory_lock_shared(NAMESPACE, PRESENCE)
            self._connection.execute(sa.select(present))

    def close(self) -> None:
        """Gives everything up, and ends the session, so that nothing of it comes back from the
        pool."""
        if self._connection is not None:
            with suppress(sa.exc.DBAPIError, psycopg.Error):  # a lost session holds nothing
                self._connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def claim(self, connector_id: str) -> bool:
        """False when another worker has it."""
        return self._lock(sa.func.pg_try_advisory_lock, connector_id)

    def release(self, connector_id: str) -> None:
        self._lock(sa.func.pg_advisory_unlock, connector_id)

    def workers(self) -> int:
        """How many host connectors now, this one among them."""
        with loss_told():
            names = {"namespace": NAMESPACE, "presence": PRESENCE}
            return int(self._session.scalar(_WORKERS, names) or 1)

    def wait(self, longest: timedelta) -> None:
        """Until something is announced. Finding the session gone is what this is for as well."""
        with loss_told():
            driver = self._session.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)
            for _ in driver.notifies(timeout=longest.total_seconds(), stop_after=1):
                pass
            self._session.exec_driver_sql("SELECT 1")

    @property
    def _session(self) -> sa.Connection:
        assert self._connection is not None, "open it first"
        return self._connection

    def _lock(self, function: sa.sql.functions._FunctionGenerator, connector_id: str) -> bool:
        key = sa.func.hashtextextended(connector_id, NAMESPACE)
        with loss_told():
            return bool(self._session.scalar(sa.select(function(key))))
