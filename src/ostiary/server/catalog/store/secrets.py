"""Credentials that connectors tell of, such as secrets and certificates of applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

_SECRETS: Final = """
SELECT r.public_id AS id, v.display_name, v.profile ->> 'app_id' AS application_id,
    coalesce(v.profile ->> 'hint', '') AS hint,
    CAST(v.traits -> 'SecretTrait' ->> 'expiresAt' AS timestamptz) AS ends_at
FROM connector_feeds f
JOIN resource_types t ON t.feed_id = f.id
JOIN resource_type_versions w ON w.resource_type_id = t.id AND w.valid_to = 'infinity'
    AND 'secret' = ANY (w.traits)
JOIN resources r ON r.resource_type_id = t.id
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
WHERE f.connector_id = :connector AND lower(v.profile ->> 'app_id') = ANY (:applications)
    AND v.traits -> 'SecretTrait' ? 'expiresAt'
ORDER BY r.id
"""


_ENDING: Final = """
SELECT f.connector_id, min(CAST(v.traits -> 'SecretTrait' ->> 'expiresAt' AS timestamptz)) AS ends
FROM connector_feeds f
JOIN resource_types t ON t.feed_id = f.id
JOIN resource_type_versions w ON w.resource_type_id = t.id AND w.valid_to = 'infinity'
    AND 'secret' = ANY (w.traits)
JOIN resources r ON r.resource_type_id = t.id
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
WHERE v.traits -> 'SecretTrait' ? 'expiresAt'
    AND CAST(v.traits -> 'SecretTrait' ->> 'expiresAt' AS timestamptz) <= :until
GROUP BY f.connector_id
"""


@dataclass(frozen=True, slots=True)
class Secret:
    """`id`: of its resource. `hint`: what the secret begins with, if that is known."""

    id: str
    display_name: str
    application_id: str
    hint: str
    ends_at: datetime


def secrets_of(
    connection: sa.Connection, connector_id: str, applications: Sequence[str]
) -> list[Secret]:
    """Those with an end, as the connector's newest sync told of them, that belong to one of these
    applications, named by their own ids (Entra's `appId`), in any case."""
    if not applications:
        return []
    values = {"connector": connector_id, "applications": [name.lower() for name in applications]}
    return [Secret(**row) for row in connection.execute(sa.text(_SECRETS), values).mappings()]


def first_ends(connection: sa.Connection, until: datetime) -> dict[str, datetime]:
    """By connector, of those that tell of a secret that ends by then: when the first one does."""
    rows = connection.execute(sa.text(_ENDING), {"until": until})
    return {row.connector_id: row.ends for row in rows}
