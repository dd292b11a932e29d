"""One PostgreSQL per test run, one database per worker, one cheap reset per test."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ostiary.server.kernel.database import Database
from ostiary.server.kernel.migration import migrate
from ostiary.server.kernel.postgres import EmbeddedPostgres

TEMPLATE = "migrated"
IN_A_HURRY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

RESET = """
CREATE SCHEMA pristine;
DO $$
DECLARE tab name; seeded boolean;
BEGIN
    FOR tab IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', tab) INTO seeded;
        IF seeded THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', tab, tab);
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION pristine.reset() RETURNS void LANGUAGE plpgsql AS $$
DECLARE tab name; used boolean; touched text[] := '{}';
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR tab IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('alembic_version', 'queue_migrations')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', tab) INTO used;
        IF used THEN
            touched := touched || format('public.%I', tab);
        END IF;
    END LOOP;
    IF touched <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(touched, ', ') || ' RESTART IDENTITY CASCADE';
    END IF;
    FOR tab IN SELECT tablename FROM pg_tables WHERE schemaname = 'pristine' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', tab) INTO used;
        IF NOT used THEN
            EXECUTE format(
                'INSERT INTO public.%I OVERRIDING SYSTEM VALUE TABLE pristine.%I', tab, tab);
        END IF;
    END LOOP;
END $$;
"""
"""Empties what a test filled and puts back the rows that migrations bring."""


class TestPostgres:
    """Shared by all workers of a run, through the directory they agree on."""

    __test__ = False

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._server = EmbeddedPostgres(directory, IN_A_HURRY)

    @contextmanager
    def running(self) -> Iterator[TestPostgres]:
        self._server.start()
        try:
            yield self
        finally:
            self._server.stop()

    def url(self, database: str) -> str:
        return self._server.url(database)

    def create_migrated(self, name: str) -> str:
        """A database in which nothing happened yet. Returns its URL."""
        with self._one_at_a_time():
            if not self._exists(TEMPLATE):
                self._build_template()
            self._administer(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return self.url(name)

    def create_empty(self, name: str) -> str:
        """A database without a single table. Returns its URL."""
        with self._one_at_a_time():
            self._administer(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def drop(self, name: str) -> None:
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def _build_template(self) -> None:
        self._administer("DROP DATABASE IF EXISTS half_migrated")
        self._administer("CREATE DATABASE half_migrated TEMPLATE template0")
        database = Database(self.url("half_migrated"))
        migrate(database)
        database.close()
        with psycopg.connect(self.url("half_migrated")) as connection:
            connection.execute(RESET)
        self._administer(f"ALTER DATABASE half_migrated RENAME TO {TEMPLATE}")

    def _exists(self, name: str) -> bool:
        with psycopg.connect(self.url("postgres")) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self._directory / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def reset(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SELECT pristine.reset()")
