"""Everybody there is: people whom directories tell of, and who uses the server besides.

Both are gone through in order and cut off apart, so that each can follow an index; then they are
one. Columns: `public_id`, `sort_name`, `status` (what directories say), `user_status` (whether they
can use the server), `kind`, `origin`, `user_id`, `person_id`, and what a person is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ostiary.server.catalog.store.asked import NOW, THEN, containing


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


_SORT_NAME: Final = "lower(left({0}.display_name, 200))"
"""The beginning of the name: an index takes no text of any length."""

_FACTS: Final = (
    "v.given_name, v.family_name, v.emails, v.username, v.usernames, v.employee_ids, "
    "v.department, v.job_title, v.employment_status, v.employment_type, v.manager_ids, "
    "v.profile, v.sources"
)

_STATUS: Final = """CASE
    WHEN v.status = 'deleted' AND coalesce(u.origin, 'directory') = 'directory' THEN 'deleted'
    WHEN u.id IS NOT NULL THEN u.status
    WHEN v.status = 'unknown' THEN 'enabled' ELSE v.status END"""
"""Whether they can use the server is kept of now only; of the past, what directories said."""

_PEOPLE: Final = f"""
SELECT p.public_id, v.display_name, {_SORT_NAME.format("v")} AS sort_name, v.email, v.status,
    {_FACTS}, 'human' AS kind, coalesce(u.origin, 'directory') AS origin,
    {{status}} AS user_status, p.created_at, greatest(v.valid_from, u.updated_at) AS updated_at,
    CASE WHEN v.status = 'deleted' THEN v.valid_from END AS deleted_at, u.id AS user_id,
    v.person_id, {{deleted}} AS deleted
FROM person_versions v
LEFT JOIN people p ON p.id = v.person_id
LEFT JOIN platform_users u ON u.id = p.user_id
WHERE {{v}}
"""  # noqa: S608
"""Every version is somebody's. That it is not asked for lets PostgreSQL count without looking."""

_DELETED: Final = f"""
SELECT v.person_id FROM person_versions v
JOIN people p ON p.id = v.person_id
LEFT JOIN platform_users u ON u.id = p.user_id
WHERE v.valid_to = 'infinity' AND {_STATUS} = 'deleted' AND v.person_id IN (
    SELECT d.person_id FROM person_versions d
    WHERE d.valid_to = 'infinity' AND d.status = 'deleted'
    UNION ALL
    SELECT q.id FROM people q JOIN platform_users d ON d.id = q.user_id
    WHERE d.status = 'deleted')
"""  # noqa: S608
"""Few, and so found before all else: to work out what everybody is takes a while."""

_OTHERS: Final = f"""
SELECT u.public_id, u.display_name, {_SORT_NAME.format("u")} AS sort_name,
    coalesce(u.email, '') AS email, 'unknown' AS status, '' AS given_name, '' AS family_name,
    array_remove(ARRAY[u.email], NULL) AS emails, coalesce(u.email, '') AS username,
    array_remove(ARRAY[u.email], NULL) AS usernames, '{{}}'::text[] AS employee_ids,
    '' AS department, '' AS job_title, '' AS employment_status, '' AS employment_type,
    '{{}}'::text[] AS manager_ids, '{{}}'::jsonb AS profile, '{{}}'::jsonb AS sources, u.kind,
    u.origin, u.status AS user_status, u.created_at, u.updated_at, u.deleted_at,
    u.id AS user_id, NULL::bigint AS person_id, u.status = 'deleted' AS deleted
FROM platform_users u
WHERE u.origin <> 'directory' AND NOT EXISTS (SELECT FROM people p WHERE p.user_id = u.id)
"""  # noqa: S608
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


class Everybody:
    """Who of all is wanted at an instant (None: now), as parts of queries with their values."""

    def __init__(self, wanted: PersonFilter, at: datetime | None) -> None:
        self.values: dict[str, Any] = {"at": at}
        self._at = at
        self._conditions = ["true"]
        for name, condition in _CONDITIONS.items():
            if value := getattr(wanted, name):
                self.where(condition, **{name: value if isinstance(value, str) else list(value)})
        if wanted.query:
            self.values["query"] = containing(wanted.query)
        if not wanted.statuses and not wanted.ids:
            self.where("NOT e.deleted")

    def where(self, condition: str, **values: Any) -> None:
        """One more condition, over `e`."""
        self._conditions.append(condition)
        self.values.update(values)

    def first(self, order: str) -> str:
        """A query for the `:size` of them that come after `:offset` others in the order."""
        some = f"ORDER BY {order} LIMIT :size + :offset"
        merged = " UNION ALL ".join(f"({each} {some})" for each in self._chosen("e.*"))
        return f"SELECT e.* FROM ({merged}) e ORDER BY {order} LIMIT :size OFFSET :offset"  # noqa: S608

    def number(self) -> str:
        """A query for how many they are."""
        counts = " UNION ALL ".join(self._chosen("count(*) AS number"))
        return f"SELECT sum(number) FROM ({counts}) counts"  # noqa: S608

    def _chosen(self, columns: str) -> Iterator[str]:
        for source in self._sources():
            yield f"SELECT {columns} FROM ({source}) e WHERE {' AND '.join(self._conditions)}"  # noqa: S608

    def _sources(self) -> list[str]:
        if self._at is None:
            deleted = f"v.person_id = ANY (ARRAY({_DELETED}))"
            now = _PEOPLE.format(v=NOW.format("v"), status=_STATUS, deleted=deleted)
            return [now, _OTHERS]
        deleted = "v.status = 'deleted'"
        return [_PEOPLE.format(v=THEN.format("v"), status="v.status", deleted=deleted)]
