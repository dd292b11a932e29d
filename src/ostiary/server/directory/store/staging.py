"""Temporary tables that rules' results are copied into; they go when the transaction ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from psycopg import sql


def stage(
    connection: sa.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]
) -> None:
    """Makes the table afresh: one transaction may refresh several times."""
    ready = list(rows)  # making them may ask the connection that copying them occupies
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS pg_temp.{table}")
    connection.exec_driver_sql(f"CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in ready:
            copy.write_row(row)
    connection.exec_driver_sql(f"ANALYZE {table}")
