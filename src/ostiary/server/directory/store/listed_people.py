"""People as lists of pages show them, now and at an instant: in any order, filtered, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import NOW, THEN
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.everybody import Everybody, PersonFilter
from ostiary.server.directory.store.people import person_of

_SHOWN: Final = """
SELECT e.public_id AS id, e.display_name, e.email, e.department, e.job_title,
    e.user_status AS status, e.origin, e.kind, coalesce(e.manager_ids[1], '') AS manager_id,
    coalesce(mv.display_name, '') AS manager_name,
    (SELECT count(*) FROM account_owners o WHERE o.person_id = e.person_id AND {o}) AS accounts,
    e.created_at
FROM found e
LEFT JOIN people m ON m.public_id = e.manager_ids[1]
LEFT JOIN person_versions mv ON mv.person_id = m.id AND {mv}
"""

_DEPARTMENTS: Final = """
WITH RECURSIVE named AS (
    SELECT '' AS department
    UNION ALL
    SELECT (
        SELECT v.department FROM person_versions v
        WHERE v.valid_to = 'infinity' AND length(v.department) <= 200
            AND v.department > n.department
        ORDER BY v.department LIMIT 1
    ) FROM named n WHERE n.department IS NOT NULL
)
SELECT department FROM named WHERE department <> '' LIMIT 100
"""
"""From one to the next along an index: going through everybody for them takes a while."""

_FACTS: Final = """p.public_id, v.display_name, v.given_name, v.family_name, v.email, v.emails,
    v.username, v.usernames, v.employee_ids, v.department, v.job_title, v.employment_status,
    v.employment_type, v.status, v.manager_ids, v.profile, v.sources, v.valid_from
"""

ORDERS: Final = {
    "name": "e.sort_name",
    "email": "lower(e.email)",
    "department": "lower(nullif(e.department, ''))",
    "title": "lower(nullif(e.job_title, ''))",
    "status": "e.user_status",
    "origin": "e.origin",
    "created": "e.created_at",
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


def read(
    connection: sa.Connection,
    wanted: PersonFilter,
    *,
    at: datetime | None,
    order: str,
    descending: bool,
    offset: int,
    size: int,
) -> list[ListedPerson]:
    """`order` is a key of `ORDERS`."""
    everybody = Everybody(wanted, at)
    direction = "DESC" if descending else "ASC"
    by = f"{ORDERS[order]} {direction} NULLS LAST, e.sort_name, e.public_id"
    if order == "name":  # never unknown, and so an index has them in this order
        by = f"e.sort_name {direction}, e.public_id {direction}"
    shown = _SHOWN.format(o=_valid("o", at), mv=_valid("mv", at))
    query = f"WITH found AS ({everybody.first(by)}) {shown} ORDER BY {by}"
    rows = connection.execute(sa.text(query), {**everybody.values, "size": size, "offset": offset})
    return [ListedPerson(**row) for row in rows.mappings()]


def count(connection: sa.Connection, wanted: PersonFilter, *, at: datetime | None) -> int:
    everybody = Everybody(wanted, at)
    return int(connection.execute(sa.text(everybody.number()), everybody.values).scalar_one())


def departments(connection: sa.Connection) -> list[str]:
    """By name, the first hundred, without names too long to choose by."""
    return list(connection.scalars(sa.text(_DEPARTMENTS)))


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
