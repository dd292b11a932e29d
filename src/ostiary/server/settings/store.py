"""Who signs in, for lists: in any order, filtered, counted; and what else settings show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import containing
from ostiary.server.kernel.auth.sessions import IDLE

_FROM: Final = """
FROM platform_users u WHERE u.kind = 'human' AND u.status <> 'deleted'
"""
_ROLES: Final = "ARRAY(SELECT r.role_id FROM user_roles r WHERE r.user_id = u.id ORDER BY 1)"
_SESSIONS: Final = """(SELECT count(*) FROM web_sessions s
    WHERE s.user_id = u.id AND s.expires_at > :now AND s.seen_at > :awake)"""

ORDERS: Final = {
    "name": "lower(u.display_name)",
    "email": "lower(u.email)",
    "status": "u.status",
    "origin": "u.origin",
    "created": "u.created_at",
}


@dataclass(frozen=True)
class ListedUser:
    """`sessions`: in how many browsers they are signed in."""

    id: str
    display_name: str
    email: str
    status: str
    origin: str
    role_ids: Sequence[str]
    sessions: int
    created_at: datetime


@dataclass(frozen=True)
class UserFilter:
    """What is empty lets everybody through."""

    ids: Sequence[str] = ()
    query: str = ""
    role_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    origins: Sequence[str] = ()


@dataclass(frozen=True)
class EncryptionKey:
    key_id: str
    first_used_at: datetime


def users(
    connection: sa.Connection,
    wanted: UserFilter,
    now: datetime,
    *,
    order: str,
    descending: bool,
    offset: int,
    size: int,
) -> list[ListedUser]:
    """`order` is a key of `ORDERS`."""
    source, values = _source(wanted)
    by = f"{ORDERS[order]} {'DESC' if descending else 'ASC'} NULLS LAST, {ORDERS['name']}, u.id"
    chosen = f"SELECT u.id, row_number() OVER (ORDER BY {by}) AS place {source}"
    query = sa.text(
        "SELECT u.public_id AS id, u.display_name, coalesce(u.email, '') AS email, u.status, "  # noqa: S608
        f"u.origin, {_ROLES} AS role_ids, {_SESSIONS} AS sessions, u.created_at "
        f"FROM ({chosen} ORDER BY {by} LIMIT :size OFFSET :offset) c "
        "JOIN platform_users u ON u.id = c.id ORDER BY c.place"
    )
    values |= {"now": now, "awake": now - IDLE, "size": size, "offset": offset}
    return [ListedUser(**row) for row in connection.execute(query, values).mappings()]


def count(connection: sa.Connection, wanted: UserFilter) -> int:
    source, values = _source(wanted)
    return int(connection.execute(sa.text(f"SELECT count(*) {source}"), values).scalar_one())


def sessions(connection: sa.Connection, user: int, now: datetime) -> int:
    """In how many browsers the user, by internal id, is signed in."""
    query = sa.text(
        "SELECT count(*) FROM web_sessions s WHERE s.user_id = :user AND s.expires_at > :now "
        "AND s.seen_at > :awake"
    )
    return int(connection.scalar(query, {"user": user, "now": now, "awake": now - IDLE}) or 0)


def names(connection: sa.Connection, users: Collection[int]) -> dict[int, str]:
    """Of users, by internal id."""
    query = sa.text("SELECT id, display_name FROM platform_users WHERE id = ANY (:users)")
    return {row[0]: row[1] for row in connection.execute(query, {"users": list(users)})}


def encryption_keys(connection: sa.Connection) -> list[EncryptionKey]:
    """That the database was used with, the newest first."""
    query = sa.text(
        "SELECT key_id, first_used_at FROM encryption_keys ORDER BY first_used_at DESC, key_id"
    )
    return [EncryptionKey(**row._mapping) for row in connection.execute(query)]


def _source(wanted: UserFilter) -> tuple[str, dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    among = (("ids", "u.public_id"), ("statuses", "u.status"), ("origins", "u.origin"))
    for name, column in among:
        if chosen := getattr(wanted, name):
            conditions.append(f"{column} = ANY (:{name})")
            values[name] = list(chosen)
    if wanted.role_ids:
        conditions.append(
            "u.id IN (SELECT r.user_id FROM user_roles r WHERE r.role_id = ANY (:roles))"
        )
        values["roles"] = list(wanted.role_ids)
    if wanted.query:
        conditions.append("(u.display_name ILIKE :containing OR u.email ILIKE :containing)")
        values["containing"] = containing(wanted.query)
    return " AND ".join([_FROM, *conditions]), values
