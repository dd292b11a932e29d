"""People as lists and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ostiary.server.access.store.listed_accounts import ListedAccount
from ostiary.server.access.views import accounts, states
from ostiary.server.directory.rules.subjects import Person, Source
from ostiary.server.directory.store.listed_people import ListedPerson
from ostiary.server.directory.store.person_search import Found
from ostiary.server.kernel.authz.roles import roles_of
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.tables import Column, Empty, Filter, List
from ostiary.server.web.components.tabs import Tab

KINDS: Final = (("human", "Person"), ("service", "Service"))
_STATUSES: Final = (*states.STATUSES[:3], ("unknown", "Unknown"))
_ORIGINS: Final = {"directory": "Directory", "local": "Here", "oidc": "Sign-in", "system": "System"}

_FACTS: Final = (
    ("department", "Department"),
    ("job_title", "Title"),
    ("employment_status", "Employment"),
    ("employment_type", "Employed as"),
    ("username", "User name"),
)
_CANNOT: Final = Chip("Cannot sign in", "ban", "person", "They are disabled or gone.")
_RULES: Final = {
    "manual": ("By hand", "Syncs leave it so."),
    "created": ("Made from it", "The person comes from this account."),
    "email": ("E-mail", "An e-mail address is the same."),
    "username": ("User name", "A user name or e-mail address is the same."),
    "name": ("Name", "First and last name are the same."),
    "employee_id": ("Employee id", "The employee id is the same."),
}
_ATTRIBUTES: Final = (
    ("email", "E-mail"),
    ("username", "User name"),
    ("directory_status", "Status"),
    ("manager", "Manager"),
    ("department", "Department"),
    ("job_title", "Title"),
    ("employee_id", "Employee id"),
    ("employment_status", "Employment status"),
    ("employment_type", "Employment type"),
)
ALL: Final = frozenset({"email", "username", "employee_id"})
"""Of these every value is the person's."""


def path(person_id: str) -> str:
    return f"/people/{person_id}"


def _manager(each: ListedPerson) -> Cell:
    if not each.manager_id:
        return Missing(NONE)
    return Link(each.manager_name or each.manager_id, path(each.manager_id))


def people(departments: Sequence[str]) -> List[ListedPerson]:
    return List[ListedPerson](
        name="people",
        noun="person",
        plural="people",
        searchable="name or e-mail",
        columns=(
            Column("name", "Person", lambda each: Link(each.display_name, path(each.id))),
            Column("email", "E-mail", lambda each: text(each.email), card=True),
            Column("status", "Status", lambda each: states.status(each.status), card=True),
            Column("department", "Department", lambda each: text(each.department)),
            Column("title", "Title", lambda each: text(each.job_title)),
            Column("manager", "Manager", _manager, sortable=False),
            Column(
                "accounts",
                "Accounts",
                lambda each: Number(each.accounts),
                sortable=False,
                number=True,
                card=True,
            ),
            Column("origin", "Known from", lambda each: Text(_ORIGINS[each.origin]), shown=False),
            Column("created", "First seen", lambda each: Moment(each.created_at), shown=False),
        ),
        key=lambda each: each.id,
        href=lambda each: path(each.id),
        filters=(
            Filter("status", "Status", _STATUSES),
            Filter("kind", "Kind", KINDS),
            Filter("department", "Department", [(name, name) for name in departments]),
        ),
        empty=Empty(
            "Nobody yet",
            "People come from apps that are made a directory, and from signing in.",
            icon="users",
        ),
    )


def tabs(person_id: str, current: str, *, everybody: bool) -> list[Tab]:
    here = path(person_id)
    return [
        Tab("Overview", here, current == "overview"),
        Tab("Access", f"{here}/access", current == "now"),
        Tab("Attributes", f"{here}/attributes", current == "attributes"),
        *([Tab("Reports", f"{here}/reports", current == "reports")] if everybody else []),
        *accounts.related_tabs(here, "", current)[1:],
    ]


def accounts_of(*, linked: bool) -> List[ListedAccount]:
    """With how each was found to be theirs."""
    listing = accounts.of_person(linked=linked)
    matched = Column[ListedAccount]("matched", "Matched by", _matched, sortable=False, card=True)
    return replace(listing, columns=(*listing.columns[:2], matched, *listing.columns[2:]))


def _matched(account: ListedAccount) -> Chip:
    word, hint = _RULES.get(account.reason, (f"Rule {account.reason}", "A rule of the app."))
    if account.reason == "manual":
        return Chip(word, "user-check", "accent", hint)
    return Chip(word, "route", hint=hint)


@dataclass(frozen=True)
class Told:
    """A value that an account tells of a person. `counts`: it is the person's, not a fallback."""

    place: int
    attribute: str
    source: Source
    app_name: str
    counts: bool


def told(person: Person, apps: Mapping[str, str]) -> list[Told]:
    return [
        Told(place, title, source, apps.get(source.app_id, source.app_id), not place or name in ALL)
        for name, title in _ATTRIBUTES
        for place, source in enumerate(person.sources.get(name, ()))
    ]


def attributes(*, linked: bool) -> List[Told]:
    """`linked`: the caller may open the pages of accounts."""
    return List[Told](
        name="attributes-of-person",
        noun="value",
        columns=(
            Column("name", "Attribute", lambda each: Text(each.attribute), sortable=False),
            Column("value", "Value", lambda each: Text(each.source.value), False, card=True),
            Column("counts", "Use", _use, sortable=False, card=True),
            Column("app", "Source", lambda each: _told_by(each, linked=linked), False, card=True),
            Column("key", "Taken from", lambda each: Text(each.source.key), sortable=False),
        ),
        key=lambda each: f"{each.attribute}:{each.place}",
        empty=Empty(
            "No source tells of this person",
            "They are known from signing in here. A source of people tells more.",
            icon="list-details",
        ),
    )


def _use(each: Told) -> Chip:
    if each.counts:
        return Chip("Counts", "circle-check")
    return Chip("Fallback", "circle-dashed", hint="Counts once those before it have no value.")


def _told_by(each: Told, *, linked: bool) -> Cell:
    if linked:
        return Link(each.app_name, accounts.path(each.source.app_id, each.source.account_id))
    return Text(each.app_name)


def reports(listing: List[ListedPerson]) -> List[ListedPerson]:
    """The list of people, of those who report to somebody."""
    empty = Empty("No reports", "No source names this person as a manager.", icon="users")
    columns = [column for column in listing.columns if column.key != "manager"]
    return replace(listing, name="reports", noun="report", plural="", columns=columns, empty=empty)


def signing_in(found: Found | None) -> list[Fact]:
    """Of now only: what a person may do here has no past."""
    if found is None:
        return []
    can = Chip("Can sign in", "circle-check") if found.status == "enabled" else _CANNOT
    return [
        Fact("Sign-in here", can),
        Fact("Known from", Text(_ORIGINS[found.origin])),
        Fact("Roles", Several([Text(role.display_name) for role in roles_of(found.role_ids)])),
        Fact("First seen", Moment(found.created_at)),
    ]


def lead(person: Person) -> str:
    """`Accountant in Finance`, as far as it is known."""
    where = f"in {person.department}" if person.department else ""
    return " ".join(part for part in (person.job_title, where) if part) or person.email


def chips(status: str) -> list[Chip]:
    shown = states.status(status)
    return [shown] if isinstance(shown, Chip) else []


def facts(
    person: Person, managers: Mapping[str, str], apps: Mapping[str, str], *, linked: bool
) -> list[Fact]:
    """Each with where it comes from. `apps`: those that tell of the person, names by id; `linked`:
    people and sources may be opened."""
    email = Identifier(person.email) if person.email else Missing(NONE)
    return [
        Fact("E-mail", email, source(person, "email", apps)),
        *_told(person, apps),
        Fact(
            "Managers", _managers(person, managers, linked=linked), source(person, "manager", apps)
        ),
        Fact("Employee ids", Several([Text(each) for each in person.employee_ids])),
        Fact("Told by", _tellers(apps, linked=linked)),
        Fact("Id", Identifier(person.id)),
    ]


def _told(person: Person, apps: Mapping[str, str]) -> list[Fact]:
    """With the name of the source where there is more than one."""
    shown = []
    for name, title in _FACTS:
        said = getattr(person, name)
        if said and len(apps) > 1:
            said = f"{said} (from {_origin(person, name, apps)})"
        shown.append(Fact(title, text(said), source(person, name, apps)))
    return shown


def _tellers(apps: Mapping[str, str], *, linked: bool) -> Several:
    return Several(
        [
            Link(name, f"/people/sources/{app_id}") if linked else Text(name)
            for app_id, name in apps.items()
        ]
    )


def _managers(person: Person, names: Mapping[str, str], *, linked: bool) -> Several:
    known = [(each, names.get(each, each)) for each in person.manager_ids]
    return Several([Link(name, path(each)) if linked else Text(name) for each, name in known])


def source(person: Person, name: str, apps: Mapping[str, str]) -> str:
    """What counts first, and what it was chosen over."""
    found = person.sources.get(name, ())
    return "; ".join(
        f"{apps.get(each.app_id, each.app_id)}, attribute {each.key}" for each in found
    )


def _origin(person: Person, name: str, apps: Mapping[str, str]) -> str:
    first = next(iter(person.sources.get(name, ())), None)
    return apps.get(first.app_id, first.app_id) if first else "here"
