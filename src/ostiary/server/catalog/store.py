"""SQL of the catalogue."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ostiary.server.catalog.model import apps, connector_feeds


def add_app(
    connection: sa.Connection,
    public_id: str,
    display_name: str,
    *,
    managed: bool,
    created_at: datetime,
    description: str = "",
) -> None:
    connection.execute(
        apps.insert().values(
            public_id=public_id,
            display_name=display_name,
            description=description,
            managed=managed,
            created_at=created_at,
        )
    )


def lock_app(connection: sa.Connection, public_id: str) -> sa.RowMapping | None:
    """The row of an app that was not deleted."""
    query = sa.select(apps).where(apps.c.public_id == public_id, apps.c.deleted_at.is_(None))
    return connection.execute(query.with_for_update()).mappings().first()


def manage(connection: sa.Connection, app: int) -> None:
    connection.execute(apps.update().where(apps.c.id == app).values(managed=True))


def add_feed(connection: sa.Connection, connector_id: str, app: int) -> None:
    connection.execute(connector_feeds.insert().values(connector_id=connector_id, app_id=app))


def set_hold(connection: sa.Connection, connector_id: str, *, hold: bool) -> bool:
    """False when the catalogue does not know the connector."""
    changed = connection.execute(
        connector_feeds.update()
        .where(connector_feeds.c.connector_id == connector_id)
        .values(hold_large_drops=hold)
    )
    return changed.rowcount == 1
