"""Apps that a connector tells of as resources become unmanaged apps under the connector's app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa

from ostiary.server.ingest.store.inventory import Scope

_UNKNOWN: Final = """
SELECT r.id, v.display_name FROM resources r
JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
    AND tv.valid_to = 'infinity' AND 'app' = ANY (tv.traits)
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
WHERE r.feed_id = :feed
    AND NOT coalesce(v.traits -> 'AppTrait' -> 'flags' ? 'APP_FLAG_HIDDEN', false)
    AND NOT EXISTS (SELECT FROM apps a WHERE a.discovered_resource_id = r.id)
ORDER BY r.id
"""

_ADD: Final = """
INSERT INTO apps (public_id, display_name, managed, parent_id, discovered_resource_id, created_at)
SELECT n.public_id, n.display_name, false, f.app_id, n.resource_id, :at
FROM unnest(CAST(:ids AS text[]), CAST(:names AS text[]), CAST(:resources AS bigint[]))
    AS n (public_id, display_name, resource_id)
JOIN connector_feeds f ON f.id = :feed
"""

_FOLLOW: Final = """
UPDATE apps a SET display_name = v.display_name, gone_at = NULL
FROM resources r JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
WHERE a.discovered_resource_id = r.id AND r.feed_id = :feed
    AND (a.display_name <> v.display_name OR a.gone_at IS NOT NULL)
"""

_GONE: Final = """
UPDATE apps a SET gone_at = :at FROM resources r
WHERE a.discovered_resource_id = r.id AND r.feed_id = :feed AND a.gone_at IS NULL
    AND NOT EXISTS (
        SELECT FROM resource_versions v WHERE v.resource_id = r.id AND v.valid_to = 'infinity')
"""


def follow_discovered_apps(
    connection: sa.Connection, scope: Scope, new_id: Callable[[], str]
) -> None:
    """New ones appear, names follow the source, what is gone there is gone, what returns there
    returns. Those that the source hides from people do not become apps."""
    unknown = connection.execute(sa.text(_UNKNOWN), scope.values).all()
    if unknown:
        found = {
            "ids": [new_id() for _ in unknown],
            "names": [row.display_name for row in unknown],
            "resources": [row.id for row in unknown],
        }
        connection.execute(sa.text(_ADD), scope.values | found)
    connection.execute(sa.text(_FOLLOW), scope.values)
    connection.execute(sa.text(_GONE), scope.values)
