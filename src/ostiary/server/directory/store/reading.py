"""Accounts as clients ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import NOW, THEN, containing


@dataclass(frozen=True)
class Found:
    """An account. `id` and `app_id` are public, `resource_id` and `app` internal."""

    resource_id: int
    id: str
    app: int
    app_id: str
    display_name: str
    login: str
    login_aliases: list[str]
    emails: list[str]
    status: str
    status_details: str
    profile: Mapping[str, Any]
    traits: Mapping[str, Any]
    account_type: str
    owner_id: str | None
    owner_status: str | None
    owner_decided: bool
    reason: str | None
    created_at: datetime
    updated_at: datetime
    sort_name: str


@dataclass(frozen=True)
class AccountFilter:
    """What is empty lets everything through."""

    app_ids: Sequence[str] = ()
    ids: Sequence[str] = ()
    excluded_ids: Sequence[str] = ()
    owner_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    external: bool | None = None
    orphaned: bool = False
    query: str = ""


_ACCOUNT: Final = """
SELECT r.id AS resource_id, r.public_id AS id, a.id AS app, a.public_id AS app_id, v.display_name,
    v.login, v.login_aliases, v.emails, v.status, v.status_details, v.profile, v.traits,
    coalesce(e.account_type, 'user') AS account_type, p.public_id AS owner_id,
    CASE WHEN u.status IN ('disabled', 'deleted') AND pv.status <> 'deleted' THEN 'disabled'
        ELSE pv.status END AS owner_status,
    coalesce(e.owner_decided, false) AS owner_decided, o.reason, r.created_at,
    v.valid_from AS updated_at, lower(v.display_name) AS sort_name
FROM connector_feeds f
JOIN apps a ON a.id = f.app_id AND a.deleted_at IS NULL
JOIN resource_types t ON t.feed_id = f.id
JOIN resource_type_versions tv ON tv.resource_type_id = t.id
    AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
JOIN resources r ON r.resource_type_id = t.id
JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
LEFT JOIN account_edits e ON e.resource_id = r.id
LEFT JOIN account_owners o ON o.resource_id = r.id AND o.valid_to = 'infinity'
LEFT JOIN people p ON p.id = o.person_id
LEFT JOIN person_versions pv ON pv.person_id = p.id AND pv.valid_to = 'infinity'
LEFT JOIN platform_users u ON u.id = p.user_id
"""

_CONDITIONS: Final = {
    "app_ids": "a.public_id = ANY (:app_ids)",
    "ids": "r.public_id = ANY (:ids)",
    "excluded_ids": "NOT r.public_id = ANY (:excluded_ids)",
    "owner_ids": "p.public_id = ANY (:owner_ids)",
    "statuses": "v.status = ANY (:statuses)",
    "types": "coalesce(e.account_type, 'user') = ANY (:types)",
    "query": "(v.display_name ILIKE :query OR v.login ILIKE :query "
    "OR (v.emails[1] IS DISTINCT FROM v.login OR cardinality(v.emails) > 1) "
    "AND array_to_string(v.emails, ' ') ILIKE :query)",
}

_ORPHANED: Final = """r.id = ANY (ARRAY(
    SELECT x.id FROM resources x WHERE x.resource_type_id IN (
        SELECT z.resource_type_id FROM resource_type_versions z
        WHERE {z} AND 'user' = ANY (z.traits))
    AND NOT EXISTS (SELECT FROM account_owners y WHERE y.resource_id = x.id AND {y})
    UNION ALL
    SELECT y.resource_id FROM account_owners y WHERE {y} AND y.person_id IN (
        SELECT z.person_id FROM person_versions z
        WHERE {z} AND z.status IN ('disabled', 'deleted'){users})))"""
"""Usually few, and so found before all else: an array tells the planner to begin with it."""

_USERS_OUT: Final = """
        UNION ALL
        SELECT q.id FROM people q JOIN platform_users z ON z.id = q.user_id
        WHERE z.status IN ('disabled', 'deleted')"""
"""Whether somebody could use the server is kept of now only."""

EXTERNAL: Final = """
    (EXISTS (SELECT FROM trusted_domains) AND address.domain <> '' AND NOT EXISTS (
        SELECT FROM trusted_domains d WHERE address.domain = d.domain
            OR address.domain LIKE '%.' || d.domain))
"""

ADDRESS: Final = """
CROSS JOIN LATERAL (SELECT rtrim(lower(btrim(substring(coalesce(
    (SELECT each FROM unnest(v.emails) WITH ORDINALITY AS emails (each, place)
        WHERE position('@' IN each) > 0 ORDER BY place LIMIT 1),
    CASE WHEN position('@' IN v.login) > 0 THEN v.login END, '@') FROM '[^@]*$'))), '.') AS domain
) AS address
"""


def orphaned(at: datetime | None) -> str:
    """A condition on accounts `r`: without an owner, or of somebody who is out."""
    valid = NOW if at is None else THEN
    users = _USERS_OUT if at is None else ""
    return _ORPHANED.format(y=valid.format("y"), z=valid.format("z"), users=users)


def accounts(
    connection: sa.Connection, wanted: AccountFilter, after: Sequence[Any] | None, limit: int
) -> list[Found]:
    """By name; `after` is the name in lower case and the internal id of the last one seen."""
    conditions = ["true"]
    values: dict[str, Any] = {"limit": limit}
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value:
            conditions.append(condition)
            values[name] = value if isinstance(value, str) else list(value)
    if wanted.query:
        values["query"] = containing(wanted.query)
    if wanted.orphaned:
        conditions.append(orphaned(None))
    if wanted.external is not None:
        conditions.append(EXTERNAL if wanted.external else f"NOT {EXTERNAL}")
    if after is not None:
        conditions.append("(lower(v.display_name), r.id) > (:after_name, :after_id)")
        values |= {"after_name": after[0], "after_id": after[1]}
    statement = (
        f"{_ACCOUNT} {ADDRESS} WHERE {' AND '.join(conditions)} "
        "ORDER BY lower(v.display_name), r.id LIMIT :limit"
    )
    return [Found(**row._asdict()) for row in connection.execute(sa.text(statement), values)]


def find_account(connection: sa.Connection, app_id: str, account_id: str) -> Found | None:
    wanted = AccountFilter(app_ids=[app_id], ids=[account_id])
    return next(iter(accounts(connection, wanted, None, 1)), None)


def app_names(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Names of apps by public id."""
    rows = connection.execute(
        sa.text(
            "SELECT public_id, coalesce(edited_name, display_name) AS name FROM apps "
            "WHERE public_id = ANY (:ids)"
        ),
        {"ids": list(ids)},
    )
    return {row.public_id: row.name for row in rows}
