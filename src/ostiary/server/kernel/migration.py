"""Brings a database up to this version of the code."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import cast

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from procrastinate.schema import SchemaManager

from ostiary.server.kernel.database import Database
from ostiary.server.kernel.model import queue_migrations

SCRIPTS = Path(__file__).parent / "migrations"
LOCK = 0x0571A57
"""Any number that nobody else on the database locks."""


class NotMigratedError(RuntimeError):
    """The database is older than the code, or not ours."""


class DatabaseNewerError(RuntimeError):
    """The database is newer than the code."""


def migrate(database: Database) -> None:
    """One transaction, one process at a time; the others wait and find nothing left to do."""
    with database.writing() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        configuration = Config()
        configuration.attributes["connection"] = connection
        configuration.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
        configuration.set_main_option("path_separator", "os")
        _refuse_newer(connection)
        command.upgrade(configuration, "head")
        _migrate_queue(connection)


def is_current(database: Database) -> bool:
    """Whether the database is at exactly this version of the code."""
    expected = ScriptDirectory(str(SCRIPTS)).get_heads()
    with database.reading() as connection:
        return MigrationContext.configure(connection).get_current_heads() == tuple(expected)


def require_current(database: Database) -> None:
    """NotMigratedError: commands do not migrate what a server may be running on."""
    if not is_current(database):
        raise NotMigratedError(
            "the database is not of this version of Ostiary; `ostiary serve` brings it up to date"
        )


def _refuse_newer(connection: sa.Connection) -> None:
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    for found in MigrationContext.configure(connection).get_current_heads():
        if found not in known:
            raise DatabaseNewerError(
                f"the database is of a later version of Ostiary ({found}); install that one"
            )


def _migrate_queue(connection: sa.Connection) -> None:
    """procrastinate's own tables: whole when new, else the steps that its later versions bring."""
    known = sorted(
        entry.name
        for entry in (files("procrastinate.sql") / "migrations").iterdir()
        if entry.name.endswith(".sql")
    )
    applied = set(connection.scalars(sa.select(queue_migrations.c.name)))
    if not applied:
        _run_script(connection, SchemaManager.get_schema())
    for name in known:
        if name in applied:
            continue
        if applied:
            script = files("procrastinate.sql") / "migrations" / name
            _run_script(connection, script.read_text(encoding="utf-8"))
        connection.execute(queue_migrations.insert().values(name=name))


def _run_script(connection: sa.Connection, script: str) -> None:
    """Many statements at once, which only the driver itself takes."""
    driver = cast("psycopg.Connection", connection.connection.driver_connection)
    driver.execute(script.encode())
