"""A person's attributes from their accounts in directories, each with where it comes from.

Accounts come in order of precedence. Of an attribute with one value the first source that has one
counts, and the others are kept as what it would fall back to; of e-mail addresses, usernames and
employee ids all count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.standing import directory_status
from ostiary.server.directory.rules.subjects import Account, Person, Source, distinct, folded

MANAGER: Final = "manager"
EMPLOYEE_ID: Final = "employee_id"


@dataclass(frozen=True)
class Origin:
    """An attribute's source in an account: a key of its profile, or an expression over it."""

    key: str = ""
    cel: str = ""

    @property
    def name(self) -> str:
        return self.key or self.cel

    def values(self, account: Account) -> tuple[str, ...]:
        if self.cel:
            return expressions.account_texts(expressions.account_key(self.cel), account)
        value = account.profile.get(self.key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        return tuple(text for each in values if (text := expressions.text_of(each)))


Mappings = Mapping[str, Sequence[Origin]]


def _keys(*names: str) -> tuple[Origin, ...]:
    return tuple(Origin(key=name) for name in names)


DEFAULT_MAPPINGS: Final[Mappings] = {
    MANAGER: _keys("managerId", "managerEmail", "supervisorEmail", "manager"),
    "department": _keys("department"),
    "job_title": _keys("jobTitle", "title"),
    "employment_status": _keys("employmentStatus", "employeeStatus"),
    "employment_type": _keys("employmentType", "employeeType"),
    EMPLOYEE_ID: _keys("employeeId", "employeeNumber"),
    "additional_email": (),
    "additional_username": (),
}
"""By the names that connectors write into profiles; a directory can name others."""

SINGLE: Final = ("department", "job_title", "employment_status", "employment_type")


@dataclass(frozen=True)
class Part:
    """An account with the mappings of its directory."""

    account: Account
    mappings: Mappings


def describe(person_id: str, parts: Sequence[Part]) -> Person:
    """Without manager: that is another person, known once all are described."""
    accounts = [part.account for part in parts]
    sources = {name: tuple(_sources(parts, name)) for name in (*SINGLE, EMPLOYEE_ID, MANAGER)}
    emails = _gathered(parts, "additional_email", lambda account: account.emails)
    usernames = _gathered(parts, "additional_username", lambda account: account.usernames)
    employee_ids = distinct(
        [
            *(number for account in accounts for number in account.employee_ids),
            *(source.value for source in sources[EMPLOYEE_ID]),
        ]
    )
    return Person(
        id=person_id,
        display_name=_first(accounts, lambda account: account.display_name),
        given_name=_first(accounts, lambda account: account.given_name),
        family_name=_first(accounts, lambda account: account.family_name),
        email=emails[0] if emails else "",
        emails=emails,
        username=usernames[0] if usernames else "",
        usernames=usernames,
        employee_ids=employee_ids,
        status=directory_status(account.status for account in accounts),
        profile=accounts[0].profile if accounts else {},
        sources={
            **{name: found for name, found in sources.items() if found},
            **_addresses(accounts, "email", lambda account: account.emails),
            **_addresses(accounts, "username", lambda account: account.usernames),
            **_addresses(accounts, "directory_status", lambda account: (account.status,)),
        },
        department=_winner(sources["department"]),
        job_title=_winner(sources["job_title"]),
        employment_status=_winner(sources["employment_status"]),
        employment_type=_winner(sources["employment_type"]),
    )


def _sources(parts: Sequence[Part], name: str) -> Iterator[Source]:
    for part in parts:
        for origin in part.mappings.get(name, DEFAULT_MAPPINGS[name]):
            for value in origin.values(part.account):
                yield Source(part.account.app_id, part.account.public_id, origin.name, value)


def _winner(sources: Sequence[Source]) -> str:
    return sources[0].value if sources else ""


def _gathered(
    parts: Sequence[Part], name: str, own: Callable[[Account], Sequence[str]]
) -> tuple[str, ...]:
    return distinct(
        [
            *(text for part in parts for text in own(part.account)),
            *(source.value for source in _sources(parts, name)),
        ]
    )


def _first(accounts: Sequence[Account], value: Callable[[Account], str]) -> str:
    return next((text for account in accounts if (text := value(account))), "")


def _addresses(
    accounts: Sequence[Account], name: str, values: Callable[[Account], Sequence[str]]
) -> dict[str, tuple[Source, ...]]:
    found = tuple(
        Source(account.app_id, account.public_id, name, value)
        for account in accounts
        for value in values(account)
    )
    return {name: found} if found else {}


class Managers:
    """Finds people by what accounts say of managers: an account's id in its app, or an address."""

    def __init__(self) -> None:
        self._by_account: dict[tuple[str, str], str] = {}
        self._by_address: dict[str, set[str]] = {}

    def add(self, person: Person, parts: Sequence[Part]) -> None:
        for part in parts:
            self._by_account[part.account.app_id, part.account.external_id] = person.id
        for address in (*person.emails, *person.usernames):
            self._by_address.setdefault(folded(address), set()).add(person.id)

    def of(self, person: Person) -> tuple[str, ...]:
        """All that the first source names which names anybody. Nobody manages themselves."""
        found: dict[tuple[str, str], dict[str, None]] = {}
        for source in person.sources.get(MANAGER, ()):
            manager = self._resolve(source)
            if manager and manager != person.id:
                found.setdefault((source.account_id, source.key), {})[manager] = None
        return tuple(next(iter(found.values()), ()))

    def _resolve(self, source: Source) -> str | None:
        direct = self._by_account.get((source.app_id, source.value))
        if direct:
            return direct
        addressed = self._by_address.get(folded(source.value), set())
        return next(iter(addressed)) if len(addressed) == 1 else None


def mappings_of(stored: Mapping[str, Any]) -> Mappings:
    """From `{"department": [{"key": "division"}, {"cel": "account.profile.unit"}]}`."""
    return {
        name: tuple(Origin(key=each.get("key", ""), cel=each.get("cel", "")) for each in origins)
        for name, origins in stored.items()
    }
