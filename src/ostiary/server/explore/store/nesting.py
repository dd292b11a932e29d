"""Groups inside groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.explore.store.bounds import there

_INSIDE: Final = """
SELECT DISTINCT v.resource_id AS outer, g.principal_id AS inner FROM grants g
JOIN grant_details d ON d.id = g.detail_id AND d.direct
JOIN entitlement_versions v ON v.entitlement_id = g.entitlement_id AND {v}
JOIN resources r ON r.id = g.principal_id
JOIN resources o ON o.id = v.resource_id
WHERE g.passed_on AND {g} AND r.resource_type_id = ANY (ARRAY({groups}))
    AND o.resource_type_id = ANY (ARRAY({groups})) AND o.id <> r.id
"""
"""The index of grants that pass something on has them all, and little else."""

_GROUPS: Final = """SELECT tv.resource_type_id FROM resource_type_versions tv
    WHERE 'group' = ANY (tv.traits) AND {tv}"""

_NAMED: Final = """
SELECT r.id AS key, r.public_id AS id, t.public_id AS type_id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name,
    coalesce(x.display_name, n.display_name, r.external_id) AS name
FROM resources r
JOIN resource_types t ON t.id = r.resource_type_id
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id AND {there}
LEFT JOIN resource_versions n ON n.resource_id = r.id AND {n}
LEFT JOIN resource_edits x ON x.resource_id = r.id
WHERE r.id = ANY (:keys)
"""


@dataclass(frozen=True)
class Group:
    key: int
    id: str
    type_id: str
    app_id: str
    app_name: str
    name: str


def inside(connection: sa.Connection, at: datetime | None) -> Mapping[int, Sequence[int]]:
    """The groups directly in each group that has some, by internal id."""
    found: dict[int, list[int]] = {}
    for row in connection.execute(sa.text(_inside(at)), {"at": at}):
        found.setdefault(row.outer, []).append(row.inner)
    return found


def count(connection: sa.Connection, at: datetime | None) -> int:
    """Groups that others are directly in."""
    query = f"SELECT count(DISTINCT i.outer) FROM ({_inside(at)}) i"  # noqa: S608
    return int(connection.execute(sa.text(query), {"at": at}).scalar_one())


def _inside(at: datetime | None) -> str:
    groups = _GROUPS.format(tv=valid("tv", at))
    return _INSIDE.format(v=valid("v", at), g=valid("g", at), groups=groups)


def named(
    connection: sa.Connection, keys: Sequence[int], at: datetime | None
) -> Mapping[int, Group]:
    query = _NAMED.format(there=there(at), n=valid("n", at))
    rows = connection.execute(sa.text(query), {"keys": list(keys), "at": at})
    return {row.key: Group(**row._mapping) for row in rows}
