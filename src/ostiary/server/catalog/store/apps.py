"""Apps, what fills them, and the apps that were discovered through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.model import apps, connector_feeds
from ostiary.server.catalog.store import owners

_THERE: Final = "a.deleted_at IS NULL AND (a.gone_at IS NULL OR a.managed)"

_VIEW: Final = """
SELECT a.id AS key, a.public_id AS id, coalesce(a.edited_name, a.display_name) AS display_name,
    a.edited_name IS NOT NULL AS name_edited, a.description, a.managed,
    p.public_id AS parent_app_id, r.public_id AS discovered_resource_id, a.created_at, a.gone_at,
    lower(coalesce(a.edited_name, a.display_name)) AS sort_name
FROM apps a
LEFT JOIN apps p ON p.id = a.parent_id
LEFT JOIN resources r ON r.id = a.discovered_resource_id
"""


@dataclass(frozen=True)
class App:
    """`key` is internal. `gone_at`: since when the connector that discovered a managed app does
    not tell of it any more."""

    key: int
    id: str
    display_name: str
    name_edited: bool
    description: str
    managed: bool
    parent_app_id: str | None
    discovered_resource_id: str | None
    created_at: datetime
    gone_at: datetime | None
    sort_name: str


@dataclass(frozen=True)
class AppFilter:
    """What is None or empty lets everything through."""

    managed: bool | None = None
    parent_app_id: str | None = None
    query: str = ""


@dataclass(frozen=True)
class Cascade:
    """What goes with an app: the apps discovered through it, at whatever depth."""

    unmanaged: int
    managed: int
    with_connectors: int


def add(
    connection: sa.Connection,
    public_id: str,
    display_name: str,
    *,
    created_at: datetime,
    description: str = "",
) -> None:
    connection.execute(
        apps.insert().values(
            public_id=public_id,
            display_name=display_name,
            description=description,
            managed=True,
            created_at=created_at,
        )
    )


def find(connection: sa.Connection, public_id: str) -> App | None:
    """None when it never was, or is deleted or gone; also for `lock`."""
    return _find(connection, public_id, "")


def lock(connection: sa.Connection, public_id: str) -> App | None:
    return _find(connection, public_id, "FOR UPDATE OF a")


def page(
    connection: sa.Connection,
    wanted: AppFilter,
    *,
    after: tuple[str, int] | None = None,
    size: int = 50,
) -> list[App]:
    """By name. `after` is the `sort_name` and `key` of the last one seen."""
    conditions = [_THERE]
    values: dict[str, Any] = {"size": size, "query": wanted.query, "parent": wanted.parent_app_id}
    if wanted.managed is not None:
        conditions.append("a.managed" if wanted.managed else "NOT a.managed")
    if wanted.parent_app_id is not None:
        conditions.append("p.public_id = :parent")
    if wanted.query:
        name = "lower(coalesce(a.edited_name, a.display_name))"
        conditions.append(f"position(lower(:query) IN {name}) > 0")
    if after is not None:
        values["name"], values["key"] = after
        conditions.append("(lower(coalesce(a.edited_name, a.display_name)), a.id) > (:name, :key)")
    query = f"{_VIEW} WHERE {' AND '.join(conditions)} ORDER BY sort_name, a.id LIMIT :size"
    return [App(**row) for row in connection.execute(sa.text(query), values).mappings()]


def manage(connection: sa.Connection, key: int) -> None:
    connection.execute(apps.update().where(apps.c.id == key).values(managed=True))


def edit(
    connection: sa.Connection, key: int, *, name: str | None = None, description: str | None = None
) -> None:
    """An empty name gives the app back the one its connector says."""
    values: dict[str, Any] = {}
    if name is not None:
        values["edited_name"] = name or None
    if description is not None:
        values["description"] = description
    if values:
        connection.execute(apps.update().where(apps.c.id == key).values(**values))


_FAMILY: Final = """
WITH RECURSIVE family (id, depth) AS (
    SELECT CAST(:key AS bigint), 0
    UNION SELECT a.id, f.depth + 1 FROM apps a JOIN family f ON a.parent_id = f.id
)
"""


def cascade(connection: sa.Connection, key: int) -> Cascade:
    query = sa.text(
        f"""{_FAMILY}
        SELECT count(*) FILTER (WHERE NOT a.managed) AS unmanaged,
            count(*) FILTER (WHERE a.managed) AS managed,
            count(*) FILTER (WHERE EXISTS (
                SELECT FROM connector_feeds c
                WHERE c.app_id = a.id AND c.connector_id <> a.public_id)) AS with_connectors
        FROM family f JOIN apps a ON a.id = f.id WHERE f.depth > 0 AND {_THERE}
        """  # noqa: S608
    )
    return Cascade(**connection.execute(query, {"key": key}).mappings().one())


def delete(connection: sa.Connection, key: int, at: datetime) -> list[str]:
    """The app and every app discovered through it. Returns their public ids."""
    query = sa.text(
        f"""{_FAMILY}
        UPDATE apps a SET deleted_at = :at FROM family f
        WHERE a.id = f.id AND a.deleted_at IS NULL RETURNING a.public_id
        """  # noqa: S608
    )
    return sorted(connection.scalars(query, {"key": key, "at": at}))


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


def owners_of(connection: sa.Connection, key: int) -> tuple[list[str], list[str]]:
    """Public ids of users, and of entitlements whose holders own the app."""
    return owners.owners_of(connection, "app", key)


def set_owners(
    connection: sa.Connection, key: int, users: Sequence[str], entitlements: Sequence[int]
) -> None:
    owners.set_owners(connection, "app", key, users, entitlements)


def _find(connection: sa.Connection, public_id: str, locking: str) -> App | None:
    query = sa.text(f"{_VIEW} WHERE a.public_id = :id AND {_THERE} {locking}")
    row = connection.execute(query, {"id": public_id}).mappings().first()
    return App(**row) if row else None
