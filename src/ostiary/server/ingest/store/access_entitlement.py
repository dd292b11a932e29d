"""The Access entitlement that every managed app has, on a resource named Credential.

Who has an account in the app holds it; of an app that was discovered, also who is assigned to it
where it was discovered. It is kept under a feed of the app's own, named by the app's id, with rows
like those of connectors: so it has a past, and everything that reads grants knows it. Roles
made from linked groups lie beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.ingest.store.staging import analyze

_OF_FEED: Final = """
SELECT a.id FROM apps a WHERE a.managed AND a.deleted_at IS NULL AND (
    a.id = (SELECT app_id FROM connector_feeds WHERE id = :feed)
    OR a.discovered_resource_id IN (SELECT id FROM resources WHERE feed_id = :feed))
"""

_WITHOUT: Final = """
SELECT a.id, a.public_id FROM apps a
WHERE a.id = ANY (:apps) AND NOT EXISTS (
    SELECT FROM connector_feeds f JOIN entitlements e ON e.feed_id = f.id
    WHERE f.connector_id = a.public_id AND e.external_id = 'credential:access')
"""

_CREATE: Final = """
WITH made AS (
    INSERT INTO connector_feeds (connector_id, app_id) VALUES (:app_id, :app)
    ON CONFLICT (connector_id) DO NOTHING RETURNING id
), feed AS (
    SELECT id FROM made UNION ALL SELECT id FROM connector_feeds WHERE connector_id = :app_id
), kind AS (
    INSERT INTO resource_types (public_id, feed_id, external_id, created_at)
    SELECT :type_id, id, 'credential', :at FROM feed RETURNING id
), kind_version AS (
    INSERT INTO resource_type_versions (resource_type_id, valid_from, digest, display_name)
    SELECT id, :at, md5('credential')::uuid, 'Credential' FROM kind
), resource AS (
    INSERT INTO resources (public_id, feed_id, resource_type_id, external_id, created_at)
    SELECT :resource_id, feed.id, kind.id, 'credential', :at FROM feed, kind RETURNING id
), resource_version AS (
    INSERT INTO resource_versions (resource_id, valid_from, digest, display_name)
    SELECT id, :at, md5('credential')::uuid, 'Credential' FROM resource
), entitlement AS (
    INSERT INTO entitlements (public_id, feed_id, external_id, created_at)
    SELECT :entitlement_id, id, 'credential:access', :at FROM feed RETURNING id
)
INSERT INTO entitlement_versions
    (entitlement_id, resource_id, valid_from, digest, display_name, slug, purpose)
SELECT entitlement.id, resource.id, :at, md5('access')::uuid, 'Access', 'access', 'assignment'
FROM entitlement, resource
"""

_DETAIL: Final = """
INSERT INTO grant_details (digest, direct)
SELECT md5(ROW(true, NULL::jsonb, NULL::text, NULL::jsonb, NULL::jsonb)::text)::uuid, true
ON CONFLICT (digest) DO NOTHING
"""

_ACCESS: Final = """
CREATE TEMP TABLE access ON COMMIT DROP AS
SELECT a.id AS app_id, a.discovered_resource_id, f.id AS feed_id, e.id AS entitlement_id
FROM apps a JOIN connector_feeds f ON f.connector_id = a.public_id
JOIN entitlements e ON e.feed_id = f.id AND e.external_id = 'credential:access'
WHERE a.id = ANY (:apps)
"""

_CHANGES: Final = """
CREATE TEMP TABLE access_changes ON COMMIT DROP AS
WITH accounts AS (
    SELECT r.id, r.feed_id FROM resources r
    JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
        AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
    JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
), wanted AS (
    SELECT x.entitlement_id, x.feed_id, r.id AS principal_id
    FROM access x JOIN connector_feeds f ON f.app_id = x.app_id JOIN accounts r ON r.feed_id = f.id
    UNION
    SELECT x.entitlement_id, x.feed_id, g.principal_id
    FROM access x
    JOIN entitlement_versions ev ON ev.resource_id = x.discovered_resource_id
        AND ev.valid_to = 'infinity' AND ev.purpose IN ('assignment', 'unspecified')
    JOIN grants g ON g.entitlement_id = ev.entitlement_id AND g.valid_to = 'infinity'
    JOIN accounts r ON r.id = g.principal_id
), known AS (
    SELECT g.id, g.entitlement_id, g.principal_id FROM grants g
    JOIN access x ON x.entitlement_id = g.entitlement_id WHERE g.valid_to = 'infinity'
)
SELECT k.id AS closes, w.entitlement_id AS opens, w.feed_id, w.principal_id
FROM wanted w
FULL JOIN known k ON k.entitlement_id = w.entitlement_id AND k.principal_id = w.principal_id
WHERE k.id IS NULL OR w.entitlement_id IS NULL
"""

_CLOSE: Final = "UPDATE grants g SET valid_to = :at FROM access_changes d WHERE g.id = d.closes"

_OPEN: Final = """
INSERT INTO grants
    (feed_id, entitlement_id, principal_id, detail_id, passed_on, granted_at, valid_from)
SELECT c.feed_id, c.opens, c.principal_id, d.id, false, :at, :at
FROM access_changes c, grant_details d
WHERE c.opens IS NOT NULL
    AND d.digest = md5(ROW(true, NULL::jsonb, NULL::text, NULL::jsonb, NULL::jsonb)::text)::uuid
"""


def managed_apps(connection: sa.Connection, feed: int) -> list[int]:
    """The app of a feed and those discovered through it, where they are managed."""
    return list(connection.scalars(sa.text(_OF_FEED), {"feed": feed}))


def app_key(connection: sa.Connection, public_id: str) -> int | None:
    query = sa.text("SELECT id FROM apps WHERE public_id = :id AND managed AND deleted_at IS NULL")
    key: int | None = connection.scalar(query, {"id": public_id})
    return key


def refresh(
    connection: sa.Connection, apps: list[int], at: datetime, new_id: Callable[[], str]
) -> None:
    """Gives each app its Access entitlement and brings its grants to what is now."""
    for app in connection.execute(sa.text(_WITHOUT), {"apps": apps}).all():
        ids = {name: new_id() for name in ("type_id", "resource_id", "entitlement_id")}
        values = {"app": app.id, "app_id": app.public_id, "at": at, **ids}
        connection.execute(sa.text(_CREATE), values)
    connection.exec_driver_sql(_DETAIL)
    connection.execute(sa.text(_ACCESS), {"apps": apps})
    analyze(connection, "access")
    connection.exec_driver_sql(_CHANGES)
    analyze(connection, "access_changes")
    connection.execute(sa.text(_CLOSE), {"at": at})
    connection.execute(sa.text(_OPEN), {"at": at})
