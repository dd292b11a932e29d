"""Accounts that nobody answers for, and those whose owner somebody set by hand, as pages list them:
in any order, filtered, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import NOW, THEN, containing
from ostiary.server.catalog.store.tables import joins
from ostiary.server.directory.store.reading import ADDRESS, EXTERNAL, orphaned

About = Literal["orphaned", "decided"]

_FROM: Final = """
FROM resources r
JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
    AND 'user' = ANY (tv.traits) AND {tv}
JOIN resource_versions v ON v.resource_id = r.id AND {v}
"""

_OTHERS: Final = {
    "f": "JOIN connector_feeds f ON f.id = r.feed_id",
    "a": "JOIN apps a ON a.id = f.app_id",
    "e": "LEFT JOIN account_edits e ON e.resource_id = r.id",
    "o": "LEFT JOIN account_owners o ON o.resource_id = r.id AND {o}",
    "p": "LEFT JOIN people p ON p.id = o.person_id",
    "pv": "LEFT JOIN person_versions pv ON pv.person_id = o.person_id AND {pv}",
    "u": "LEFT JOIN platform_users u ON u.id = p.user_id",
    "n": "LEFT JOIN resource_usage n ON n.resource_id = r.id AND {n}",
    "address": ADDRESS,
}

_WHY: Final = """CASE
    WHEN o.id IS NULL AND coalesce(e.owner_decided, false) THEN 'cleared'
    WHEN o.id IS NULL THEN 'none'
    WHEN pv.status = 'deleted' THEN 'deleted'
    WHEN pv.status = 'disabled' OR u.status IN ('disabled', 'deleted') THEN 'disabled'
    ELSE 'owned' END"""

_COLUMNS: Final = f"""r.public_id AS id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name, v.display_name, v.login,
    coalesce(v.emails[1], '') AS email, v.status, v.status_details,
    coalesce(e.account_type, 'user') AS account_type, {EXTERNAL} AS external,
    coalesce(p.public_id, '') AS owner_id, coalesce(pv.display_name, '') AS owner_name,
    {_WHY} AS why,
    n.last_used_at AS last_login, r.created_at, r.external_id
"""

ORDERS: Final = {
    "name": "lower(left(v.display_name, 200))",
    "app": "lower(coalesce(a.edited_name, a.display_name))",
    "login": "lower(v.login)",
    "email": "lower(v.emails[1])",
    "status": "v.status",
    "type": "coalesce(e.account_type, 'user')",
    "owner": "lower(pv.display_name)",
    "last": "n.last_used_at",
    "created": "r.created_at",
}

_CONDITIONS: Final = {
    "app_ids": "a.public_id = ANY (:app_ids)",
    "statuses": "v.status = ANY (:statuses)",
    "types": "coalesce(e.account_type, 'user') = ANY (:types)",
    "why": f"{_WHY} = ANY (:why)",
}

_DECIDED: Final = "r.id IN (SELECT d.resource_id FROM account_edits d WHERE d.owner_decided)"

_NAMED: Final = """(v.display_name ILIKE :containing OR v.login ILIKE :containing
    OR array_to_string(v.emails, ' ') ILIKE :containing)"""

_APPS: Final = """
SELECT DISTINCT a.public_id, coalesce(a.edited_name, a.display_name) AS name
FROM connector_feeds f JOIN apps a ON a.id = f.app_id AND a.deleted_at IS NULL
ORDER BY name, a.public_id LIMIT 200
"""


@dataclass(frozen=True)
class ListedOrphan:
    """`why`: none (nobody was found), cleared (nobody, by hand), disabled or deleted (the owner
    is), owned. `last_login` is None where no source told it."""

    id: str
    app_id: str
    app_name: str
    display_name: str
    login: str
    email: str
    status: str
    status_details: str
    account_type: str
    external: bool
    owner_id: str
    owner_name: str
    why: str
    last_login: datetime | None
    created_at: datetime
    external_id: str


@dataclass(frozen=True)
class ListFilter:
    """What is empty lets everything through. `external`: by the trusted domains."""

    about: About = "orphaned"
    query: str = ""
    app_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    why: Sequence[str] = ()
    external: bool | None = None


def read(
    connection: sa.Connection,
    wanted: ListFilter,
    *,
    at: datetime | None,
    order: str,
    descending: bool,
    offset: int,
    size: int,
) -> list[ListedOrphan]:
    """`order` is a key of `ORDERS`; unknown values come last. First which ones, then what is shown
    of those."""
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, {ORDERS['name']}, r.id"
    where, values = _where(wanted, at)
    some = f"{where} ORDER BY {by} LIMIT :size OFFSET :offset"
    keys = sa.text(f"SELECT r.id {_joined(at, some)} {some}")
    chosen = list(connection.scalars(keys, {**values, "size": size, "offset": offset}))
    query = sa.text(
        f"SELECT r.id AS key, {_COLUMNS} {_joined(at, _COLUMNS)} WHERE r.id = ANY (:keys)"
    )
    rows = connection.execute(query, {"keys": chosen, "at": at}).mappings()
    found = {row["key"]: _listed(row) for row in rows}
    return [found[key] for key in chosen]


def count(connection: sa.Connection, wanted: ListFilter, *, at: datetime | None) -> int:
    where, values = _where(wanted, at)
    query = sa.text(f"SELECT count(*) {_joined(at, where)} {where}")
    return int(connection.execute(query, values).scalar_one())


def apps(connection: sa.Connection) -> list[tuple[str, str]]:
    """Public ids and names of those that have accounts, for a filter."""
    return [(row.public_id, row.name) for row in connection.execute(sa.text(_APPS))]


def _listed(row: sa.RowMapping) -> ListedOrphan:
    return ListedOrphan(**{name: value for name, value in row.items() if name != "key"})


def _joined(at: datetime | None, text: str) -> str:
    """The tables that a text of SQL speaks of."""
    valid = NOW if at is None else THEN
    versions = {alias: valid.format(alias) for alias in ("tv", "v", "o", "pv", "n")}
    return f"{_FROM} {joins(_OTHERS, text)}".format(**versions)


def _where(wanted: ListFilter, at: datetime | None) -> tuple[str, dict[str, Any]]:
    conditions = [
        "a.deleted_at IS NULL" if at is None else "(a.deleted_at IS NULL OR a.deleted_at > :at)",
        orphaned(at) if wanted.about == "orphaned" else _DECIDED,
    ]
    values: dict[str, Any] = {"at": at}
    for name, condition in _CONDITIONS.items():
        if chosen := getattr(wanted, name):
            conditions.append(condition)
            values[name] = list(chosen)
    if wanted.external is not None:
        conditions.append(EXTERNAL if wanted.external else f"NOT {EXTERNAL}")
    if wanted.query:
        conditions.append(_NAMED)
        values["containing"] = containing(wanted.query)
    return f"WHERE {' AND '.join(conditions)}", values
