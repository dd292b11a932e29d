"""What an account holds directly, and what holding one thing leads to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.explore.store.bounds import granted, grants, there

MOST_BELOW: Final = 100

_SHOWN: Final = """
SELECT e.public_id AS id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name,
    coalesce(x.display_name, v.display_name, e.external_id) AS name,
    coalesce(nx.display_name, n.display_name, r.external_id) AS of_name,
    coalesce(tv.display_name, '') AS of_type, coalesce(tv.traits, '{{}}') AS traits,
    e.external_id = 'credential:access' AS is_access, {leads} AS leads_on
FROM {grants} g
JOIN grant_details d ON d.id = g.detail_id AND d.direct
JOIN entitlements e ON e.id = g.entitlement_id
JOIN connector_feeds f ON f.id = e.feed_id
JOIN apps a ON a.id = f.app_id AND {there}
JOIN entitlement_versions v ON v.entitlement_id = e.id AND {v}
JOIN resources r ON r.id = v.resource_id
LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
LEFT JOIN resource_versions n ON n.resource_id = r.id AND {n}
LEFT JOIN resource_edits nx ON nx.resource_id = r.id
LEFT JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id AND {tv}
WHERE {condition}
ORDER BY lower(coalesce(nx.display_name, n.display_name)), e.id LIMIT :most
"""

_ACCOUNT: Final = "g.principal_id = (SELECT h.id FROM resources h WHERE h.public_id = :id)"
_GROUP: Final = """g.passed_on AND g.principal_id = (
    SELECT w.resource_id FROM entitlements h JOIN entitlement_versions w ON w.entitlement_id = h.id
    AND {w} WHERE h.public_id = :id)"""
_NAMES: Final = """d.expands -> 'entitlements' ? (
    SELECT h.external_id FROM entitlements h WHERE h.public_id = :id)"""
_FAR: Final = "NOT coalesce((d.expands ->> 'shallow')::boolean, false)"
"""What is passed on to direct members only ends here for who is in through another group."""


@dataclass(frozen=True)
class Reached:
    """An entitlement. `is_access`: to the app as such. `leads_on`: something is passed on to who
    holds it."""

    id: str
    app_id: str
    app_name: str
    name: str
    of_name: str
    of_type: str
    traits: list[str]
    is_access: bool
    leads_on: bool


def held(connection: sa.Connection, account_id: str, at: datetime | None) -> list[Reached]:
    """Directly, one more than `MOST_BELOW` at most."""
    return _read(connection, account_id, at, _ACCOUNT, "true")


def passed_on(
    connection: sa.Connection, entitlement_id: str, at: datetime | None, *, indirectly: bool
) -> list[Reached]:
    """What whoever holds it gets with it. `indirectly`: they hold it through another."""
    where = _GROUP.format(w=valid("w", at))
    return _read(
        connection, entitlement_id, at, where, f"{_NAMES} AND {_FAR if indirectly else 'true'}"
    )


def _read(
    connection: sa.Connection, public_id: str, at: datetime | None, where: str, condition: str
) -> list[Reached]:
    leads = granted(at, "g.passed_on AND g.principal_id = v.resource_id")
    query = _SHOWN.format(
        leads=f"({leads})",
        grants=grants(at, where),
        there=there(at),
        condition=condition,
        **{alias: valid(alias, at) for alias in ("v", "n", "tv")},
    )
    values: dict[str, Any] = {"id": public_id, "at": at, "most": MOST_BELOW + 1}
    return [Reached(**row) for row in connection.execute(sa.text(query), values).mappings()]
