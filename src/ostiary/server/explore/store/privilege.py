"""Privileged entitlements and who holds them, or may, directly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.explore.store.bounds import MOST, grants, of_types, there

Which = Literal["standing", "eligible"]

_PRIVILEGED: Final = """
SELECT v.entitlement_id, v.resource_id, v.slug, 'role' AS kind FROM resources r
JOIN entitlement_versions v ON v.resource_id = r.id AND {v} WHERE {role}
UNION ALL
SELECT v.entitlement_id, v.resource_id, v.slug, 'group' FROM resources r
JOIN resource_versions n ON n.resource_id = r.id AND {n}
    AND n.profile ->> 'is_assignable_to_role' = 'true'
JOIN entitlement_versions v ON v.resource_id = r.id AND {v} WHERE {group}
"""
"""Roles, and groups that roles can be assigned to: whoever is in one, or owns it, is near them."""

_AMONG: Final = "g.entitlement_id = ANY (ARRAY(SELECT p.entitlement_id FROM privileged p))"
"""An array tells the planner that they are few."""

_HELD: Final = """
FROM {grants} g
JOIN privileged v ON v.entitlement_id = g.entitlement_id
JOIN grant_details d ON d.id = g.detail_id AND d.direct
JOIN entitlements e ON e.id = v.entitlement_id
JOIN connector_feeds f ON f.id = e.feed_id
JOIN apps a ON a.id = f.app_id AND {there}
WHERE {condition}
"""

_STANDING: Final = """v.slug NOT LIKE 'eligible%'
    AND coalesce(d.metadata ->> 'assignment_type', '') <> 'Activated'
    AND d.metadata ->> 'ends_at' IS NULL"""

_ACTIVE: Final = """EXISTS (
    SELECT FROM entitlement_versions w JOIN grants h ON h.entitlement_id = w.entitlement_id
    WHERE w.resource_id = v.resource_id AND w.slug = 'assigned' || substr(v.slug, 9)
        AND h.principal_id = g.principal_id AND h.valid_to {end} 'infinity' AND {then})"""
"""Whether the role was ever seen active beside being eligible, as long as syncs go back."""

_ROWS: Final = """
SELECT h.public_id || ':' || e.public_id AS id, g.kind, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name, e.public_id AS entitlement_id,
    coalesce(x.display_name, ev.display_name, e.external_id) AS entitlement_name,
    coalesce(ox.display_name, ov.display_name, '') AS of_name,
    h.public_id AS holder_id, t.public_id AS holder_type_id,
    coalesce(tv.display_name, t.external_id) AS holder_type,
    coalesce(hx.display_name, hv.display_name, h.external_id) AS holder_name,
    ha.public_id AS holder_app_id, coalesce('user' = ANY (tv.traits), false) AS is_account,
    coalesce(hv.status, '') AS status, g.granted_at AS since
FROM (SELECT v.kind, g.* {held} LIMIT :most) g
JOIN entitlements e ON e.id = g.entitlement_id
JOIN connector_feeds f ON f.id = e.feed_id JOIN apps a ON a.id = f.app_id
LEFT JOIN entitlement_versions ev ON ev.entitlement_id = e.id AND {ev}
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
LEFT JOIN resource_versions ov ON ov.resource_id = ev.resource_id AND {ov}
LEFT JOIN resource_edits ox ON ox.resource_id = ev.resource_id
JOIN resources h ON h.id = g.principal_id
JOIN resource_types t ON t.id = h.resource_type_id
JOIN connector_feeds hf ON hf.id = h.feed_id JOIN apps ha ON ha.id = hf.app_id
LEFT JOIN resource_type_versions tv ON tv.resource_type_id = t.id AND {tv}
LEFT JOIN resource_versions hv ON hv.resource_id = h.id AND {hv}
LEFT JOIN resource_edits hx ON hx.resource_id = h.id
"""


@dataclass(frozen=True)
class Holding:
    """`kind`: what makes it privileged, role or group; `of_name` is its name. `holder_type`: in
    words. `status`: of an account, as its source says."""

    id: str
    kind: str
    app_id: str
    app_name: str
    entitlement_id: str
    entitlement_name: str
    of_name: str
    holder_id: str
    holder_type_id: str
    holder_type: str
    holder_name: str
    holder_app_id: str
    is_account: bool
    status: str
    since: datetime


def read(connection: sa.Connection, which: Which, at: datetime | None) -> list[Holding]:
    """One more than `MOST` at most, in no order."""
    aliases = {alias: valid(alias, at) for alias in ("ev", "ov", "tv", "hv")}
    query = _privileged(at) + _ROWS.format(held=_held(which, at), **aliases)
    rows = connection.execute(sa.text(query), _values(at)).mappings()
    return [Holding(**row) for row in rows]


def count(connection: sa.Connection, which: Which, at: datetime | None) -> int:
    """No farther than `MOST` and one."""
    found = f"SELECT 1 {_held(which, at)} LIMIT :most"
    query = f"{_privileged(at)} SELECT count(*) FROM ({found}) n"  # noqa: S608
    return int(connection.execute(sa.text(query), _values(at)).scalar_one())


def _privileged(at: datetime | None) -> str:
    shown = _PRIVILEGED.format(
        v=valid("v", at), n=valid("n", at), role=of_types("role", at), group=of_types("group", at)
    )
    return f"WITH privileged AS MATERIALIZED ({shown})"


def _held(which: Which, at: datetime | None) -> str:
    then = "true" if at is None else "h.valid_from <= :at"
    active = " OR ".join(_ACTIVE.format(end=end, then=then) for end in ("=", "<>"))
    eligible = f"v.kind = 'role' AND v.slug LIKE 'eligible%' AND NOT ({active})"
    return _HELD.format(
        grants=grants(at, _AMONG),
        there=there(at),
        condition=_STANDING if which == "standing" else eligible,
    )


def _values(at: datetime | None) -> dict[str, Any]:
    return {"at": at, "most": MOST + 1}
