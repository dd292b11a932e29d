"""Accounts as the rules take them, with what people decided about them here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.directory.rules.assembly import Link, Past
from ostiary.server.directory.rules.subjects import Account

CHUNK: Final = 5000

_ACCOUNTS: Final = sa.text(
    """
    SELECT r.id, r.public_id, a.public_id AS app_id, r.external_id, v.display_name, v.login,
        v.login_aliases, v.emails, v.status,
        CASE WHEN :profiles THEN v.profile ELSE '{}' END AS profile,
        v.traits -> 'UserTrait' AS said,
        coalesce(e.owner_decided, false) AS decided, e.owner_user_id AS decided_owner
    FROM connector_feeds f
    JOIN apps a ON a.id = f.app_id AND a.deleted_at IS NULL
    JOIN resource_types t ON t.feed_id = f.id
    JOIN resource_type_versions tv ON tv.resource_type_id = t.id
        AND tv.valid_to = 'infinity' AND 'user' = ANY (tv.traits)
    JOIN resources r ON r.resource_type_id = t.id
    JOIN resource_versions v ON v.resource_id = r.id AND v.valid_to = 'infinity'
    LEFT JOIN account_edits e ON e.resource_id = r.id
    WHERE a.public_id = ANY (:apps)
    ORDER BY r.id
    """
)

_PAST: Final = sa.text(
    """
    SELECT DISTINCT ON (o.resource_id) o.resource_id, p.public_id, o.reason,
        o.valid_to = 'infinity' AS current
    FROM account_owners o
    JOIN people p ON p.id = o.person_id
    JOIN resources r ON r.id = o.resource_id
    JOIN connector_feeds f ON f.id = r.feed_id
    JOIN apps a ON a.id = f.app_id
    WHERE a.public_id = ANY (:apps) AND o.reason <> 'manual'
    ORDER BY o.resource_id, o.valid_from DESC, o.id DESC
    """
)


@dataclass(frozen=True, slots=True)
class Known:
    """`decided`: somebody set the owner by hand, or cleared it (`decided_owner` is None)."""

    account: Account
    decided: bool
    decided_owner: str | None


def of_apps(
    connection: sa.Connection, app_ids: Sequence[str], *, profiles: bool = True
) -> Iterator[Known]:
    """The accounts that are there now, by internal id."""
    values = {"apps": list(app_ids), "profiles": profiles}
    rows = connection.execute(_ACCOUNTS, values).yield_per(CHUNK)
    for row in rows:
        yield Known(_account(row), row.decided, row.decided_owner)


def past_links(connection: sa.Connection, app_ids: Sequence[str]) -> dict[int, Past]:
    rows = connection.execute(_PAST, {"apps": list(app_ids)})
    return {
        resource_id: Past(Link(person, reason), current)
        for resource_id, person, reason, current in rows
    }


def _account(row: sa.Row[Any]) -> Account:
    said = row.said or {}
    return Account(
        id=row.id,
        public_id=row.public_id,
        app_id=row.app_id,
        external_id=row.external_id,
        display_name=row.display_name,
        login=row.login,
        login_aliases=tuple(row.login_aliases),
        emails=tuple(row.emails),
        status=row.status,
        profile=row.profile,
        given_name=said.get("givenName", ""),
        family_name=said.get("familyName", ""),
        employee_ids=tuple(said.get("employeeIds", ())),
        kind=_kind(said.get("accountType", "")),
    )


def _kind(said: str) -> str:
    return said if said in ("human", "service", "system") else "unspecified"
