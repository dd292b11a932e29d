"""Grants of a targeted sync, which lists only what is held directly.

What the last full sync inherited through groups stays as it was: a grant that came both ways and
is not listed any more is inherited only, one that is listed now and was inherited is both.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from ostiary.server.ingest.rules import Delta
from ostiary.server.ingest.store import grants
from ostiary.server.ingest.store.inventory import Scope

_CURRENT: Final = """
FROM grants c
JOIN grant_details cd ON cd.id = c.detail_id AND cd.sources IS NOT NULL
JOIN known_entitlements e ON e.entitlement_id = c.entitlement_id
LEFT JOIN new_grants n
    ON n.entitlement_id = c.entitlement_id AND n.principal_id = c.principal_id
LEFT JOIN grant_details nd ON nd.id = n.detail_id
WHERE c.feed_id = :feed AND c.valid_to = 'infinity' AND nd.sources IS NULL
"""

_BLENDED: Final = f"""
CREATE TEMP TABLE blended ON COMMIT DROP AS
SELECT b.*, md5(ROW(b.direct, b.sources, b.immutable_reason, b.metadata, b.expands)::text)::uuid
    AS digest
FROM (
    SELECT c.entitlement_id, c.principal_id, n.detail_id IS NOT NULL AS direct, cd.sources,
        CASE WHEN n.detail_id IS NULL AND cd.direct THEN '' WHEN n.detail_id IS NULL
            THEN cd.immutable_reason ELSE nd.immutable_reason END AS immutable_reason,
        CASE WHEN n.detail_id IS NULL AND NOT cd.direct THEN cd.metadata ELSE nd.metadata END
            AS metadata,
        CASE WHEN n.detail_id IS NULL AND NOT cd.direct THEN cd.expands ELSE nd.expands END
            AS expands,
        coalesce(n.external_id, c.external_id) AS external_id
    {_CURRENT}
) b
"""  # noqa: S608

_DETAILS: Final = """
INSERT INTO grant_details (digest, direct, sources, immutable_reason, metadata, expands)
SELECT DISTINCT ON (digest) digest, direct, sources, immutable_reason, metadata, expands
FROM blended ORDER BY digest ON CONFLICT (digest) DO NOTHING
"""

_LISTED: Final = """
DELETE FROM new_grants n USING blended b
WHERE n.entitlement_id = b.entitlement_id AND n.principal_id = b.principal_id
"""

_REPLACED: Final = """
INSERT INTO new_grants (entitlement_id, principal_id, detail_id, passed_on, external_id)
SELECT b.entitlement_id, b.principal_id, g.id, g.expands IS NOT NULL, b.external_id
FROM blended b JOIN grant_details g ON g.digest = b.digest
"""

_CHANGES: Final = grants.CHANGES.format(
    about="AND (entitlement_id IN (SELECT entitlement_id FROM known_entitlements) "
    "OR principal_id IN (SELECT object_id FROM resources_changes WHERE opens IS NULL) "
    "OR entitlement_id IN (SELECT object_id FROM entitlements_changes WHERE opens IS NULL))"
)


def merge(connection: sa.Connection, scope: Scope) -> dict[str, Delta]:
    """As `grants.merge`, for the entitlements of the targets; and what ended with a target."""
    connection.execute(sa.text(_BLENDED), scope.values)
    for statement in (_DETAILS, _LISTED, _REPLACED):
        connection.exec_driver_sql(statement)
    connection.execute(sa.text(_CHANGES), scope.values)
    return grants.settle(connection, scope)
