"""How much there is in all apps together, now and day by day, as the syncs counted it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

_TOTALS: Final = """
SELECT k.kind, sum(n.value::bigint)::bigint AS number
FROM connector_feeds f
JOIN apps a ON a.id = f.app_id AND (a.deleted_at IS NULL OR a.deleted_at > :at)
CROSS JOIN LATERAL (
    SELECT h.counts FROM sync_history h
    WHERE h.feed_id = f.id AND h.state = 'applied' AND h.at <= :at ORDER BY h.at DESC LIMIT 1
) c
CROSS JOIN LATERAL jsonb_each(c.counts) AS k (kind, types)
CROSS JOIN LATERAL jsonb_each_text(k.types) n
GROUP BY k.kind
"""

_DAILY: Final = """
SELECT d.day::date AS day, coalesce(sum(n.value::bigint), 0)::bigint AS number
FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') AS d (day)
LEFT JOIN LATERAL (
    SELECT c.counts FROM connector_feeds f
    JOIN apps a ON a.id = f.app_id AND (a.deleted_at IS NULL OR a.deleted_at >= d.day + '1 day')
    CROSS JOIN LATERAL (
        SELECT h.counts FROM sync_history h
        WHERE h.feed_id = f.id AND h.state = 'applied'
            AND h.at < (d.day + interval '1 day') AT TIME ZONE 'UTC'
        ORDER BY h.at DESC LIMIT 1
    ) c
) c ON true
LEFT JOIN LATERAL jsonb_each_text(c.counts -> :kind) n ON true
GROUP BY d.day ORDER BY d.day
"""

_BEGUN: Final = "SELECT min(h.at) FROM sync_history h WHERE h.state = 'applied' AND h.at <= :at"


def totals(connection: sa.Connection, at: datetime) -> Mapping[str, int]:
    """By kind: resources, accounts, entitlements, grants. A kind that nobody counted is absent."""
    found = connection.execute(sa.text(_TOTALS), {"at": at})
    return {row.kind: row.number for row in found}


def begun(connection: sa.Connection, at: datetime) -> datetime | None:
    """When a sync was applied for the first time; None before that."""
    found: datetime | None = connection.execute(sa.text(_BEGUN), {"at": at}).scalar()
    return found


def daily(connection: sa.Connection, kind: str, first: date, last: date) -> Mapping[date, int]:
    """At the end of each day, in UTC."""
    values = {"kind": kind, "first": first, "last": last}
    return {row.day: row.number for row in connection.execute(sa.text(_DAILY), values)}
