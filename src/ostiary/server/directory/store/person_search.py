"""People, and services that sign in, as clients ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import containing
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.people import person_of


@dataclass(frozen=True)
class Found:
    """`kind` is human or service; `status` tells whether they can use the server at all, and
    `directory_status` what directories say, which is unknown of who is in none."""

    person: Person
    kind: str
    origin: str
    status: str
    directory_status: str
    directory_ids: Sequence[str]
    role_ids: Sequence[str]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    sort_name: str


@dataclass(frozen=True)
class PersonFilter:
    """What is empty lets everything through, except that deleted people have to be asked for."""

    ids: Sequence[str] = ()
    excluded_ids: Sequence[str] = ()
    query: str = ""
    email: str = ""
    departments: Sequence[str] = ()
    job_titles: Sequence[str] = ()
    manager_ids: Sequence[str] = ()
    role_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    origins: Sequence[str] = ()
    excluded_origins: Sequence[str] = ()
    kinds: Sequence[str] = ()


_FACTS: Final = (
    "given_name, family_name, emails, username, usernames, employee_ids, department, job_title, "
    "employment_status, employment_type, manager_ids, profile, sources"
)

_STATUS: Final = """CASE
    WHEN v.status = 'deleted' AND coalesce(u.origin, 'directory') = 'directory' THEN 'deleted'
    WHEN u.id IS NOT NULL THEN u.status
    WHEN v.status = 'unknown' THEN 'enabled' ELSE v.status END"""

_PEOPLE: Final = f"""
SELECT p.public_id, v.display_name, lower(v.display_name) AS sort_name, v.email, v.status,
    {", ".join("v." + name for name in _FACTS.split(", "))},
    'human' AS kind, coalesce(u.origin, 'directory') AS origin, {_STATUS} AS user_status,
    p.created_at, greatest(v.valid_from, u.updated_at) AS updated_at,
    CASE WHEN v.status = 'deleted' THEN v.valid_from END AS deleted_at, u.id AS user_id,
    p.id AS person_id
FROM people p
JOIN person_versions v ON v.person_id = p.id AND v.valid_to = 'infinity'
LEFT JOIN platform_users u ON u.id = p.user_id
"""  # noqa: S608

_OTHERS: Final = """
SELECT u.public_id, u.display_name, lower(u.display_name) AS sort_name,
    coalesce(u.email, '') AS email, 'unknown' AS status, '' AS given_name, '' AS family_name,
    array_remove(ARRAY[u.email], NULL) AS emails, coalesce(u.email, '') AS username,
    array_remove(ARRAY[u.email], NULL) AS usernames, '{}'::text[] AS employee_ids,
    '' AS department, '' AS job_title, '' AS employment_status, '' AS employment_type,
    '{}'::text[] AS manager_ids, '{}'::jsonb AS profile, '{}'::jsonb AS sources, u.kind,
    u.origin, u.status AS user_status, u.created_at, u.updated_at, u.deleted_at,
    u.id AS user_id, NULL::bigint AS person_id
FROM platform_users u
WHERE u.origin <> 'directory' AND NOT EXISTS (SELECT FROM people p WHERE p.user_id = u.id)
"""
"""Services, and people who signed in since the directories were last gone through. Whom a directory
brought has a person for good; to say so spares a look at each of them."""

_CONDITIONS: Final = {
    "ids": "e.public_id = ANY (:ids)",
    "excluded_ids": "NOT e.public_id = ANY (:excluded_ids)",
    "query": "(e.display_name ILIKE :query OR e.username ILIKE :query "
    "OR (e.emails[1] IS DISTINCT FROM e.username OR cardinality(e.emails) > 1) "
    "AND array_to_string(e.emails, ' ') ILIKE :query)",
    "email": "lower(:email) IN (SELECT lower(each) FROM unnest(e.emails) each)",
    "departments": "e.department = ANY (:departments)",
    "job_titles": "e.job_title = ANY (:job_titles)",
    "manager_ids": "e.manager_ids && CAST(:manager_ids AS text[])",
    "role_ids": "e.user_id IN (SELECT user_id FROM user_roles WHERE role_id = ANY (:role_ids))",
    "statuses": "e.user_status = ANY (:statuses)",
    "origins": "e.origin = ANY (:origins)",
    "excluded_origins": "NOT e.origin = ANY (:excluded_origins)",
    "kinds": "e.kind = ANY (:kinds)",
}

_RELATED: Final = """
SELECT e.*,
    ARRAY(SELECT r.role_id FROM user_roles r WHERE r.user_id = e.user_id ORDER BY 1) AS role_ids,
    ARRAY(SELECT DISTINCT a.public_id FROM account_owners o
        JOIN resources r ON r.id = o.resource_id
        JOIN resource_versions rv ON rv.resource_id = r.id AND rv.valid_to = 'infinity'
        JOIN connector_feeds f ON f.id = r.feed_id
        JOIN directories d ON d.app_id = f.app_id JOIN apps a ON a.id = f.app_id
        WHERE o.person_id = e.person_id AND o.valid_to = 'infinity' AND o.reason <> 'manual'
        ORDER BY 1) AS directory_ids
FROM found e ORDER BY e.sort_name, e.public_id
"""


def people(
    connection: sa.Connection, wanted: PersonFilter, after: Sequence[Any] | None, limit: int
) -> list[Found]:
    """By name; `after` is the name in lower case and the public id of the last one seen."""
    conditions = ["true"]
    values: dict[str, Any] = {"limit": limit}
    for name, condition in _CONDITIONS.items():
        if value := getattr(wanted, name):
            conditions.append(condition)
            values[name] = value if isinstance(value, str) else list(value)
    if wanted.query:
        values["query"] = containing(wanted.query)
    if not wanted.statuses and not wanted.ids:
        conditions.append("e.user_status <> 'deleted'")
    if after is not None:
        # the first of them says nothing new, but the index by name understands it
        conditions.append("e.sort_name >= :after_name")
        conditions.append("(e.sort_name, e.public_id) > (:after_name, :after_id)")
        values |= {"after_name": after[0], "after_id": after[1]}
    some = f"WHERE {' AND '.join(conditions)} ORDER BY e.sort_name, e.public_id LIMIT :limit"
    found = f"""
        WITH found AS (
            (SELECT e.* FROM ({_PEOPLE}) e {some}) UNION ALL (SELECT e.* FROM ({_OTHERS}) e {some})
            ORDER BY sort_name, public_id LIMIT :limit
        ) {_RELATED}
    """  # noqa: S608
    return [_found(row) for row in connection.execute(sa.text(found), values)]


def find(connection: sa.Connection, public_id: str) -> Found | None:
    return next(iter(people(connection, PersonFilter(ids=[public_id]), None, 1)), None)


def _found(row: sa.Row[Any]) -> Found:
    return Found(
        person=person_of(row),
        kind=row.kind,
        origin=row.origin,
        status=row.user_status,
        directory_status=row.status,
        directory_ids=row.directory_ids,
        role_ids=row.role_ids,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        sort_name=row.sort_name,
    )
