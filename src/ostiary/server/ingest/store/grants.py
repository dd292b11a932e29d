"""Grants: what a sync says against what is known, in a few statements over millions of rows."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from ostiary.server.ingest.rules import Delta
from ostiary.server.ingest.store.inventory import Scope
from ostiary.server.ingest.store.staging import analyze

_DIGESTS: Final = """
CREATE TEMP TABLE numbered_details ON COMMIT DROP AS
SELECT number, direct, sources, immutable_reason, metadata, expands,
    md5(ROW(direct, sources, immutable_reason, metadata, expands)::text)::uuid AS digest
FROM staged_details
"""

_NEW_DETAILS: Final = """
INSERT INTO grant_details (digest, direct, sources, immutable_reason, metadata, expands)
SELECT DISTINCT ON (digest) digest, direct, sources, immutable_reason, metadata, expands
FROM numbered_details n
WHERE NOT EXISTS (SELECT FROM grant_details g WHERE g.digest = n.digest)
ORDER BY digest
ON CONFLICT (digest) DO NOTHING
"""

_RESOLVED_DETAILS: Final = """
CREATE TEMP TABLE details ON COMMIT DROP AS
SELECT n.number, g.id AS detail_id, g.expands IS NOT NULL AS passed_on, g.direct
FROM numbered_details n JOIN grant_details g ON g.digest = n.digest
"""

_NEW_GRANTS: Final = """
CREATE TEMP TABLE new_grants ON COMMIT DROP AS
SELECT {distinct} e.entitlement_id, r.resource_id AS principal_id, d.detail_id, d.passed_on,
    s.external_id
FROM staged_grants s
JOIN details d ON d.number = s.detail
JOIN known_entitlements e ON e.external_id = s.entitlement
JOIN known_principals r ON r.resource_type_id = s.principal_type AND r.external_id = s.principal
{order}
"""

_KNOWN: Final = (
    """
    CREATE TEMP TABLE known_entitlements ON COMMIT DROP AS
    SELECT e.id AS entitlement_id, e.external_id
    FROM entitlements e
    JOIN entitlement_versions v ON v.entitlement_id = e.id AND v.valid_to = 'infinity'
    WHERE e.feed_id = :feed {about}
    """,
    """
    CREATE TEMP TABLE known_principals ON COMMIT DROP AS
    SELECT r.id AS resource_id, r.resource_type_id, r.external_id
    FROM resources r
    JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
    WHERE r.feed_id = :feed
    """,
)

_FIRST: Final = """
INSERT INTO grants
    (feed_id, entitlement_id, principal_id, detail_id, passed_on, granted_at, valid_from,
    external_id)
SELECT :feed, entitlement_id, principal_id, detail_id, passed_on, :at, :at, external_id
FROM new_grants
"""

CHANGES: Final = """
CREATE TEMP TABLE grants_changes ON COMMIT DROP AS
SELECT c.id AS closes, n.entitlement_id AS opens, c.granted_at, n.principal_id, n.detail_id,
    n.passed_on, n.external_id, coalesce(n.entitlement_id, c.entitlement_id) AS object_id
FROM new_grants n FULL JOIN (
    SELECT id, entitlement_id, principal_id, detail_id, granted_at, external_id
    FROM grants WHERE feed_id = :feed AND valid_to = 'infinity' {about}
) c ON c.entitlement_id = n.entitlement_id AND c.principal_id = n.principal_id
WHERE c.id IS NULL OR n.entitlement_id IS NULL OR n.detail_id <> c.detail_id
    OR n.external_id IS DISTINCT FROM c.external_id
"""

_CLOSE: Final = """
UPDATE grants g SET valid_to = :at FROM grants_changes d WHERE g.id = d.closes
"""

_OPEN: Final = """
INSERT INTO grants
    (feed_id, entitlement_id, principal_id, detail_id, passed_on, granted_at, valid_from,
    external_id)
SELECT :feed, d.opens, d.principal_id, d.detail_id, d.passed_on, coalesce(d.granted_at, :at), :at,
    d.external_id
FROM grants_changes d WHERE d.opens IS NOT NULL
"""

_DELTAS: Final = """
SELECT t.external_id, sum(d.added), sum(d.removed), sum(d.changed)
FROM (
    SELECT object_id, count(*) FILTER (WHERE closes IS NULL) AS added,
        count(*) FILTER (WHERE opens IS NULL) AS removed,
        count(*) FILTER (WHERE closes IS NOT NULL AND opens IS NOT NULL) AS changed
    FROM grants_changes GROUP BY object_id
) d
JOIN LATERAL (
    SELECT v.resource_id FROM entitlement_versions v WHERE v.entitlement_id = d.object_id
    ORDER BY v.valid_from DESC LIMIT 1
) v ON true
JOIN resources r ON r.id = v.resource_id
JOIN resource_types t ON t.id = r.resource_type_id
GROUP BY t.external_id ORDER BY t.external_id
"""

_FIRST_DELTAS: Final = """
SELECT t.external_id, count(*), 0, 0
FROM new_grants n
JOIN entitlement_versions v ON v.entitlement_id = n.entitlement_id AND v.valid_to = 'infinity'
JOIN resources r ON r.id = v.resource_id
JOIN resource_types t ON t.id = r.resource_type_id
GROUP BY t.external_id ORDER BY t.external_id
"""


def resolve(connection: sa.Connection, scope: Scope, *, all_conventional: bool) -> int:
    """Leaves `new_grants` behind and returns how many rows it has.

    Grants on what is not there, or to nobody who is there, are dropped. Where grants have ids of
    their own, two of them may say the same; the first one in the order of their ids counts.
    """
    for statement in (_DIGESTS, _NEW_DETAILS, _RESOLVED_DETAILS):
        connection.exec_driver_sql(statement)
    about = "AND v.resource_id IN (SELECT resource_id FROM targets)" if scope.targeted else ""
    for statement in _KNOWN:
        connection.execute(sa.text(statement.format(about=about)), scope.values)
    analyze(connection, "details", "known_entitlements", "known_principals", "staged_grants")
    distinct = order = ""
    if not all_conventional:
        distinct = "DISTINCT ON (e.entitlement_id, r.resource_id)"
        order = "ORDER BY e.entitlement_id, r.resource_id, s.external_id NULLS FIRST"
    found = connection.exec_driver_sql(_NEW_GRANTS.format(distinct=distinct, order=order))
    analyze(connection, "new_grants")
    return found.rowcount


def merge(connection: sa.Connection, scope: Scope) -> dict[str, Delta]:
    """Brings the grants of the feed to `new_grants`. Returns what changed, by the resource type
    of the entitlement."""
    if not _any(connection, scope):
        connection.execute(sa.text(_FIRST), scope.values)
        return _deltas(connection, _FIRST_DELTAS)
    connection.execute(sa.text(CHANGES.format(about="")), scope.values)
    return settle(connection, scope)


def _any(connection: sa.Connection, scope: Scope) -> bool:
    return bool(
        connection.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM grants WHERE feed_id = :feed AND valid_to = 'infinity')"
            ),
            scope.values,
        )
    )


def settle(connection: sa.Connection, scope: Scope) -> dict[str, Delta]:
    """Closes and opens grants as `grants_changes` says."""
    analyze(connection, "grants_changes")
    connection.execute(sa.text(_CLOSE), scope.values)
    connection.execute(sa.text(_OPEN), scope.values)
    return _deltas(connection, _DELTAS)


def _deltas(connection: sa.Connection, query: str) -> dict[str, Delta]:
    rows = connection.exec_driver_sql(query)
    return {
        name: Delta(int(added), int(removed), int(changed))
        for name, added, removed, changed in rows
    }


_ORPHANED: Final = """
CREATE TEMP TABLE grants_changes ON COMMIT DROP AS
SELECT g.id AS closes, NULL::bigint AS opens, g.granted_at, g.principal_id, g.detail_id,
    g.passed_on, g.external_id, g.entitlement_id AS object_id
FROM grants g
WHERE g.feed_id = :feed AND g.valid_to = 'infinity' AND (
    g.principal_id IN (SELECT object_id FROM resources_changes WHERE opens IS NULL)
    OR g.entitlement_id IN (SELECT object_id FROM entitlements_orphaned))
"""


def close_orphaned(connection: sa.Connection, scope: Scope) -> dict[str, Delta]:
    """Grants to or on what is gone, when the sync itself says nothing of grants."""
    connection.execute(sa.text(_ORPHANED), scope.values)
    return settle(connection, scope)
