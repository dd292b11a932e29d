"""Connectors as lists show them: with the names of their apps and of whoever answers for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

_BESIDE: Final = """
SELECT c.id AS key, coalesce(a.display_name, '') AS app_name, c.config IS NOT NULL AS configured,
    o.ids, o.names, k.ends_at
FROM connectors c
LEFT JOIN apps a ON a.public_id = c.app_id
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(w.user_id ORDER BY w.added_at, w.user_id), '{}') AS ids,
        coalesce(array_agg(coalesce(nullif(u.display_name, ''), u.email, w.user_id)
            ORDER BY w.added_at, w.user_id), '{}') AS names
    FROM connector_owners w LEFT JOIN platform_users u ON u.public_id = w.user_id
    WHERE w.connector_id = c.id
) o
CROSS JOIN LATERAL (
    SELECT CASE WHEN bool_and(k.expires_at IS NOT NULL) THEN max(k.expires_at) END AS ends_at
    FROM connector_credentials k
    WHERE k.connector_id = c.id AND k.revoked_at IS NULL AND k.superseded_until IS NULL
) k
WHERE c.id = ANY (:keys)
"""

_PEOPLE: Final = """
SELECT public_id, display_name, coalesce(email, '') AS email FROM platform_users
WHERE public_id = ANY (:ids)
"""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a connector. `configured`: its settings are kept here.
    `credential_ends_at`: when no agent can sign in any more; None where none of its credentials
    ends, or it has none."""

    app_name: str
    configured: bool
    owner_ids: Sequence[str]
    owner_names: Sequence[str]
    credential_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    name: str
    email: str


def beside(connection: sa.Connection, keys: Sequence[int]) -> Mapping[int, Beside]:
    """By the key of the connector."""
    rows = connection.execute(sa.text(_BESIDE), {"keys": list(keys)})
    return {
        row.key: Beside(row.app_name, row.configured, row.ids, row.names, row.ends_at)
        for row in rows
    }


def people(connection: sa.Connection, ids: Sequence[str]) -> list[Person]:
    """In the order of `ids`, without those that nobody knows."""
    rows = connection.execute(sa.text(_PEOPLE), {"ids": list(ids)})
    known = {row.public_id: Person(row.public_id, row.display_name, row.email) for row in rows}
    return [known[each] for each in ids if each in known]
