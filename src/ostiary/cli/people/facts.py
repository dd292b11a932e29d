"""What the commands tell of people, as JSON holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from ostiary.server.access import store as access
from ostiary.server.access.facts import Grant
from ostiary.server.directory.actions import Refreshed
from ostiary.server.directory.rules.standing import is_external
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store import directories, person_search, reading
from ostiary.server.directory.store.assembling import Preview
from ostiary.server.directory.store.directories import Stored
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.person_search import Found
from ostiary.server.directory.store.reading import AccountFilter
from ostiary.server.directory.store.reading import Found as Account
from ostiary.server.kernel.authz.roles import find_role
from ostiary.server.kernel.database import Connection

PAGE: Final = 1000

ATTRIBUTES: Final = {
    "email": "emails",
    "username": "usernames",
    "employee_id": "employee_ids",
    "department": "department",
    "job_title": "job_title",
    "employment_status": "employment_status",
    "employment_type": "employment_type",
    "manager": "manager_ids",
    "directory_status": "status",
}
"""By the names of their sources."""


def app_names(connection: Connection, found: Iterable[Found]) -> dict[str, str]:
    return reading.app_names(
        connection, sorted({key for each in found for key in each.directory_ids})
    )


def brief(found: Found, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": found.person.id,
        "name": found.person.display_name,
        "email": found.person.email,
        "status": found.status,
        "department": found.person.department,
        "title": found.person.job_title,
        "directories": ", ".join(names.get(key, key) for key in found.directory_ids),
        "roles": ", ".join(
            role.name if (role := find_role(key)) else key for key in found.role_ids
        ),
    }


def details(connection: Connection, found: Found) -> dict[str, Any]:
    wanted = AccountFilter(owner_ids=[found.person.id])
    owned = list(_accounts(connection, wanted))
    sources = {source.app_id for each in found.person.sources.values() for source in each}
    names = reading.app_names(connection, sorted({*sources, *(each.app_id for each in owned)}))
    trusted = directories.domains(connection)
    return {
        **brief(found, {**names, **app_names(connection, [found])}),
        "origin": found.origin,
        "created": _said(found.created_at),
        "deleted": _said(found.deleted_at) if found.deleted_at else None,
        "managers": _names(connection, found.person.manager_ids),
        "attributes": _attributes(connection, found.person, names),
        "accounts": [account(each, names, trusted) for each in owned],
        "access": [held(grant) for grant in _held(connection, owned)],
    }


def account(found: Account, names: Mapping[str, str], trusted: list[str]) -> dict[str, Any]:
    return {
        "id": found.id,
        "app": names.get(found.app_id, found.app_id),
        "account": found.display_name,
        "login": found.login,
        "status": found.status,
        "type": found.account_type,
        "external": is_external(found.emails, found.login, trusted),
        "owner": found.owner_id,
        "because": "cleared" if found.owner_decided and not found.owner_id else found.reason,
    }


def accounts(connection: Connection, wanted: AccountFilter) -> list[dict[str, Any]]:
    found = list(_accounts(connection, wanted))
    names = reading.app_names(connection, sorted({each.app_id for each in found}))
    trusted = directories.domains(connection)
    return [account(each, names, trusted) for each in found]


def held(grant: Grant) -> dict[str, Any]:
    return {
        "account": grant.principal.display_name,
        "resource": grant.entitlement.resource.display_name,
        "entitlement": grant.entitlement.external_id,
        "entitlement_id": grant.entitlement.id,
        "entitlement_name": grant.entitlement.display_name or grant.entitlement.slug,
        "direct": grant.direct,
        "since": _said(grant.granted_at),
    }


def preview(found: Preview) -> dict[str, Any]:
    return {
        "added": [_change(each) for each in found.added],
        "removed": [_change(each) for each in found.removed],
        "undecided": [
            {"id": each.public_id, "name": each.display_name, "email": next(iter(each.emails), "")}
            for each in found.undecided
        ],
    }


def refreshed(done: Refreshed) -> dict[str, dict[str, int]]:
    return {"people": asdict(done.people), "owners": asdict(done.owners)}


def directory(stored: Stored) -> dict[str, Any]:
    return {
        "id": stored.directory.app_id,
        "app": stored.app_name,
        "condition": stored.directory.condition or "(human accounts)",
        "merged_by": [asdict(case) for case in stored.directory.merge_cases]
        or "email, employee id",
        "sign_in_issuer": stored.sign_in_issuer,
        "since": _said(stored.created_at),
    }


def _change(person: Person) -> dict[str, Any]:
    new = person.id.startswith("(new)")
    return {
        "id": "" if new else person.id,
        "name": person.display_name,
        "email": person.email,
    }


def _attributes(
    connection: Connection, person: Person, names: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for name, field in ATTRIBUTES.items():
        value = getattr(person, field)
        sources = person.sources.get(name, ())
        if not value and not sources:
            continue
        if name == "manager":
            value = _names(connection, value)
        told[name] = {
            "value": list(value) if isinstance(value, tuple) else value,
            "sources": [
                {
                    "app": names.get(source.app_id, source.app_id),
                    "account_id": source.account_id,
                    "key": source.key,
                    "value": source.value,
                }
                for source in sources
            ],
        }
    return told


def _names(connection: Connection, ids: Iterable[str]) -> list[str]:
    wanted = list(ids)
    if not wanted:
        return []
    found = person_search.people(connection, PersonFilter(ids=wanted), None, len(wanted))
    return [each.person.display_name or each.person.email for each in found]


def _accounts(connection: Connection, wanted: AccountFilter) -> Iterator[Account]:
    after = None
    while True:
        found = reading.accounts(connection, wanted, after, PAGE)
        yield from found
        if len(found) < PAGE:
            return
        after = (found[-1].sort_name, found[-1].resource_id)


def _held(connection: Connection, owned: list[Account]) -> Iterator[Grant]:
    after = ""
    ids = [each.id for each in owned]
    while ids:
        page = access.what_has(connection, ids, after=after, size=PAGE)
        yield from page.items
        after = page.next
        if not after:
            return


def _said(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
