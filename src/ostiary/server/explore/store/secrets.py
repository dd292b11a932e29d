"""Secrets and certificates with an end, as connectors tell of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.explore.store.bounds import MOST, of_types, there

_ENDS: Final = "CAST(v.traits -> 'SecretTrait' ->> 'expiresAt' AS timestamptz)"

_ENDING: Final = """
FROM resources r
JOIN resource_types t ON t.id = r.resource_type_id
JOIN resource_versions v ON v.resource_id = r.id AND {v}
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id AND {there}
WHERE {secret} AND v.traits -> 'SecretTrait' ? 'expiresAt' AND {ends} < :before
"""

_ROWS: Final = """
SELECT s.id, s.type_id, s.app_id, s.app_name, s.name, s.application, s.ends_at FROM (
    SELECT r.public_id AS id, t.public_id AS type_id, a.public_id AS app_id,
        coalesce(a.edited_name, a.display_name) AS app_name,
        coalesce(nullif(v.display_name, ''), r.external_id) AS name,
        coalesce(v.profile ->> 'application', v.profile ->> 'app_id', '') AS application,
        {ends} AS ends_at
    {ending}
) s ORDER BY s.ends_at DESC LIMIT :most
"""


@dataclass(frozen=True)
class Ending:
    """`application`: whose it is, as its source calls that; empty where it does not say."""

    id: str
    type_id: str
    app_id: str
    app_name: str
    name: str
    application: str
    ends_at: datetime


def read(connection: sa.Connection, at: datetime | None, before: datetime) -> list[Ending]:
    """Also those whose end is over; those that end last come first."""
    query = sa.text(_ROWS.format(ends=_ENDS, ending=_ending(at)))
    rows = connection.execute(query, {"at": at, "before": before, "most": MOST + 1})
    return [Ending(**row) for row in rows.mappings()]


def count(connection: sa.Connection, at: datetime | None, after: datetime, before: datetime) -> int:
    query = sa.text(f"SELECT count(*) {_ending(at)} AND {_ENDS} >= :after")
    return int(connection.execute(query, {"at": at, "after": after, "before": before}).scalar_one())


def _ending(at: datetime | None) -> str:
    return _ENDING.format(
        v=valid("v", at), there=there(at), secret=of_types("secret", at), ends=_ENDS
    )
