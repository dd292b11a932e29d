"""Roles made from linked groups: entitlements of an app that the members of a group hold.

They lie under the feed of the app's own, named by the app's id, beside its Access entitlement, on a
resource for each group. Their grants are rows like those of connectors and name the membership in
the group, by its public id, as where they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa

_OWN_FEED: Final = """
INSERT INTO connector_feeds (connector_id, app_id) SELECT a.public_id, a.id FROM apps a
WHERE a.id = :app ON CONFLICT (connector_id) DO NOTHING
"""

_LOCK: Final = """
SELECT f.id FROM connector_feeds f JOIN apps a ON a.public_id = f.connector_id
WHERE a.id = ANY (:apps) ORDER BY f.id FOR UPDATE OF f
"""

_TYPE: Final = """
WITH kind AS (
    INSERT INTO resource_types (public_id, feed_id, external_id, created_at)
    VALUES (:type_id, :feed, 'linked_group', :at) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO resource_type_versions (resource_type_id, valid_from, digest, display_name, traits)
SELECT id, :at, md5('linked_group')::uuid, 'Linked group', '{role}' FROM kind
"""

_RESOURCE: Final = """
INSERT INTO resources (public_id, feed_id, resource_type_id, external_id, created_at)
SELECT :resource_id, t.feed_id, t.id, :group, :at FROM resource_types t
WHERE t.feed_id = :feed AND t.external_id = 'linked_group' ON CONFLICT DO NOTHING
"""

_ENTITLEMENT: Final = """
INSERT INTO entitlements (public_id, feed_id, external_id, created_at)
VALUES (:entitlement_id, :feed, :name, :at) ON CONFLICT DO NOTHING
"""

_WANTED_ROLES: Final = """
CREATE TEMP TABLE linked_roles_wanted ON COMMIT DROP AS
SELECT l.entitlement_id, l.members_id, m.public_id AS members, f.id AS feed_id,
    r.id AS resource_id, gv.display_name, mv.immutable_reason, mv.immutable_code,
    md5(gv.display_name)::uuid AS resource_digest,
    md5(ROW(gv.display_name, mv.immutable_reason, mv.immutable_code)::text)::uuid AS digest
FROM linked_groups l
JOIN apps a ON a.id = l.app_id AND a.deleted_at IS NULL
JOIN connector_feeds f ON f.connector_id = a.public_id
JOIN resources g ON g.id = l.group_id
JOIN entitlements m ON m.id = l.members_id
JOIN resource_types t ON t.feed_id = f.id AND t.external_id = 'linked_group'
JOIN resources r ON r.resource_type_id = t.id AND r.external_id = g.public_id
JOIN LATERAL (
    SELECT w.display_name FROM resource_versions w WHERE w.resource_id = g.id
    ORDER BY w.valid_from DESC LIMIT 1) gv ON true
LEFT JOIN LATERAL (
    SELECT w.immutable_reason, w.immutable_code FROM entitlement_versions w
    WHERE w.entitlement_id = m.id ORDER BY w.valid_from DESC LIMIT 1) mv ON true
WHERE l.app_id = ANY (:apps) AND l.choice = 'create_role'
"""

_KNOWN_ROLES: Final = """
CREATE TEMP TABLE linked_roles_known ON COMMIT DROP AS
SELECT e.id AS entitlement_id, v.id AS version_id, v.resource_id, v.digest
FROM apps a JOIN connector_feeds f ON f.connector_id = a.public_id
JOIN entitlements e ON e.feed_id = f.id AND e.external_id LIKE 'linked\\_group:%'
JOIN entitlement_versions v ON v.entitlement_id = e.id AND v.valid_to = 'infinity'
WHERE a.id = ANY (:apps)
"""

_CLOSE_ENTITLEMENTS: Final = """
UPDATE entitlement_versions v SET valid_to = greatest(:at, v.valid_from)
FROM linked_roles_known k WHERE v.id = k.version_id AND NOT EXISTS (
    SELECT FROM linked_roles_wanted w
    WHERE w.entitlement_id = k.entitlement_id AND w.digest = k.digest)
"""

_CLOSE_RESOURCES: Final = """
UPDATE resource_versions v SET valid_to = greatest(:at, v.valid_from)
FROM linked_roles_known k
WHERE v.resource_id = k.resource_id AND v.valid_to = 'infinity' AND NOT EXISTS (
    SELECT FROM linked_roles_wanted w
    WHERE w.resource_id = k.resource_id AND w.resource_digest = v.digest)
"""

_OPEN_RESOURCES: Final = """
INSERT INTO resource_versions (resource_id, valid_from, digest, display_name)
SELECT w.resource_id, :at, w.resource_digest, w.display_name FROM linked_roles_wanted w
WHERE NOT EXISTS (
    SELECT FROM resource_versions v WHERE v.resource_id = w.resource_id AND v.valid_to = 'infinity')
"""

_OPEN_ENTITLEMENTS: Final = """
INSERT INTO entitlement_versions (entitlement_id, resource_id, valid_from, digest, display_name,
    slug, purpose, immutable_reason, immutable_code)
SELECT w.entitlement_id, w.resource_id, :at, w.digest, w.display_name, 'member', 'assignment',
    w.immutable_reason, w.immutable_code
FROM linked_roles_wanted w
WHERE NOT EXISTS (
    SELECT FROM entitlement_versions v
    WHERE v.entitlement_id = w.entitlement_id AND v.valid_to = 'infinity')
"""

_WANTED_GRANTS: Final = """
CREATE TEMP TABLE linked_grants_wanted ON COMMIT DROP AS
SELECT x.*, md5(ROW(false, x.sources, x.immutable_reason, NULL::jsonb, NULL::jsonb)::text)::uuid
    AS digest
FROM (
    SELECT w.entitlement_id, w.feed_id, g.principal_id, w.immutable_reason,
        jsonb_build_object(w.members, d.direct) AS sources
    FROM linked_roles_wanted w
    JOIN grants g ON g.entitlement_id = w.members_id AND g.valid_to = 'infinity'
    JOIN grant_details d ON d.id = g.detail_id
    JOIN resources r ON r.id = g.principal_id
    JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
        AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
) x
"""

_DETAILS: Final = """
INSERT INTO grant_details (digest, direct, sources, immutable_reason)
SELECT DISTINCT ON (digest) digest, false, sources, immutable_reason FROM linked_grants_wanted
ON CONFLICT (digest) DO NOTHING
"""

_CLOSE_GRANTS: Final = """
UPDATE grants g SET valid_to = greatest(:at, g.valid_from)
WHERE g.valid_to = 'infinity'
    AND g.entitlement_id IN (
        SELECT entitlement_id FROM linked_roles_known
        UNION SELECT entitlement_id FROM linked_roles_wanted)
    AND NOT EXISTS (
        SELECT FROM linked_grants_wanted w JOIN grant_details d ON d.digest = w.digest
        WHERE w.entitlement_id = g.entitlement_id AND w.principal_id = g.principal_id
            AND d.id = g.detail_id)
"""

_OPEN_GRANTS: Final = """
INSERT INTO grants
    (feed_id, entitlement_id, principal_id, detail_id, passed_on, granted_at, valid_from)
SELECT w.feed_id, w.entitlement_id, w.principal_id, d.id, false, coalesce(p.granted_at, :at), :at
FROM linked_grants_wanted w JOIN grant_details d ON d.digest = w.digest
LEFT JOIN grants p ON p.entitlement_id = w.entitlement_id AND p.principal_id = w.principal_id
    AND p.valid_to = :at AND p.valid_from < :at
WHERE NOT EXISTS (
    SELECT FROM grants g WHERE g.entitlement_id = w.entitlement_id
        AND g.principal_id = w.principal_id AND g.valid_to = 'infinity')
"""

_TEMPORARY: Final = ("linked_roles_wanted", "linked_roles_known", "linked_grants_wanted")


def identity(
    connection: sa.Connection, app: int, group_id: str, at: datetime, new_id: Callable[[], str]
) -> int:
    """The key of the role made from a group, the same whenever it is made again. `refresh` brings
    what is true of it."""
    connection.execute(sa.text(_OWN_FEED), {"app": app})
    feed = connection.execute(sa.text(_LOCK), {"apps": [app]}).scalar_one()
    name = f"linked_group:{group_id}:member"
    values = {"feed": feed, "at": at, "group": group_id, "name": name}
    values |= {key: new_id() for key in ("type_id", "resource_id", "entitlement_id")}
    for statement in (_TYPE, _RESOURCE, _ENTITLEMENT):
        connection.execute(sa.text(statement), values)
    found = sa.text("SELECT id FROM entitlements WHERE feed_id = :feed AND external_id = :name")
    key: int = connection.execute(found, values).scalar_one()
    return key


def refresh(connection: sa.Connection, apps: Sequence[int], at: datetime) -> None:
    """Brings the roles of the apps and who holds them to what is decided and who is in the groups
    now. Those of a group that is gone stay, with nobody in them."""
    if not apps:
        return
    values = {"apps": list(apps), "at": at}
    connection.execute(sa.text(_LOCK), values)
    connection.execute(sa.text(_WANTED_ROLES), values)
    connection.execute(sa.text(_KNOWN_ROLES), values)
    connection.exec_driver_sql(_WANTED_GRANTS)
    connection.exec_driver_sql(f"ANALYZE {', '.join(_TEMPORARY)}")
    connection.exec_driver_sql(_DETAILS)
    for statement in (
        _CLOSE_GRANTS,
        _CLOSE_ENTITLEMENTS,
        _CLOSE_RESOURCES,
        _OPEN_RESOURCES,
        _OPEN_ENTITLEMENTS,
        _OPEN_GRANTS,
    ):
        connection.execute(sa.text(statement), values)
    connection.exec_driver_sql(f"DROP TABLE {', '.join(_TEMPORARY)}")
