"""Groups of the identity provider that an app is assigned to, and what was decided about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.model import linked_groups as decisions_table
from ostiary.server.catalog.rules import Decision, LinkedGroup

_LINKED: Final = """
SELECT DISTINCT ON (lower(gv.display_name), gr.id, e.id)
    gr.public_id AS group_id, coalesce(gx.display_name, gv.display_name) AS group_name,
    e.public_id AS entitlement_id, coalesce(ex.display_name, ev.display_name) AS entitlement_name,
    m.public_id AS members_id, mv.immutable_reason
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
LEFT JOIN entitlement_versions mv ON mv.entitlement_id = m.id AND mv.valid_to = 'infinity'
WHERE a.id = :key AND g.passed_on
ORDER BY lower(gv.display_name), gr.id, e.id
"""

_LAST: Final = """LATERAL (
    SELECT w.display_name, nullif(w.valid_to, 'infinity') AS gone_at
    FROM {kind}_versions w WHERE w.{kind}_id = {id} ORDER BY w.valid_from DESC LIMIT 1)"""

_DECISIONS: Final = f"""
SELECT g.public_id AS group_id, coalesce(gx.display_name, gv.display_name) AS group_name,
    gv.gone_at AS group_gone_at, l.choice, coalesce(e.public_id, '') AS entitlement_id,
    coalesce(ex.display_name, ev.display_name, '') AS entitlement_name,
    ev.gone_at AS entitlement_gone_at, m.public_id AS members_id, l.trigger_scim, l.decided_at
FROM linked_groups l
JOIN resources g ON g.id = l.group_id
JOIN {_LAST.format(kind="resource", id="g.id")} gv ON true
LEFT JOIN resource_edits gx ON gx.resource_id = g.id
LEFT JOIN entitlements e ON e.id = l.entitlement_id
LEFT JOIN {_LAST.format(kind="entitlement", id="e.id")} ev ON true
LEFT JOIN entitlement_edits ex ON ex.entitlement_id = e.id
LEFT JOIN entitlements m ON m.id = l.members_id
WHERE l.app_id = :key
ORDER BY lower(gv.display_name), g.id
"""  # noqa: S608

_MEMBERS: Final = """
SELECT m.public_id, count(*) FROM entitlements m
JOIN grants g ON g.entitlement_id = m.id AND g.valid_to = 'infinity'
JOIN resources r ON r.id = g.principal_id
JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
    AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
WHERE m.public_id = ANY (:ids) GROUP BY m.public_id
"""

_GRANTABLE: Final = """
FROM entitlements e
JOIN entitlement_versions v ON v.entitlement_id = e.id AND v.valid_to = 'infinity'
JOIN connector_feeds f ON f.id = e.feed_id
JOIN apps a ON a.id = :app
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
WHERE (f.app_id = a.id OR v.resource_id = a.discovered_resource_id)
    AND NOT (f.connector_id = a.public_id AND e.external_id LIKE 'linked_group:%')
"""

_SAVE: Final = """
INSERT INTO linked_groups
    (app_id, group_id, choice, entitlement_id, members_id, trigger_scim, decided_at)
SELECT :app, g.id, :choice, :entitlement, m.id, :scim, :at
FROM resources g LEFT JOIN entitlements m ON m.public_id = :members
WHERE g.public_id = :group
ON CONFLICT (app_id, group_id) DO UPDATE SET choice = excluded.choice,
    entitlement_id = excluded.entitlement_id, members_id = excluded.members_id,
    trigger_scim = excluded.trigger_scim, decided_at = excluded.decided_at
"""


@dataclass(frozen=True)
class Assignment:
    """Members of the group have the entitlement of the app. Ids are public; `members_id` is the
    entitlement of the group that makes one a member, None when it cannot be told, and
    `immutable_reason` says why nobody can be made one."""

    group_id: str
    group_name: str
    entitlement_id: str
    entitlement_name: str
    members_id: str | None
    immutable_reason: str | None


def assignments(connection: sa.Connection, app: int) -> list[Assignment]:
    """Only groups assigned by themselves: what comes through nested ones is not found."""
    rows = connection.execute(sa.text(_LINKED), {"key": app}).mappings()
    return [Assignment(**row) for row in rows]


def decisions(connection: sa.Connection, app: int) -> list[Decision]:
    """Also about groups that are gone or not assigned to the app any more."""
    rows = connection.execute(sa.text(_DECISIONS), {"key": app}).mappings()
    return [Decision(**row) for row in rows]


def groups(connection: sa.Connection, app: int) -> list[LinkedGroup]:
    """Everything offered or decided, with its accounts counted."""
    found: dict[str, LinkedGroup] = {}
    for each in assignments(connection, app):
        group = found.setdefault(each.group_id, LinkedGroup(each.group_id, each.group_name))
        group.assigned_to.append((each.entitlement_id, each.entitlement_name))
        group.members_id = group.members_id or each.members_id or ""
        group.immutable_reason = each.immutable_reason
    for decision in decisions(connection, app):
        group = found.setdefault(
            decision.group_id, LinkedGroup(decision.group_id, decision.group_name)
        )
        group.decision = decision
        group.members_id = group.members_id or decision.members_id or ""
    counts = _member_counts(connection, [group.members_id for group in found.values()])
    for group in found.values():
        group.member_count = counts.get(group.members_id, 0)
    return sorted(found.values(), key=lambda group: (group.name.lower(), group.id))


def grantable(connection: sa.Connection, app: int, entitlement_id: str) -> int | None:
    """The key of an entitlement that is granted for the app: one of its own, or one of those it
    was discovered with. None for others, and for roles that follow a group already."""
    values = {"app": app, "id": entitlement_id}
    query = sa.text(f"SELECT e.id {_GRANTABLE} AND e.public_id = :id")
    key: int | None = connection.scalar(query, values)
    return key


def grantables(connection: sa.Connection, app: int, most: int = 500) -> list[tuple[str, str]]:
    """Ids and names of what `grantable` lets through, those that come from the source first."""
    query = sa.text(
        "SELECT e.public_id, coalesce(x.display_name, v.display_name) AS name "
        f"{_GRANTABLE} ORDER BY f.connector_id = a.public_id, lower(v.display_name), e.id "
        "LIMIT :most"
    )
    found = connection.execute(query, {"app": app, "most": most})
    return [(row.public_id, row.name) for row in found]


def save(
    connection: sa.Connection,
    app: int,
    group: LinkedGroup,
    *,
    choice: str,
    entitlement: int | None,
    trigger_scim: bool,
    at: datetime,
) -> None:
    values: dict[str, Any] = {
        "app": app,
        "group": group.id,
        "choice": choice,
        "entitlement": entitlement,
        "members": group.members_id if entitlement is not None else None,
        "scim": trigger_scim,
        "at": at,
    }
    connection.execute(sa.text(_SAVE), values)


def forget(connection: sa.Connection, app: int, group_id: str) -> None:
    query = sa.text(
        "DELETE FROM linked_groups l USING resources g "
        "WHERE l.group_id = g.id AND l.app_id = :app AND g.public_id = :group"
    )
    connection.execute(query, {"app": app, "group": group_id})


def fed_by(connection: sa.Connection, feed: int) -> list[int]:
    """Keys of the apps that have roles made from groups of this feed."""
    query = sa.text(
        "SELECT DISTINCT l.app_id FROM linked_groups l JOIN resources g ON g.id = l.group_id "
        "JOIN apps a ON a.id = l.app_id AND a.deleted_at IS NULL "
        "WHERE g.feed_id = :feed AND l.choice = 'create_role'"
    )
    return list(connection.scalars(query, {"feed": feed}))


def count(connection: sa.Connection, apps: Sequence[int]) -> int:
    """How much was decided for these apps."""
    query = sa.select(sa.func.count()).where(decisions_table.c.app_id.in_(apps))
    return connection.execute(query).scalar_one()


def _member_counts(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, int]:
    rows = connection.execute(sa.text(_MEMBERS), {"ids": [each for each in ids if each]})
    return {row[0]: row[1] for row in rows}
