"""Accounts and whose they are, now and at any instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.store.time import valid
from ostiary.server.catalog.store.asked import containing
from ostiary.server.catalog.store.narrowing import Candidates, Way, page
from ostiary.server.catalog.store.owned import OWNED
from ostiary.server.kernel.errors import not_found

_ACCOUNTS: Final = """
SELECT r.id AS key, r.public_id AS id, a.public_id AS app_id, v.display_name, v.login,
    v.login_aliases, v.emails, v.status, v.status_details, v.profile,
    coalesce(v.traits -> 'UserTrait' -> 'employeeIds', '[]') AS employee_ids,
    coalesce(e.account_type, 'user') AS account_type, coalesce(p.public_id, '') AS owner_id,
    coalesce(o.reason, '') AS owner_reason, {external} AS external,
    r.created_at, v.valid_from AS since
FROM resources r
JOIN connector_feeds f ON f.id = r.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_type_versions tv ON tv.resource_type_id = r.resource_type_id
    AND 'user' = ANY (tv.traits) AND {types}
JOIN resource_versions v ON v.resource_id = r.id AND {version}
LEFT JOIN account_edits e ON e.resource_id = r.id
LEFT JOIN account_owners o ON o.resource_id = r.id AND {ownership}
LEFT JOIN people p ON p.id = o.person_id
"""

_TYPES: Final = """
SELECT DISTINCT t.id FROM resource_types t
JOIN connector_feeds f ON f.id = t.feed_id
JOIN apps a ON a.id = f.app_id
JOIN resource_type_versions tv ON tv.resource_type_id = t.id
WHERE """

_NAMED: Final = """(v.display_name ILIKE :containing OR v.login ILIKE :containing
    OR (v.emails[1] IS DISTINCT FROM v.login OR cardinality(v.emails) > 1)
        AND array_to_string(v.emails, ' ') ILIKE :containing)"""
"""Most accounts have one address and sign in with it; to look at it once more would be slow."""

_CONDITIONS: Final = {
    "app_ids": "a.public_id = ANY (:app_ids)",
    "ids": "r.public_id = ANY (:ids)",
    "excluded_ids": "r.public_id <> ALL (:excluded_ids)",
    "owner_ids": "p.public_id = ANY (:owner_ids)",
    "statuses": "v.status = ANY (:statuses)",
    "types": "coalesce(e.account_type, 'user') = ANY (:types)",
    "status_details": "v.status_details = ANY (:status_details)",
}

_DOMAIN: Final = """(SELECT rtrim(lower(btrim(substring(coalesce(
    (SELECT each FROM unnest(v.emails) WITH ORDINALITY AS emails (each, place)
        WHERE position('@' IN each) > 0 ORDER BY place LIMIT 1),
    CASE WHEN position('@' IN v.login) > 0 THEN v.login END, '@') FROM '[^@]*$'))), '.'))"""

_EXTERNAL: Final = f"""EXISTS (
    SELECT FROM (SELECT {_DOMAIN} AS domain) AS address
    WHERE address.domain <> '' AND EXISTS (SELECT FROM trusted_domains)
        AND NOT EXISTS (SELECT FROM trusted_domains d WHERE address.domain = d.domain
            OR address.domain LIKE '%.' || d.domain))
"""  # noqa: S608


@dataclass(frozen=True)
class Account:
    """`owner_id` is the public id of a person, empty where nobody owns it; `owner_reason` is how
    they were found; `external`: by the domains that are trusted now; `key` is internal."""

    key: int
    id: str
    app_id: str
    display_name: str
    login: str
    login_aliases: Sequence[str]
    emails: Sequence[str]
    status: str
    status_details: str
    profile: Mapping[str, Any]
    employee_ids: Sequence[str]
    account_type: str
    owner_id: str
    owner_reason: str
    external: bool
    created_at: datetime
    since: datetime


@dataclass(frozen=True)
class AccountFilter:
    """What is empty lets everything through. `viewer`: only in apps that this user owns.

    `external`: by the domains that are trusted now. `impossible` lets nothing through.
    """

    app_ids: Sequence[str] = ()
    ids: Sequence[str] = ()
    excluded_ids: Sequence[str] = ()
    owner_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    types: Sequence[str] = ()
    status_details: Sequence[str] = ()
    external: bool | None = None
    ownerless: bool = False
    impossible: bool = False
    query: str = ""
    viewer: str | None = None


def accounts(
    connection: sa.Connection,
    wanted: AccountFilter,
    *,
    at: datetime | None = None,
    after: int = 0,
    size: int = 100,
) -> list[Account]:
    """In the order in which they were first seen, from above the key `after`."""
    conditions = _switches(wanted)
    values: dict[str, Any] = {"at": at, "viewer": wanted.viewer}
    for name, condition in _CONDITIONS.items():
        if chosen := getattr(wanted, name):
            conditions.append(condition)
            values[name] = list(chosen)
    if wanted.query:
        conditions.append(_NAMED)
        values["containing"] = containing(wanted.query)
    query = _ACCOUNTS.format(
        types=valid("tv", at),
        version=valid("v", at),
        ownership=valid("o", at),
        external=_EXTERNAL,
    )
    conditions.append("r.id = ANY (:keys)")
    statement = sa.text(f"{query} WHERE {' AND '.join(conditions)} ORDER BY r.id LIMIT :most")

    def read(keys: Sequence[int], most: int) -> list[Account]:
        found = connection.execute(statement, {**values, "keys": list(keys), "most": most})
        return [Account(**row) for row in found.mappings()]

    return page(connection, _candidates(connection, wanted, at), read, after, size)


def _candidates(
    connection: sa.Connection, wanted: AccountFilter, at: datetime | None
) -> Candidates:
    """A superset of what is wanted, by the narrowest part of it."""
    if wanted.ids:
        looked_up = Way("r.id", "FROM resources r WHERE r.public_id = ANY (:ids)")
        return Candidates([looked_up], {"ids": list(wanted.ids)})
    if wanted.owner_ids:
        people = "SELECT p.id FROM people p WHERE p.public_id = ANY (:owners)"
        owned = f"FROM account_owners o WHERE o.person_id IN ({people}) AND {valid('o', at)}"
        owners = {"owners": list(wanted.owner_ids), "at": at}
        return Candidates([Way("o.resource_id", owned)], owners)
    values: dict[str, Any] = {"at": at, "types": _account_types(connection, wanted, at)}
    of_types = "r.resource_type_id = ANY (:types)"
    if not wanted.query:
        return Candidates([Way("r.id", f"FROM resources r WHERE {of_types}")], values)
    values["containing"] = containing(wanted.query)
    joined = f"FROM resource_versions v JOIN resources r ON r.id = v.resource_id AND {of_types}"
    named = Way("v.resource_id", f"{joined} WHERE {valid('v', at)} AND {_NAMED}")
    return Candidates([named], values)


def _account_types(
    connection: sa.Connection, wanted: AccountFilter, at: datetime | None
) -> list[int]:
    """Of the apps that are asked for: few, and the planner can tell how much there is of each."""
    conditions = ["'user' = ANY (tv.traits)", valid("tv", at)]
    conditions += [OWNED] if wanted.viewer is not None else []
    conditions += [_CONDITIONS["app_ids"]] if wanted.app_ids else []
    values = {"app_ids": list(wanted.app_ids), "viewer": wanted.viewer, "at": at}
    return list(connection.scalars(sa.text(_TYPES + " AND ".join(conditions)), values))


def _switches(wanted: AccountFilter) -> list[str]:
    external = "" if wanted.external else "NOT "
    switches = {
        OWNED: wanted.viewer is not None,
        f"{external}{_EXTERNAL}": wanted.external is not None,
        "p.id IS NULL": wanted.ownerless,
        "false": wanted.impossible,
    }
    return [condition for condition, on in switches.items() if on]


def accounts_by_id(
    connection: sa.Connection, ids: Sequence[str], at: datetime | None
) -> dict[str, Account]:
    if not ids:
        return {}
    found = accounts(connection, AccountFilter(ids=ids), at=at, size=len(ids))
    return {account.id: account for account in found}


def app_of_entitlements(connection: sa.Connection, ids: Sequence[str]) -> dict[str, str]:
    """Public ids of apps by those of their entitlements."""
    query = sa.text(
        "SELECT e.public_id, a.public_id AS app_id FROM entitlements e "
        "JOIN connector_feeds f ON f.id = e.feed_id JOIN apps a ON a.id = f.app_id "
        "WHERE e.public_id = ANY (:ids)"
    )
    return {row.public_id: row.app_id for row in connection.execute(query, {"ids": list(ids)})}


def app_names(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """By public id."""
    query = sa.text(
        "SELECT public_id, coalesce(edited_name, display_name) AS name FROM apps "
        "WHERE public_id = ANY (:ids)"
    )
    return {row.public_id: row.name for row in connection.execute(query, {"ids": list(ids)})}


def check_in_app(connection: sa.Connection, app_id: str, entitlement_id: str) -> None:
    """`AppError` NotFound unless the entitlement belongs to the app."""
    if app_of_entitlements(connection, [entitlement_id]).get(entitlement_id) != app_id:
        raise not_found(f"There is no entitlement {entitlement_id} in the app {app_id}.")
