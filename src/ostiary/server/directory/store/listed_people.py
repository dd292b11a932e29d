"""People as lists of pages show them, now and at an instant: in any order, filtered, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import NOW, THEN, containing
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.people import person_of

_STATUS: Final = """CASE
    WHEN v.status = 'deleted' AND coalesce(u.origin, 'directory') = 'directory' THEN 'deleted'
    WHEN u.id IS NOT NULL THEN u.status
    WHEN v.status = 'unknown' THEN 'enabled' ELSE v.status END"""
"""Whether they can use the server is kept of now only; of the past, what directories said."""

_PEOPLE: Final = """
SELECT p.id AS person_id, p.public_id AS id, v.display_name, v.email, v.department, v.job_title,
    {status} AS status, coalesce(u.origin, 'directory') AS origin, 'human' AS kind,
    v.manager_ids[1] AS manager_id, p.created_at, v.manager_ids
FROM people p
JOIN person_versions v ON v.person_id = p.id AND {v}
LEFT JOIN platform_users u ON u.id = p.user_id
"""

_OTHERS: Final = """
SELECT NULL, u.public_id, u.display_name, coalesce(u.email, ''), '', '', u.status, u.origin,
    u.kind, NULL, u.created_at, CAST('{}' AS text[])
FROM platform_users u
WHERE u.origin <> 'directory' AND NOT EXISTS (SELECT FROM people p WHERE p.user_id = u.id)
"""

_SHOWN: Final = """
SELECT s.id, s.display_name, s.email, s.department, s.job_title, s.status, s.origin, s.kind,
    coalesce(s.manager_id, '') AS manager_id, coalesce(mv.display_name, '') AS manager_name,
    (SELECT count(*) FROM account_owners o WHERE o.person_id = s.person_id AND {o}) AS accounts,
    s.created_at
FROM found s
LEFT JOIN people m ON m.public_id = s.manager_id
LEFT JOIN person_versions mv ON mv.person_id = m.id AND {mv}
"""

_FACTS: Final = """p.public_id, v.display_name, v.given_name, v.family_name, v.email, v.emails,
    v.username, v.usernames, v.employee_ids, v.department, v.job_title, v.employment_status,
    v.employment_type, v.status, v.manager_ids, v.profile, v.sources, v.valid_from
"""

ORDERS: Final = {
    "name": "lower(e.display_name)",
    "email": "lower(e.email)",
    "department": "lower(nullif(e.department, ''))",
    "title": "lower(nullif(e.job_title, ''))",
    "status": "e.status",
    "origin": "e.origin",
    "created": "e.created_at",
}

_CONDITIONS: Final = {
    "statuses": "e.status = ANY (:statuses)",
    "kinds": "e.kind = ANY (:kinds)",
    "departments": "e.department = ANY (:departments)",
    "manager_ids": "e.manager_ids && CAST(:manager_ids AS text[])",
}


@dataclass(frozen=True)
class ListedPerson:
    """`manager_id` is empty of who has none; `kind` is human or service."""

    id: str
    display_name: str
    email: str
    department: str
    job_title: str
    status: str
    origin: str
    kind: str
    manager_id: str
    manager_name: str
    accounts: int
    created_at: datetime


@dataclass(frozen=True)
class ListFilter:
    """What is empty lets everything through, but deleted people have to be asked for."""

    query: str = ""
    statuses: Sequence[str] = ()
    kinds: Sequence[str] = ()
    departments: Sequence[str] = ()
    manager_ids: Sequence[str] = ()


def read(
    connection: sa.Connection,
    wanted: ListFilter,
    *,
    at: datetime | None,
    order: str,
    descending: bool,
    offset: int,
    size: int,
) -> list[ListedPerson]:
    """`order` is a key of `ORDERS`."""
    source, values = _source(wanted, at)
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, {ORDERS['name']}, e.id"
    found = f"SELECT e.*, row_number() OVER (ORDER BY {by}) AS place {source}"
    query = (
        f"WITH found AS ({found} ORDER BY {by} LIMIT :size OFFSET :offset) "
        f"{_SHOWN.format(o=_valid('o', at), mv=_valid('mv', at))} ORDER BY s.place"
    )
    rows = connection.execute(sa.text(query), {**values, "size": size, "offset": offset})
    return [ListedPerson(**row) for row in rows.mappings()]


def count(connection: sa.Connection, wanted: ListFilter, *, at: datetime | None) -> int:
    source, values = _source(wanted, at)
    return int(connection.execute(sa.text(f"SELECT count(*) {source}"), values).scalar_one())


def departments(connection: sa.Connection) -> list[str]:
    query = sa.text(
        "SELECT DISTINCT department FROM person_versions "
        "WHERE valid_to = 'infinity' AND department <> '' ORDER BY 1 LIMIT 100"
    )
    return list(connection.scalars(query))


def person_at(connection: sa.Connection, public_id: str, at: datetime) -> Person | None:
    """As directories told of them then; None when nobody did."""
    query = sa.text(
        f"SELECT {_FACTS} FROM people p JOIN person_versions v ON v.person_id = p.id "  # noqa: S608
        f"AND {_valid('v', at)} WHERE p.public_id = :id"
    )
    row = connection.execute(query, {"id": public_id, "at": at}).one_or_none()
    return None if row is None else person_of(row)


@dataclass(frozen=True)
class Version:
    """What a person was from `since` until `ended_at`."""

    person: Person
    since: datetime
    ended_at: datetime | None


def history(connection: sa.Connection, public_id: str) -> list[Version]:
    """Every version, the oldest first."""
    query = sa.text(
        f"SELECT {_FACTS}, nullif(v.valid_to, 'infinity') AS ended FROM people p "  # noqa: S608
        "JOIN person_versions v ON v.person_id = p.id WHERE p.public_id = :id "
        "ORDER BY v.valid_from"
    )
    rows = connection.execute(query, {"id": public_id})
    return [Version(person_of(row), row.valid_from, row.ended) for row in rows]


def account_ids(
    connection: sa.Connection, public_id: str, at: datetime | None, since: datetime | None = None
) -> list[str]:
    """Of the accounts that are a person's at the instant, or were at `since`."""
    then = " OR o.valid_from <= :since AND o.valid_to > :since" if since else ""
    query = sa.text(
        "SELECT DISTINCT r.public_id FROM account_owners o JOIN people p ON p.id = o.person_id "  # noqa: S608
        "JOIN resources r ON r.id = o.resource_id "
        f"WHERE p.public_id = :id AND ({_valid('o', at)}{then}) ORDER BY 1"
    )
    return list(connection.scalars(query, {"id": public_id, "at": at, "since": since}))


def names(
    connection: sa.Connection, public_ids: Sequence[str], at: datetime | None
) -> dict[str, str]:
    """Of people, by public id."""
    query = sa.text(
        "SELECT p.public_id, v.display_name FROM people p JOIN person_versions v "  # noqa: S608
        f"ON v.person_id = p.id AND {_valid('v', at)} WHERE p.public_id = ANY (:ids)"
    )
    return {
        row[0]: row[1] for row in connection.execute(query, {"ids": list(public_ids), "at": at})
    }


def _valid(alias: str, at: datetime | None) -> str:
    return (NOW if at is None else THEN).format(alias)


def _source(wanted: ListFilter, at: datetime | None) -> tuple[str, dict[str, Any]]:
    people = _PEOPLE.format(v=_valid("v", at), status=_STATUS if at is None else "v.status")
    everybody = f"{people} UNION ALL {_OTHERS}" if at is None else people
    conditions = ["true"] if wanted.statuses else ["e.status <> 'deleted'"]
    values: dict[str, Any] = {"at": at}
    for name, condition in _CONDITIONS.items():
        if chosen := getattr(wanted, name):
            conditions.append(condition)
            values[name] = list(chosen)
    if wanted.query:
        conditions.append("(e.display_name ILIKE :containing OR e.email ILIKE :containing)")
        values["containing"] = containing(wanted.query)
    return f"FROM ({everybody}) e WHERE {' AND '.join(conditions)}", values
