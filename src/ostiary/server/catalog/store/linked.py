"""Groups of the identity provider that an app is assigned to."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class LinkedGroup:
    """Members of the group have the entitlement of the app. Ids are public; `members_id` is the
    entitlement of the group that makes one a member, None when it cannot be told."""

    group_id: str
    group_name: str
    entitlement_id: str
    entitlement_name: str
    members_id: str | None


_LINKED = """
SELECT DISTINCT ON (lower(gv.display_name), gr.id, e.id)
    gr.public_id AS group_id, coalesce(gx.display_name, gv.display_name) AS group_name,
    e.public_id AS entitlement_id, coalesce(ex.display_name, ev.display_name) AS entitlement_name,
    m.public_id AS members_id
FROM apps a
JOIN entitlement_versions ev
    ON ev.resource_id = a.discovered_resource_id AND ev.valid_to = 'infinity'
JOIN entitlements e ON e.id = ev.entitlement_id
JOIN grants g ON g.entitlement_id = e.id AND g.valid_to = 'infinity'
JOIN grant_details d ON d.id = g.detail_id AND d.direct
JOIN resources gr ON gr.id = g.principal_id
JOIN resource_type_versions tv ON tv.resource_type_id = gr.resource_type_id
    AND tv.valid_to = 'infinity' AND 'group' = ANY (tv.traits)
JOIN resource_versions gv ON gv.resource_id = gr.id AND gv.valid_to = 'infinity'
LEFT JOIN resource_edits gx ON gx.resource_id = gr.id
LEFT JOIN entitlement_edits ex ON ex.entitlement_id = e.id
LEFT JOIN entitlements m ON m.feed_id = gr.feed_id
    AND m.external_id = d.expands -> 'entitlements' ->> 0
WHERE a.id = :key AND g.passed_on
ORDER BY lower(gv.display_name), gr.id, e.id
"""


def linked_groups(connection: sa.Connection, app: int) -> list[LinkedGroup]:
    """Only groups assigned by themselves: what comes through nested ones is not found."""
    rows = connection.execute(sa.text(_LINKED), {"key": app}).mappings()
    return [LinkedGroup(**row) for row in rows]
