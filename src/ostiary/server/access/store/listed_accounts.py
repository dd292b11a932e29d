"""Accounts as lists of pages show them: in any order, filtered, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.catalog.store.asked import containing
from ostiary.server.catalog.store.owned import OWNED
from ostiary.server.catalog.store.tables import joins

_FROM: Final = "FROM resources r JOIN resource_versions v ON v.resource_id = r.id AND {v}"

_OTHERS: Final = {
    "f": "JOIN connector_feeds f ON f.id = r.feed_id",
    "a": "JOIN apps a ON a.id = f.app_id",
    "e": "LEFT JOIN account_edits e ON e.resource_id = r.id",
    "o": "LEFT JOIN account_owners o ON o.resource_id = r.id AND {o}",
    "p": "LEFT JOIN people p ON p.id = o.person_id",
    "pv": "LEFT JOIN person_versions pv ON pv.person_id = o.person_id AND {pv}",
    "u": "LEFT JOIN resource_usage u ON u.resource_id = r.id AND {u}",
}
"""Of a hundred thousand accounts each costs a tenth of a second."""

_NUMBERS: Final = """
SELECT ARRAY(
    SELECT tv.resource_type_id FROM resource_type_versions tv
    WHERE 'user' = ANY (tv.traits) AND {tv}
) AS of_types, ARRAY(
    SELECT f.id FROM connector_feeds f JOIN apps a ON a.id = f.app_id
    WHERE a.public_id = ANY (:app_ids)
) AS of_feeds
"""
"""Asked first: by the numbers themselves PostgreSQL knows how many accounts there are to come, and
walks along their names instead of sorting them all.
"""

_COLUMNS: Final = """r.public_id AS id, a.public_id AS app_id,
    coalesce(a.edited_name, a.display_name) AS app_name, v.display_name, v.login,
    coalesce(v.emails[1], '') AS email, v.status, v.status_details,
    coalesce(e.account_type, 'user') AS account_type, coalesce(p.public_id, '') AS owner_id,
    coalesce(pv.display_name, '') AS owner_name, coalesce(o.reason, '') AS reason,
    u.last_used_at AS last_login, v.source_created_at, r.created_at, v.valid_from AS since,
    r.external_id
"""

ORDERS: Final = {
    "name": "lower(left(v.display_name, 200))",
    "app": "lower(coalesce(a.edited_name, a.display_name))",
    "login": "lower(v.login)",
    "email": "lower(v.emails[1])",
    "status": "v.status",
    "type": "coalesce(e.account_type, 'user')",
    "owner": "lower(pv.display_name)",
    "last": "u.last_used_at",
    "created": "r.created_at",
}

_NAMED: Final = """(v.display_name ILIKE :containing OR v.login ILIKE :containing
    OR array_to_string(v.emails, ' ') ILIKE :containing)"""

_CONDITIONS: Final = {
    "ids": "r.public_id = ANY (:ids)",
    "owner_ids": "p.public_id = ANY (:owner_ids)",
    "statuses": "v.status = ANY (:statuses)",
    "types": "coalesce(e.account_type, 'user') = ANY (:types)",
}


@dataclass(frozen=True)
class ListedAccount:
    """`last_login` is None where no source told it; `reason`: how the owner was found."""

    id: str
    app_id: str
    app_name: str
    display_name: str
    login: str
    email: str
    status: str
    status_details: str
    account_type: str
    owner_id: str
    owner_name: str
    reason: str
    last_login: datetime | None
    source_created_at: datetime | None
    created_at: datetime
    since: datetime
    external_id: str


@dataclass(frozen=True)
class ListFilter:
    """What is empty lets everything through. `owned`: with an owner, or without one. `viewer`:
    only in apps that this user owns. `keys`: only these, by internal id; None: all."""

    app_ids: Sequence[str] = ()
    ids: Sequence[str] = ()
    owner_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    owned: bool | None = None
    query: str = ""
    viewer: str | None = None
    keys: Sequence[int] | None = None


def read(
    connection: sa.Connection,
    wanted: ListFilter,
    *,
    at: datetime | None,
    order: str = "name",
    descending: bool = False,
    offset: int = 0,
    size: int = 50,
) -> list[ListedAccount]:
    """`order` is a key of `ORDERS`; unknown values come last."""
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, {ORDERS['name']}, r.id"
    if order == "name":  # never unknown, and so an index has them in this order
        by = f"{ORDERS['name']} {direction}, r.id {direction}"
    where, values = _where(connection, wanted, at)
    some = f"{where} ORDER BY {by} LIMIT :size OFFSET :offset"
    keys = sa.text(f"SELECT r.id {_joined(at, some)} {some}")
    chosen = list(connection.scalars(keys, {**values, "size": size, "offset": offset}))
    place = {number: index for index, number in enumerate(chosen)}
    shown = f"SELECT r.id AS key, {_COLUMNS} {_joined(at, _COLUMNS)} WHERE r.id = ANY (:keys)"
    rows = connection.execute(sa.text(shown), {"keys": chosen, "at": at}).mappings().all()
    return [_account(row) for row in sorted(rows, key=lambda row: place[row["key"]])]


def count(connection: sa.Connection, wanted: ListFilter, *, at: datetime | None) -> int:
    where, values = _where(connection, wanted, at)
    query = sa.text(f"SELECT count(*) {_joined(at, where)} {where}")
    return int(connection.execute(query, values).scalar_one())


def find(
    connection: sa.Connection, app_id: str, account_id: str, at: datetime | None
) -> ListedAccount | None:
    where, values = _where(connection, ListFilter([app_id], [account_id]), at)
    query = sa.text(f"SELECT {_COLUMNS} {_joined(at, _COLUMNS + where)} {where}")
    row = connection.execute(query, values).mappings().first()
    return None if row is None else _account(row)


def _account(row: sa.RowMapping) -> ListedAccount:
    return ListedAccount(**{name: value for name, value in row.items() if name != "key"})


def _joined(at: datetime | None, text: str) -> str:
    """The tables that a text of SQL speaks of."""
    versions = {alias: valid(alias, at) for alias in ("v", "o", "pv", "u")}
    return f"{_FROM} {joins(_OTHERS, text)}".format(**versions)


def _where(
    connection: sa.Connection, wanted: ListFilter, at: datetime | None
) -> tuple[str, dict[str, Any]]:
    there = "(a.deleted_at IS NULL OR a.deleted_at > :at)" if at else "a.deleted_at IS NULL"
    conditions = [there, "r.resource_type_id = ANY (:of_types)"]
    numbers = sa.text(_NUMBERS.format(tv=valid("tv", at)))
    asked = {"app_ids": list(wanted.app_ids), "at": at}
    values: dict[str, Any] = {"at": at, "viewer": wanted.viewer}
    values |= connection.execute(numbers, asked).mappings().one()
    if wanted.app_ids:
        conditions.append("r.feed_id = ANY (:of_feeds)")
    for name, condition in _CONDITIONS.items():
        if chosen := getattr(wanted, name):
            conditions.append(condition)
            values[name] = list(chosen)
    if wanted.keys is not None:
        conditions.append("r.id = ANY (:among)")
        values["among"] = list(wanted.keys)
    if wanted.owned is not None:
        conditions.append("p.id IS NOT NULL" if wanted.owned else "p.id IS NULL")
    if wanted.query:
        conditions.append(_NAMED)
        values["containing"] = containing(wanted.query)
    if wanted.viewer is not None:
        conditions.append(OWNED)
    return f"WHERE {' AND '.join(conditions)}", values
