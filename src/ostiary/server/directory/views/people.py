"""People as lists and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ostiary.server.access.views import accounts, states
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.listed_people import ListedPerson
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


def tabs(person_id: str, current: str) -> list[Tab]:
    here = path(person_id)
    return [
        Tab("Overview", here, current == "overview"),
        Tab("Access", f"{here}/access", current == "now"),
        *accounts.related_tabs(here, "", current)[1:],
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
    """Each with where it comes from. `apps`: names by id; `linked`: people may be opened."""
    emails = Identifier(person.email) if person.email else Missing(NONE)
    return [
        Fact("E-mail", emails, source(person, "email", apps)),
        Fact("E-mail comes from", text(source(person, "email", apps))),
        *_told(person, apps),
        Fact(
            "Managers", _managers(person, managers, linked=linked), source(person, "manager", apps)
        ),
        Fact("Employee ids", Several([Text(each) for each in person.employee_ids])),
        Fact("Id", Identifier(person.id)),
    ]


def _told(person: Person, apps: Mapping[str, str]) -> list[Fact]:
    shown = []
    for name, title in _FACTS:
        value = getattr(person, name)
        said = f"{value} (from {_origin(person, name, apps)})" if value else ""
        shown.append(Fact(title, text(said), source(person, name, apps)))
    return shown


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
