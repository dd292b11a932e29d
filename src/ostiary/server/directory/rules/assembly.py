"""From the accounts of all directories to people, such that the same person stays the same.

An account stays with the person it belonged to, whatever becomes of its addresses, until somebody
changes how accounts are merged: then all are matched again, and who was made from an account is
still who is made from it. People last as long as an account that may create people, or a sign-in
of their own, stands behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ostiary.server.directory.rules import attributes, expressions
from ostiary.server.directory.rules.attributes import Managers, Mappings, Part
from ostiary.server.directory.rules.expressions import Decision
from ostiary.server.directory.rules.matching import MERGE, Case, Index, Rule, rules_of_cases
from ostiary.server.directory.rules.subjects import NON_HUMAN, Account, Person, SignIn

CREATED = "created"


@dataclass(frozen=True)
class Directory:
    """How an app serves as a directory. Without a condition its human accounts are people;
    without merge cases accounts are merged by e-mail address, then by employee id."""

    app_id: str
    condition: str = ""
    merge_cases: tuple[Case, ...] = ()
    mappings: Mappings = field(default_factory=dict)

    @property
    def merge_rules(self) -> tuple[Rule, ...]:
        return rules_of_cases(self.merge_cases) if self.merge_cases else MERGE


@dataclass(frozen=True)
class Link:
    """Whose an account is and why: `created` from it, the name of a rule, or `manual`."""

    person: str
    reason: str


@dataclass(frozen=True)
class Past:
    """The last link of an account that nobody made by hand; `current` if it holds."""

    link: Link
    current: bool


@dataclass(frozen=True)
class Assembly:
    links: Mapping[int, Link]
    people: Sequence[Person]
    created: frozenset[str]
    undecided: Sequence[Account]
    """Those for which the condition has no value: what was decided before holds."""


def decision(directory: Directory, account: Account, past: Past | None) -> tuple[Decision, bool]:
    """And whether the condition decided it."""
    if not directory.condition:
        return ("ignore" if account.kind in NON_HUMAN else "create"), True
    found = expressions.decide(expressions.condition(directory.condition), account)
    if found is not None:
        return found, True
    return ("create" if past and past.current else "ignore"), False


def assemble(
    directories: Sequence[Directory],
    accounts: Iterable[Account],
    sign_ins: Iterable[SignIn],
    past: Mapping[int, Past],
    new_id: Callable[[], str],
    *,
    remerge: bool = False,
) -> Assembly:
    """`directories` in order of precedence; `accounts` without those somebody decided by hand."""
    work = _Work(directories, past, new_id)
    for sign_in in sign_ins:
        work.add_sign_in(sign_in)
    ordered = sorted(accounts, key=lambda account: (work.rank[account.app_id], account.id))
    creators, others = work.sort_out(ordered)
    if remerge:
        work.reserve(creators)
    else:
        creators = work.keep(creators)
    work.place(creators)
    work.join(others, keep=not remerge)
    return work.result()


class _Work:
    def __init__(
        self,
        directories: Sequence[Directory],
        past: Mapping[int, Past],
        new_id: Callable[[], str],
    ) -> None:
        self.directories = {directory.app_id: directory for directory in directories}
        self.rank = {directory.app_id: place for place, directory in enumerate(directories)}
        self._past = past
        self._new_id = new_id
        self._indexes = {each.app_id: Index(each.merge_rules) for each in directories}
        self._parts: dict[str, list[Part]] = {}
        self._sign_ins: dict[str, SignIn] = {}
        self._described: dict[str, Person] = {}
        self._links: dict[int, Link] = {}
        self._created: set[str] = set()
        self._reserved: set[str] = set()
        self._undecided: list[Account] = []

    def add_sign_in(self, sign_in: SignIn) -> None:
        self._sign_ins[sign_in.public_id] = sign_in
        self._parts[sign_in.public_id] = []
        self._index(sign_in.public_id)

    def sort_out(self, accounts: Iterable[Account]) -> tuple[list[Account], list[Account]]:
        creators, others = [], []
        for account in accounts:
            past = self._past.get(account.id)
            verdict, decided = decision(self.directories[account.app_id], account, past)
            if not decided:
                self._undecided.append(account)
            if verdict == "create":
                creators.append(account)
            elif verdict == "match_only":
                others.append(account)
        return creators, others

    def keep(self, accounts: Iterable[Account]) -> list[Account]:
        """Those who belong to somebody already. Returns the rest."""
        rest: list[Account] = []
        kept: dict[str, None] = {}
        for account in accounts:
            past = self._past.get(account.id)
            if past is None:
                rest.append(account)
            else:
                self._attach(account, past.link)
                kept[past.link.person] = None
        for person_id in kept:
            self._index(person_id)
        return rest

    def reserve(self, accounts: Iterable[Account]) -> None:
        """Who was made from one of the accounts is not given to others."""
        links = [past.link for each in accounts if (past := self._past.get(each.id))]
        self._reserved = {link.person for link in links if link.reason == CREATED}

    def place(self, accounts: Iterable[Account]) -> None:
        for account in accounts:
            match = self._indexes[account.app_id].match(account)
            if match is not None:
                self._assign(account, Link(match.person, match.rule))
            else:
                self._assign(account, Link(self._identity(account), CREATED))

    def join(self, accounts: Iterable[Account], *, keep: bool) -> None:
        """By what those who create people have: whoever joins draws nobody else in, so that the
        order of joining does not matter."""
        for account in accounts:
            past = self._past.get(account.id)
            match = self._indexes[account.app_id].match(account)
            if keep and past is not None and past.link.person in self._parts:
                self._attach(account, past.link)
            elif match is not None:
                self._attach(account, Link(match.person, match.rule))

    def _identity(self, account: Account) -> str:
        past = self._past.get(account.id)
        if past and past.link.person not in self._parts:
            own = past.link.reason == CREATED
            if own or past.link.person not in self._reserved:
                return past.link.person
        identity = self._new_id()
        self._created.add(identity)
        return identity

    def _assign(self, account: Account, link: Link) -> None:
        self._attach(account, link)
        self._index(link.person)

    def _attach(self, account: Account, link: Link) -> None:
        self._links[account.id] = link
        mappings = self.directories[account.app_id].mappings
        self._parts.setdefault(link.person, []).append(Part(account, mappings))
        self._described.pop(link.person, None)

    def _index(self, person_id: str) -> None:
        person = self._describe(person_id)
        for index in self._indexes.values():
            index.add(person)

    def _describe(self, person_id: str) -> Person:
        if person_id not in self._described:
            parts = sorted(
                self._parts[person_id],
                key=lambda part: (self.rank[part.account.app_id], part.account.id),
            )
            person = attributes.describe(person_id, parts)
            sign_in = self._sign_ins.get(person_id)
            self._described[person_id] = with_sign_in(person, sign_in, alone=not parts)
        return self._described[person_id]

    def result(self) -> Assembly:
        managers = Managers()
        people = [self._describe(person_id) for person_id in self._parts]
        for person in people:
            managers.add(person, self._parts[person.id])
        return Assembly(
            links=self._links,
            people=[replace(person, manager_ids=managers.of(person)) for person in people],
            created=frozenset(self._created),
            undecided=self._undecided,
        )


def with_sign_in(person: Person, sign_in: SignIn | None, *, alone: bool) -> Person:
    """What somebody signs in with is theirs as well; of who is in no directory it is all."""
    if sign_in is None:
        return person
    emails = tuple(dict.fromkeys((*person.emails, sign_in.email)))
    known = {email.casefold() for email in person.emails}
    return replace(
        person,
        display_name=person.display_name or sign_in.display_name,
        email=person.email or sign_in.email,
        emails=person.emails if sign_in.email.casefold() in known else emails,
        username=person.username or sign_in.email,
        usernames=person.usernames or (sign_in.email,),
        status="unknown" if alone else person.status,
    )
