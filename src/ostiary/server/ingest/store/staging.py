"""Temporary tables that a sync is copied into; they go when the transaction ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import psycopg
import sqlalchemy as sa
from psycopg import sql

from ostiary.server.ingest.rules import RefusedError

_TABLES: Final = {
    "staged_resource_types": """
        public_id text, external_id text, display_name text, description text, traits text[]""",
    "staged_resources": """
        public_id text, type text, external_id text, parent_type text, parent text,
        display_name text, description text, status text, status_details text,
        source_created_at timestamptz, login text, login_aliases text[], emails text[],
        profile jsonb, traits jsonb, last_used_at timestamptz""",
    "staged_entitlements": """
        public_id text, external_id text, resource_type text, resource text,
        display_name text, description text, slug text, purpose text, grantable_to text[],
        immutable_reason text, immutable_code text, annotations jsonb""",
    "staged_details": """
        number bigint, direct boolean, sources jsonb, immutable_reason text, metadata jsonb,
        expands jsonb""",
    "staged_grants": """
        entitlement text, principal_type bigint, principal text, detail bigint,
        external_id text""",
    "targeted_resources": "type text, external_id text",
}

_SETTINGS: Final = (
    "SET LOCAL work_mem = '192MB'",
    "SET LOCAL maintenance_work_mem = '192MB'",
    # this transaction's plans are for millions of rows; compiling them costs more than it saves
    "SET LOCAL jit = off",
)


def prepare(connection: sa.Connection) -> None:
    for statement in _SETTINGS:
        connection.exec_driver_sql(statement)
    for name, columns in _TABLES.items():
        connection.exec_driver_sql(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")


def fill(connection: sa.Connection, table: str, rows: Iterable[Sequence[Any]]) -> int:
    """COPY; memory stays flat whatever the number of rows."""
    count = 0
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def analyze(connection: sa.Connection, *tables: str) -> None:
    """Without statistics the planner takes a table for small and joins it row by row."""
    connection.exec_driver_sql(f"ANALYZE {', '.join(tables)}")


@contextmanager
def savepoint(connection: sa.Connection) -> Iterator[None]:
    """What is done inside vanishes when it raises, and nothing else does.

    `RefusedError` for what PostgreSQL cannot keep or finds twice: only a damaged or forged file
    has it.
    """
    try:
        with connection.begin_nested():
            yield
    except (sa.exc.DataError, sa.exc.IntegrityError) as error:
        raise RefusedError("unreadable", f"The upload is damaged: {error.orig}") from error
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise RefusedError("unreadable", f"The upload is damaged: {error}") from error


def _driver(connection: sa.Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)
