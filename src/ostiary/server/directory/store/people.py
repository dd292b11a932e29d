"""People and their versions: set-based, and nothing is written that says nothing new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.directory.rules.subjects import Person, SignIn, Source
from ostiary.server.directory.store.staging import stage
from ostiary.server.kernel.work import UnitOfWork

LOCK: Final = 0x0571A61
"""Whoever says who people are waits for others who do."""

_FACTS: Final = (
    "display_name, given_name, family_name, email, emails, username, usernames, employee_ids, "
    "department, job_title, employment_status, employment_type, manager_ids, profile, sources"
)
_COLUMNS: Final = f"status, {_FACTS}"

_STAGED: Final = """public_id text, display_name text, given_name text, family_name text,
    email text, emails text[], username text, usernames text[], employee_ids text[],
    department text, job_title text, employment_status text, employment_type text, status text,
    manager_ids text[], profile jsonb, sources jsonb"""

_NEW_PEOPLE: Final = """
INSERT INTO people (public_id, created_at)
SELECT s.public_id, :now FROM staged_people s
WHERE NOT EXISTS (SELECT FROM people p WHERE p.public_id = s.public_id)
"""

_CHANGES: Final = f"""
CREATE TEMP TABLE person_changes ON COMMIT DROP AS
WITH seen AS (
    SELECT p.id AS person_id, md5(ROW({_COLUMNS})::text)::uuid AS digest, {_COLUMNS}
    FROM staged_people s JOIN people p ON p.public_id = s.public_id
), gone AS (
    SELECT v.person_id, NULL::uuid AS digest, 'deleted' AS status, {_FACTS}
    FROM person_versions v
    WHERE v.valid_to = 'infinity' AND v.status <> 'deleted'
        AND NOT EXISTS (SELECT FROM seen WHERE seen.person_id = v.person_id)
), wanted AS (SELECT * FROM seen UNION ALL SELECT * FROM gone)
SELECT w.*, c.id AS closes, c.status AS old_status
FROM wanted w
LEFT JOIN person_versions c ON c.person_id = w.person_id AND c.valid_to = 'infinity'
WHERE c.id IS NULL OR w.digest IS DISTINCT FROM c.digest
"""  # noqa: S608

_CLOSE: Final = """
UPDATE person_versions v SET valid_to = :now FROM person_changes c
WHERE v.id = c.closes AND v.valid_from < :now
"""

_SUPERSEDE: Final = """
DELETE FROM person_versions v USING person_changes c WHERE v.id = c.closes AND v.valid_from = :now
"""

_OPEN: Final = f"""
INSERT INTO person_versions (person_id, valid_from, digest, {_COLUMNS})
SELECT person_id, :now, coalesce(digest, md5('gone')::uuid), {_COLUMNS} FROM person_changes
"""  # noqa: S608

_COUNTS: Final = """
SELECT count(*) FILTER (WHERE status <> 'deleted' AND coalesce(old_status, 'deleted') = 'deleted'),
    count(*) FILTER (WHERE status = 'deleted' AND coalesce(old_status, '') <> 'deleted'),
    count(*) FILTER (WHERE status <> 'deleted' AND old_status <> 'deleted')
FROM person_changes
"""

_CURRENT: Final = f"""
SELECT p.public_id, {_COLUMNS}
FROM people p JOIN person_versions v ON v.person_id = p.id AND v.valid_to = 'infinity'
"""  # noqa: S608

_NEITHER: Final = "'{}'::jsonb AS profile, '{}'::jsonb AS sources"
_BRIEF: Final = f"""
SELECT p.public_id, {_COLUMNS.replace("profile, sources", _NEITHER)}
FROM people p JOIN person_versions v ON v.person_id = p.id AND v.valid_to = 'infinity'
"""  # noqa: S608


@dataclass(frozen=True)
class Changes:
    added: int = 0
    removed: int = 0
    changed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def lock(connection: sa.Connection) -> None:
    """Until the transaction ends."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def save(unit: UnitOfWork, people: Iterable[Person]) -> Changes:
    """Makes these all the people there are; whoever is missing is deleted from now on.

    Leaves `person_changes` behind.
    """
    stage(unit.connection, "staged_people", _STAGED, map(_row, people))
    at = {"now": unit.now}
    unit.connection.execute(sa.text(_NEW_PEOPLE), at)
    unit.connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.person_changes")
    unit.connection.exec_driver_sql(_CHANGES)
    for statement in (_CLOSE, _SUPERSEDE, _OPEN):
        unit.connection.execute(sa.text(statement), at)
    return Changes(*unit.connection.exec_driver_sql(_COUNTS).one())


def current(connection: sa.Connection, *, brief: bool = False) -> Iterator[Person]:
    """Everybody, with what is true now; also who is deleted. `brief`: without profiles and
    sources, which are most of the work."""
    for row in connection.exec_driver_sql(_BRIEF if brief else _CURRENT).yield_per(5000):
        yield person_of(row)


def person_of(row: sa.Row[Any]) -> Person:
    return Person(
        id=row.public_id,
        display_name=row.display_name,
        given_name=row.given_name,
        family_name=row.family_name,
        email=row.email,
        emails=tuple(row.emails),
        username=row.username,
        usernames=tuple(row.usernames),
        employee_ids=tuple(row.employee_ids),
        department=row.department,
        job_title=row.job_title,
        employment_status=row.employment_status,
        employment_type=row.employment_type,
        status=row.status,
        manager_ids=tuple(row.manager_ids),
        profile=row.profile,
        sources={
            name: tuple(Source(*each) for each in sources) for name, sources in row.sources.items()
        },
    )


def sign_ins(connection: sa.Connection) -> list[SignIn]:
    """People who sign in without a directory having made them."""
    rows = connection.exec_driver_sql(
        """
        SELECT public_id, email, display_name FROM platform_users
        WHERE kind = 'human' AND origin <> 'directory' AND status <> 'deleted' ORDER BY id
        """
    )
    return [SignIn(*row) for row in rows]


def someone_is_new(connection: sa.Connection) -> bool:
    """Whether somebody signs in who is nobody yet."""
    return bool(
        connection.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM platform_users u WHERE kind = 'human' "
                "AND status <> 'deleted' AND NOT EXISTS ("
                "SELECT FROM people p WHERE p.user_id = u.id))"
            )
        )
    )


def exists(connection: sa.Connection, public_id: str) -> bool:
    found = sa.text("SELECT EXISTS (SELECT FROM people WHERE public_id = :id)")
    return bool(connection.scalar(found, {"id": public_id}))


def _row(person: Person) -> Sequence[Any]:
    return (
        person.id,
        person.display_name,
        person.given_name,
        person.family_name,
        person.email,
        list(person.emails),
        person.username,
        list(person.usernames),
        list(person.employee_ids),
        person.department,
        person.job_title,
        person.employment_status,
        person.employment_type,
        person.status,
        list(person.manager_ids),
        json.dumps(dict(person.profile)),
        json.dumps(
            {
                name: [(each.app_id, each.account_id, each.key, each.value) for each in sources]
                for name, sources in person.sources.items()
            }
        ),
    )
