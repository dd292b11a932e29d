"""What people chose for themselves, kept between visits."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ostiary.server.web.model import web_columns


def columns_of(connection: sa.Connection, user: int, table: str) -> tuple[str, ...] | None:
    """None when they never chose. `user` is the internal id."""
    found = connection.scalar(
        sa.select(web_columns.c.columns).where(
            web_columns.c.user_id == user, web_columns.c.table_name == table
        )
    )
    return None if found is None else tuple(found)


def keep_columns(connection: sa.Connection, user: int, table: str, columns: Sequence[str]) -> None:
    statement = insert(web_columns).values(user_id=user, table_name=table, columns=list(columns))
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[web_columns.c.user_id, web_columns.c.table_name],
            set_={"columns": list(columns)},
        )
    )


def forget_columns(connection: sa.Connection, user: int, table: str) -> None:
    connection.execute(
        web_columns.delete().where(web_columns.c.user_id == user, web_columns.c.table_name == table)
    )
