"""The PostgreSQL database, ours or the operator's, and the connections to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from ostiary.server.kernel.postgres import EmbeddedPostgres
from ostiary.server.kernel.settings import Settings

Connection = sa.Connection
"""For signatures outside of stores, which hand a connection on and write no SQL."""


CONNECTION = {
    "options": "-c timezone=UTC",
    "application_name": "ostiary",
    "connect_timeout": 10,
    # a machine that vanished is noticed within a minute, not after two hours
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


class DatabaseMissingError(RuntimeError):
    """There is no data where the settings say."""


class Database:
    """`url` is libpq's form, `postgresql://…`."""

    def __init__(self, url: str, *, connections: int = 20) -> None:
        self.url = url
        self.engine = sa.create_engine(
            sa.make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=connections,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args=CONNECTION,
        )

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction; committed on success. Only the kernel uses it."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One unchanging picture of the database, however many queries look at it."""
        with self.engine.connect() as connection:
            yield connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The operator's database, or the embedded one, started for as long as it is open."""
    with _located(settings) as url:
        database = Database(url, connections=settings.database_connections)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def _located(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    postgres = EmbeddedPostgres(settings.data_dir / "postgres")
    postgres.start()
    try:
        yield postgres.url()
    finally:
        postgres.stop()


def require_data(settings: Settings) -> None:
    """DatabaseMissingError where `open_database` would start an empty one."""
    if settings.database_url is None and not (settings.data_dir / "postgres" / "data").exists():
        raise DatabaseMissingError(
            f"no server has run with its data in {settings.data_dir} yet; "
            "OSTIARY_DATA_DIR or OSTIARY_DATABASE_URL say where else to look"
        )
