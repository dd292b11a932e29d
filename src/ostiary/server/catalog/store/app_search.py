"""Apps as they are asked for: by their owners, by name, with how much is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.errors import not_found

NAME: Final = "coalesce(a.edited_name, a.display_name)"

_NEWEST_COUNTS: Final = """
    SELECT h.counts FROM connector_feeds f CROSS JOIN LATERAL (
        SELECT h.counts FROM sync_history h
        WHERE h.feed_id = f.id AND h.state = 'applied' ORDER BY h.at DESC LIMIT 1
    ) h WHERE f.app_id = {app}
"""

_APPS: Final = f"""
SELECT a.id AS key, a.public_id AS id, {NAME} AS display_name, a.description, a.managed,
    coalesce(p.public_id, '') AS parent_app_id, a.created_at,
    NOT EXISTS (
        SELECT FROM connector_feeds f WHERE f.app_id = a.id AND f.connector_id <> a.public_id
    ) AS is_manually_managed,
    coalesce((
        SELECT sum(n.value::bigint) FROM ({_NEWEST_COUNTS.format(app="a.id")}) c
        CROSS JOIN LATERAL jsonb_each_text(c.counts -> 'accounts') n
    ), 0)::bigint AS user_count
FROM apps a LEFT JOIN apps p ON p.id = a.parent_id
"""  # noqa: S608

_FAMILY: Final = """
WITH RECURSIVE family AS (
    SELECT a.id, a.public_id FROM apps a WHERE a.id = :app
    UNION
    SELECT a.id, a.public_id FROM apps a JOIN family ON a.parent_id = family.id
    WHERE a.deleted_at IS NULL
)
"""

_COUNTS: Final = f"""
{_FAMILY}
SELECT k.kind, sum(n.value::bigint)::bigint AS number
FROM family CROSS JOIN LATERAL ({_NEWEST_COUNTS.format(app="family.id")}) c
CROSS JOIN LATERAL jsonb_each(c.counts) AS k (kind, types)
CROSS JOIN LATERAL jsonb_each_text(k.types) n
GROUP BY k.kind
"""  # noqa: S608


@dataclass(frozen=True)
class App:
    """`key` is the internal id. `user_count`: accounts after the newest sync."""

    key: int
    id: str
    display_name: str
    description: str
    managed: bool
    parent_app_id: str
    created_at: datetime
    is_manually_managed: bool
    user_count: int


def search(
    connection: sa.Connection, asked: Asked, after: Sequence[Any] | None, size: int
) -> list[App]:
    """By name. `after`: `position` of the last one seen."""
    if after is not None:
        asked.where(f"(lower({NAME}), a.id) > (:name, :key)", name=after[0], key=after[1])
    return [App(**row) for row in asked.rows(connection, _APPS, f"lower({NAME}), a.id", size)]


def position(app: App) -> tuple[str, int]:
    return app.display_name.lower(), app.key


def find(connection: sa.Connection, public_id: str) -> App:
    """`AppError` NotFound, also for one that was deleted."""
    found = search(connection, Asked().where("a.public_id = :id", id=public_id), None, 1)
    if not found:
        raise not_found(f"There is no app {public_id}.")
    return found[0]


def counts_with(connection: sa.Connection, key: int) -> Mapping[str, int]:
    """How much there is in an app and in those that were discovered through it: accounts,
    resources, entitlements and grants, as the newest syncs counted them."""
    counted = connection.execute(sa.text(_COUNTS), {"app": key})
    return {row.kind: row.number for row in counted}
