"""`/people` and one person: who it is by which source, and what they have over all accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.pages import reading
from ostiary.server.access.pages.accounts import found_accounts
from ostiary.server.access.pages.reading import Compared, Grants
from ostiary.server.access.store import listed_accounts, listed_grants
from ostiary.server.access.store.listed_accounts import ListedAccount
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import differences, grants, timeline
from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store import listed_people, person_search
from ostiary.server.directory.store import reading as names
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.listed_people import ListedPerson
from ostiary.server.directory.store.person_search import Found as FoundPerson
from ostiary.server.directory.views import people as views
from ostiary.server.directory.views import sections
from ostiary.server.kernel.auth.api.permissions import Viewer
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.oneself import is_oneself
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Empty, Found, Read, Wanted
from ostiary.server.web.lists import found_in, found_of, list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.search import Finder, Hit
from ostiary.server.web.shell import Shell, ShellOf

TEMPLATE = "web/detail.html"
EVERYBODY = PersonFilter()
_TOLD = (
    ("Name", lambda version: version.person.display_name),
    ("E-mail", lambda version: version.person.email),
    ("Status", lambda version: version.person.status),
    ("Department", lambda version: version.person.department),
    ("Title", lambda version: version.person.job_title),
    ("Employment", lambda version: version.person.employment_status),
)

router = APIRouter(prefix="/people", include_in_schema=False)

OneselfOrViewer = Annotated[
    Access,
    requires(Permission.USERS_VIEW, own=is_oneself("person_id"), owner_with=Permission.SELF),
]


@router.get("")
def list_people(shell: ShellOf, access: Viewer) -> Response:
    with shell.kernel.read() as connection:
        departments = listed_people.departments(connection)

    return list_page(
        shell,
        "directory/list.html",
        sections.PEOPLE.title,
        views.people(departments),
        _people_read(shell),
        tabs=sections.tabs(shell, sections.PEOPLE),
        note="",
        actions=[],
    )


@router.get("/{person_id}")
def show_person(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """Facts with their sources, and the accounts."""
    shown = _shown(shell, access, person_id)

    def read(connection: Connection, wanted: Wanted) -> Found[ListedAccount]:
        asked = listed_accounts.ListFilter(owner_ids=[person_id], viewer=shown.viewer)
        return found_accounts(shell, connection, asked, wanted)

    person = shown.person
    with shell.kernel.read() as connection:
        managers = listed_people.names(connection, person.manager_ids, shell.as_of)
        apps = _apps_telling(connection, person)
    facts = [
        *views.facts(person, managers, apps, linked=access.everything),
        *views.signing_in(shown.found),
    ]
    listing = views.accounts_of(linked=shown.linked)
    return shown.page("overview", listing, read, facts=facts, heading="Accounts")


@router.get("/{person_id}/access")
def show_access(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """What they have over all accounts."""
    shown = _shown(shell, access, person_id)
    held = shown.grants(shown.accounts())
    listing = grants.holdings(shown.kinds(held), linked=shown.linked, of_person=True)
    return shown.page("now", listing, held.read, note=shown.note)


@router.get("/{person_id}/attributes")
def show_attributes(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """Every value that sources tell, and which of them counts."""
    shown = _shown(shell, access, person_id)
    with shell.kernel.read() as connection:
        apps = _apps_telling(connection, shown.person)
    rows = views.told(shown.person, apps)

    def read(_connection: Connection, wanted: Wanted) -> Found[views.Told]:
        return found_in(wanted, rows)

    return shown.page("attributes", views.attributes(linked=shown.linked), read)


@router.get("/{person_id}/reports")
def show_reports(shell: ShellOf, access: Viewer, person_id: str) -> Response:
    """Whose manager they are."""
    shown = _shown(shell, access, person_id)
    with shell.kernel.read() as connection:
        departments = listed_people.departments(connection)
    listing = views.reports(views.people(departments))
    return shown.page("reports", listing, _people_read(shell, manager_ids=[person_id]))


@router.get("/{person_id}/past")
def show_past(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """What the accounts had and have not any more."""
    shown = _shown(shell, access, person_id)
    held = shown.grants(shown.accounts(), ended=True)
    listing = grants.past_holdings(shown.kinds(held), linked=shown.linked, of_person=True)
    return shown.page("past", listing, held.read, note=shown.note)


@router.get("/{person_id}/history")
def show_history(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """What directories said over time."""
    shown = _shown(shell, access, person_id)
    with shell.kernel.read() as connection:
        versions = listed_people.history(connection, person_id)
    events = timeline.events(versions, _TOLD, shell.as_of or shell.now)
    empty = Empty("No history", "No directory tells of this person.", icon="history")
    detail = shown.detail("history", events=events, empty=None if events else empty)
    return shell.page(TEMPLATE, shown.title, crumbs=shown.crumbs, detail=detail)


@router.get("/{person_id}/changes")
def show_changes(shell: ShellOf, access: OneselfOrViewer, person_id: str) -> Response:
    """The difference between two days, over the accounts of both."""
    shown = _shown(shell, access, person_id)
    start, end = reading.two_days(shell)
    with shell.kernel.read() as connection:
        accounts = listed_people.account_ids(connection, person_id, shell.as_of, start)
        about = GrantFilter(principal_ids=accounts)
        apps: list[str] | None = None if shown.viewer is None else []
        compared = Compared(about, start, end, linked=shown.linked, app_ids=apps)
        rows, complete = compared.rows(connection)
    listing = differences.of_account(of_person=True)
    return shown.page(
        "changes",
        listing,
        differences.among(listing, rows),
        between=reading.between(shell, start),
        note=reading.note_of(complete) or shown.note,
    )


def _people_read(shell: Shell, manager_ids: Sequence[str] = ()) -> Read[ListedPerson]:
    """`manager_ids`: only who reports to them."""
    everybody = PersonFilter(manager_ids=manager_ids)

    def read(connection: Connection, wanted: Wanted) -> Found[ListedPerson]:
        asked = replace(
            everybody,
            query=wanted.query,
            statuses=wanted.filters["status"],
            kinds=wanted.filters["kind"],
            departments=wanted.filters["department"],
        )
        read_store = partial(listed_people.read, connection, at=shell.as_of)
        count = partial(listed_people.count, connection, at=shell.as_of)
        return found_of(wanted, asked, everybody, read_store, count)

    return read


def _apps_telling(connection: Connection, person: Person) -> Mapping[str, str]:
    """Names by id of the apps that tell of a person."""
    told = {each.app_id for found in person.sources.values() for each in found}
    return names.app_names(connection, sorted(told))


@dataclass(frozen=True)
class _Shown:
    """`found`: None of the past. `linked`: the caller may open the pages of apps. `viewer`: whose
    apps alone may be seen."""

    shell: Shell
    person: Person
    status: str
    found: FoundPerson | None
    everybody: bool
    linked: bool
    viewer: str | None

    @property
    def title(self) -> str:
        return self.person.display_name or self.person.email or self.person.id

    @property
    def crumbs(self) -> list[Crumb]:
        return [sections.PEOPLE] if self.everybody else []

    @property
    def note(self) -> str:
        return (
            "" if self.viewer is None else "What is in apps that you do not own is hidden from you."
        )

    def accounts(self) -> list[str]:
        with self.shell.kernel.read() as connection:
            return listed_people.account_ids(connection, self.person.id, self.shell.as_of)

    def grants(self, accounts: list[str], *, ended: bool = False) -> Grants:
        asked = GrantFilter(principal_ids=accounts, viewer=self.viewer, ended=ended)
        return Grants(asked, self.shell.as_of, self.linked, people_linked=self.everybody)

    def kinds(self, held: Grants) -> list[tuple[str, str, str]]:
        if not held.asked.principal_ids:
            return []
        with self.shell.kernel.read() as connection:
            return listed_grants.kinds(connection, held.asked, at=self.shell.as_of)

    def detail(self, current: str, **parts: Any) -> Detail:
        return Detail(
            self.title,
            lead=views.lead(self.person),
            chips=views.chips(self.status),
            tabs=views.tabs(self.person.id, current, everybody=self.everybody),
            **parts,
        )

    def page(self, current: str, listing: Any, read: Any, **parts: Any) -> Response:
        detail = self.detail(current, **parts)
        return list_page(
            self.shell, TEMPLATE, self.title, listing, read, crumbs=self.crumbs, detail=detail
        )


def _shown(shell: Shell, access: Access, person_id: str) -> _Shown:
    """Everybody sees all that they have themselves; others what they may see of apps."""
    with shell.kernel.read() as connection:
        found = _find(connection, shell, person_id)
    if found is None:
        then = " then" if shell.as_of else ""
        raise not_found(f"There is nobody with the id {person_id}{then}.")
    person, status, now = found
    caller = shell.caller
    all_apps = Reach.ALL in caller.reach(Permission.APPS_VIEW)
    oneself = caller.user.public_id == person_id
    viewer = None if all_apps or oneself else caller.user.public_id
    return _Shown(shell, person, status, now, access.everything, all_apps, viewer)


def _find(
    connection: Connection, shell: Shell, person_id: str
) -> tuple[Person, str, FoundPerson | None] | None:
    """With what they are: enabled, disabled, deleted."""
    if shell.as_of is None:
        found = person_search.find(connection, person_id)
        return None if found is None else (found.person, found.status, found)
    person = listed_people.person_at(connection, person_id, shell.as_of)
    return None if person is None else (person, person.status, None)


def _people(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    if not shell.allows(Permission.USERS_VIEW):
        return []
    found = person_search.people(connection, PersonFilter(query=query), None, most)
    return [
        Hit(each.person.display_name, views.path(each.person.id), "user", each.person.email)
        for each in found
    ]


FINDERS = (Finder("People", _people),)
