"""From what operators call people, apps and accounts to what they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ostiary.server.access.store import naming
from ostiary.server.directory.store import directories, person_search, reading
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.person_search import Found as FoundPerson
from ostiary.server.directory.store.reading import Found as FoundAccount
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import invalid, not_found

EVERYBODY = ("enabled", "disabled", "deleted", "unknown")
MOST = 100_000

Named = TypeVar("Named", FoundPerson, FoundAccount)


def find_person(connection: Connection, name: str) -> FoundPerson:
    """By id, e-mail address, or whole name in any case. `AppError` for none or several."""
    if found := person_search.find(connection, name):
        return found
    wanted = PersonFilter(email=name, statuses=EVERYBODY)
    if found_by_email := person_search.people(connection, wanted, None, MOST):
        return _only(found_by_email, name, [each.person.id for each in found_by_email])
    alike = person_search.people(
        connection, PersonFilter(query=name, statuses=EVERYBODY), None, MOST
    )
    namesakes = [each for each in alike if each.sort_name == name.lower()]
    return _only(namesakes, name, [each.person.id for each in namesakes])


def find_app(connection: Connection, name: str) -> str:
    """The public id of an app, by id or name."""
    if directories.find_app(connection, name):
        return name
    found = directories.apps_named(connection, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise invalid(f"{name} could be any app of {', '.join(found)}.")
    raise not_found(f"There is no app {name}.")


def find_account(connection: Connection, app_id: str, name: str) -> FoundAccount:
    """By id, login, e-mail address, name, or the connector's id."""
    found = reading.find_account(connection, app_id, name)
    if found is None:
        identity = naming.principal(connection, name)
        found = reading.find_account(connection, app_id, identity)
    if found is None:
        raise not_found(f"There is no account {name} in this app.")
    return found


def accounts_of(connection: Connection, person_id: str) -> list[str]:
    """Ids of all accounts of a person, in all apps."""
    wanted = reading.AccountFilter(owner_ids=[person_id])
    return [each.id for each in reading.accounts(connection, wanted, None, MOST)]


def _only(found: Sequence[Named], name: str, ids: Sequence[str]) -> Named:
    if not found:
        raise not_found(f"There is nobody called {name}.")
    if len(found) > 1:
        raise invalid(f"{name} could be any of {', '.join(ids)}.")
    return found[0]
