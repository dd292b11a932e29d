"""Directories as the page of them shows them: what they bring, and what could be one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

_SOURCES: Final = """
SELECT a.public_id AS id, coalesce(a.edited_name, a.display_name) AS name, d.condition,
    jsonb_array_length(d.merge_cases) AS merge_cases, d.sign_in_issuer, d.updated_at,
    row_number() OVER (ORDER BY d.position, d.app_id) AS place, s.last_sync_at,
    coalesce(s.held, false) AS held, c.accounts, c.imported
FROM directories d
JOIN apps a ON a.id = d.app_id AND a.deleted_at IS NULL
LEFT JOIN LATERAL (
    SELECT max(h.at) FILTER (WHERE h.state = 'applied') AS last_sync_at,
        bool_or(h.state = 'held') AS held
    FROM connector_feeds f JOIN sync_history h ON h.feed_id = f.id WHERE f.app_id = d.app_id
) s ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS accounts, count(o.id) AS imported
    FROM connector_feeds f
    JOIN resource_types t ON t.feed_id = f.id
    JOIN resource_type_versions tv ON tv.resource_type_id = t.id
        AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
    JOIN resources r ON r.resource_type_id = t.id
    JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
    LEFT JOIN account_owners o ON o.resource_id = r.id AND o.valid_to = 'infinity'
        AND o.reason <> 'manual'
    WHERE f.app_id = d.app_id
) c
ORDER BY d.position, d.app_id
"""

_CANDIDATES: Final = """
SELECT a.public_id, coalesce(a.edited_name, a.display_name) AS name FROM apps a
WHERE a.deleted_at IS NULL
    AND EXISTS (SELECT FROM connector_feeds f JOIN resources r ON r.feed_id = f.id
        WHERE f.app_id = a.id)
    AND NOT EXISTS (SELECT FROM directories d WHERE d.app_id = a.id)
ORDER BY lower(coalesce(a.edited_name, a.display_name)), a.public_id LIMIT 200
"""


@dataclass(frozen=True)
class Source:
    """`place`: 1 counts first. `imported`: accounts that are a part of somebody. `held`: a sync
    waits for somebody to confirm it."""

    id: str
    name: str
    condition: str
    merge_cases: int
    sign_in_issuer: str
    updated_at: datetime
    place: int
    last_sync_at: datetime | None
    held: bool
    accounts: int
    imported: int


def every(connection: sa.Connection) -> list[Source]:
    """In order of precedence."""
    return [Source(**row) for row in connection.execute(sa.text(_SOURCES)).mappings()]


def candidates(connection: sa.Connection) -> list[tuple[str, str]]:
    """Public ids and names of apps that were synced and are no directories."""
    rows = connection.execute(sa.text(_CANDIDATES))
    return [(row.public_id, row.name) for row in rows]
