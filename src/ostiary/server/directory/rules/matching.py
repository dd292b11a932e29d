"""Which person an account belongs to.

Rules are tried in order, and the first that points to exactly one person decides. One that points
to several decides nothing: a guess would give somebody another one's access.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ostiary.server.directory.rules import expressions
from ostiary.server.directory.rules.subjects import Account, Person, folded

Mode = Literal["narrow", "broad", "custom"]
MOST_CASES: Final = 20


@dataclass(frozen=True)
class Case:
    """A pair of expressions whose keys are compared."""

    account_key: str
    user_key: str


@dataclass(frozen=True)
class Rule:
    """`name` says why an account belongs to somebody."""

    name: str
    account_keys: Callable[[Account], Iterable[str]]
    person_keys: Callable[[Person], Iterable[str]]


@dataclass(frozen=True)
class Match:
    person: str
    rule: str


def _addresses(person: Person) -> Iterable[str]:
    return (*person.emails, *person.usernames)


def _account_name(account: Account) -> Iterable[str]:
    """Without first and last name an account's display name has to do."""
    if account.given_name and account.family_name:
        return (f"{account.given_name} {account.family_name}",)
    return (account.display_name,)


def _person_name(person: Person) -> Iterable[str]:
    if person.given_name and person.family_name:
        return (f"{person.given_name} {person.family_name}", person.display_name)
    return (person.display_name,)


EMAIL: Final = Rule("email", lambda account: account.emails, lambda person: person.emails)
ADDRESS: Final = Rule("username", lambda account: (*account.emails, *account.usernames), _addresses)
NAME: Final = Rule("name", _account_name, _person_name)
EMPLOYEE_ID: Final = Rule(
    "employee_id",
    lambda account: (*account.employee_ids, *_profile_numbers(account)),
    lambda person: person.employee_ids,
)

MERGE: Final = (EMAIL, EMPLOYEE_ID)
"""How accounts of several directories become one person unless a directory says otherwise."""


def _profile_numbers(account: Account) -> Iterable[str]:
    for key in ("employeeId", "employeeNumber"):
        if text := expressions.text_of(account.profile.get(key)):
            yield text


def rules_of(mode: Mode, cases: Sequence[Case] = ()) -> tuple[Rule, ...]:
    if mode == "custom":
        return rules_of_cases(cases)
    return (EMAIL, ADDRESS, NAME) if mode == "broad" else (EMAIL, ADDRESS)


def rules_of_cases(cases: Sequence[Case]) -> tuple[Rule, ...]:
    return tuple(_rule(number, case) for number, case in enumerate(cases, start=1))


def _rule(number: int, case: Case) -> Rule:
    of_account = expressions.account_key(case.account_key)
    of_user = expressions.user_key(case.user_key)
    return Rule(
        f"case_{number}",
        lambda account: expressions.account_texts(of_account, account),
        lambda person: expressions.user_texts(of_user, person),
    )


class Index:
    """People by their keys. Who is gone counts only where nobody else has the key."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._present: list[dict[str, set[str]]] = [{} for _ in rules]
        self._gone: list[dict[str, set[str]]] = [{} for _ in rules]

    def add(self, person: Person) -> None:
        tables = self._gone if person.status == "deleted" else self._present
        for rule, table in zip(self._rules, tables, strict=True):
            for key in map(folded, rule.person_keys(person)):
                if key:
                    table.setdefault(key, set()).add(person.id)

    def match(self, account: Account) -> Match | None:
        for number, rule in enumerate(self._rules):
            keys = {key for text in rule.account_keys(account) if (key := folded(text))}
            for table in (self._present[number], self._gone[number]):
                found = set().union(*(table.get(key, ()) for key in keys))
                if len(found) == 1:
                    return Match(found.pop(), rule.name)
                if found:
                    break
        return None
