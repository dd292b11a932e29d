"""What owners of connectors have to be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.connectors.model import connector_alerts, connectors

_EXPIRED: Final = """
SELECT c.public_id FROM connectors c
JOIN connector_credentials k ON k.connector_id = c.id
    AND k.revoked_at IS NULL AND k.superseded_until IS NULL
WHERE c.deleted_at IS NULL AND NOT starts_with(c.last_error, :noted)
GROUP BY c.id, c.public_id
HAVING bool_and(coalesce(k.expires_at, 'infinity') <= :now)
ORDER BY c.id
"""

_ENDING: Final = """
SELECT c.public_id, min(k.expires_at) AS ends FROM connectors c
JOIN connector_credentials k ON k.connector_id = c.id
    AND k.revoked_at IS NULL AND k.superseded_until IS NULL
WHERE c.deleted_at IS NULL AND k.expires_at <= :until
GROUP BY c.id, c.public_id
"""


@dataclass(frozen=True, slots=True)
class Alert:
    key: int
    connector_id: str
    kind: str
    details: dict[str, Any]


def lock_untold(connection: sa.Connection, limit: int) -> list[Alert]:
    """Oldest first, without those that somebody else is telling."""
    query = (
        sa.select(connector_alerts, connectors.c.public_id)
        .join_from(connector_alerts, connectors)
        .where(connector_alerts.c.told_at.is_(None))
        .order_by(connector_alerts.c.id)
        .limit(limit)
        .with_for_update(of=connector_alerts, skip_locked=True)
    )
    rows = connection.execute(query)
    return [Alert(row.id, row.public_id, row.kind, row.details) for row in rows]


def mark_told(connection: sa.Connection, key: int, now: datetime) -> None:
    connection.execute(
        connector_alerts.update().where(connector_alerts.c.id == key).values(told_at=now)
    )


def with_expired_credentials(connection: sa.Connection, now: datetime, noted: str) -> list[str]:
    """Connectors that no agent can sign in for any more because every credential that was not
    replaced or revoked has expired, without those whose last error begins with `noted`."""
    return list(connection.scalars(sa.text(_EXPIRED), {"now": now, "noted": noted}))


def first_ends(connection: sa.Connection, until: datetime) -> dict[str, datetime]:
    """By connector, of those with an agent's credential that ends by then: when the first does."""
    rows = connection.execute(sa.text(_ENDING), {"until": until})
    return {row.public_id: row.ends for row in rows}
