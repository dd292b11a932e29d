"""What a connector's newest sync left, by the ids that the connector gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

_RESOURCES: Final = """
SELECT t.external_id AS resource_type, r.external_id, v.display_name
FROM connector_feeds f
JOIN resources r ON r.feed_id = f.id
JOIN resource_types t ON t.id = r.resource_type_id
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
WHERE f.connector_id = :connector
ORDER BY t.external_id, v.display_name, r.id
"""


@dataclass(frozen=True, slots=True)
class Present:
    resource_type: str
    external_id: str
    display_name: str


def resources(connection: sa.Connection, connector_id: str) -> Iterator[Present]:
    """By type and name."""
    for row in connection.execute(sa.text(_RESOURCES), {"connector": connector_id}):
        yield Present(row.resource_type, row.external_id, row.display_name)
