"""`/people/accounts/…`: what somebody decides by hand about one account or many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from ostiary.server.access.views.accounts import path as account_path
from ostiary.server.catalog.owning import owns_app
from ostiary.server.directory import actions
from ostiary.server.directory.store import person_search, reading
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.reading import AccountFilter, Found
from ostiary.server.directory.views import owning as views
from ostiary.server.directory.views import sections
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

MOST_AT_ONCE = 200
CANDIDATES = 10
FORM = "directory/deciding.html"

router = APIRouter(prefix="/people/accounts", include_in_schema=False)

Decider = Annotated[Access, requires(Permission.APPS_MANAGE, filtered=True)]
Selected = Annotated[list[str] | None, Query(max_length=MOST_AT_ONCE)]
Posted = Annotated[list[str] | None, Form(max_length=MOST_AT_ONCE)]
Back = Annotated[str, Query(max_length=20)]
PostedBack = Annotated[str, Form(max_length=20)]


@router.get("/owner")
def ask_for_owner(
    shell: ShellOf,
    access: Decider,
    selected: Selected = None,
    q: Annotated[str, Query(max_length=200)] = "",
    back: Back = "",
) -> Response:
    """Search for a person, and say of how many accounts they become the owner."""
    return _owner_page(shell, _chosen(shell, access, selected, back), q)


@router.post("/owner")
def set_owner(
    shell: ShellOf,
    access: Decider,
    selected: Posted = None,
    person: Annotated[str, Form(max_length=64)] = "",
    q: Annotated[str, Form(max_length=200)] = "",
    back: PostedBack = "",
) -> Response:
    chosen = _chosen(shell, access, selected, back)
    if not person:
        return _owner_page(shell, chosen, q, "Choose who the owner is.", 400)
    owner = None if person == views.NOBODY else person
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            actions.set_owners(unit, chosen.accounts, owner)
            name = _name(unit.connection, owner) if owner else "Nobody"
    except AppError as error:
        return _owner_page(shell, chosen, q, error.message, error.status)
    verb = "owns" if owner else "owns, and no rule may change it,"
    told = f"{name} {verb} {chosen.counted} from now on, set by hand"
    return shell.go(chosen.back, told)


@router.get("/type")
def ask_for_type(
    shell: ShellOf, access: Decider, selected: Selected = None, back: Back = ""
) -> Response:
    chosen = _chosen(shell, access, selected, back)
    form = views.type_form(chosen.accounts, chosen.hidden, chosen.back)
    text = "Service and system accounts are used by programs; people answer for them all the same."
    return chosen.page(shell, f"Set type of {chosen.counted}", text=text, form=form)


@router.post("/type")
def set_type(
    shell: ShellOf,
    access: Decider,
    selected: Posted = None,
    account_type: Annotated[str, Form(max_length=20)] = "",
    back: PostedBack = "",
) -> Response:
    chosen = _chosen(shell, access, selected, back)
    with shell.kernel.work(access.caller.actor) as unit:
        for account in chosen.accounts:
            actions.set_account_type(unit, account, account_type)
    return shell.go(chosen.back, f"Type of {chosen.counted} set")


@router.get("/reset")
def ask_to_reset(
    shell: ShellOf, access: Decider, selected: Selected = None, back: Back = "owners"
) -> Response:
    chosen = _chosen(shell, access, selected, back)
    text = (
        "What was set by hand is forgotten. The rules of each app look for an owner at once; where "
        "they find nobody, the account is orphaned again."
    )
    form = views.reset_form(chosen.accounts, chosen.hidden, chosen.back)
    title = f"Let rules decide who owns {chosen.counted}"
    return chosen.page(shell, title, text=text, form=form)


@router.post("/reset")
def reset_owners(
    shell: ShellOf, access: Decider, selected: Posted = None, back: PostedBack = "owners"
) -> Response:
    chosen = _chosen(shell, access, selected, back)
    with shell.kernel.work(access.caller.actor) as unit:
        actions.reset_owners(unit, chosen.accounts)
    return shell.go(chosen.back, f"Rules decide who owns {chosen.counted} again")


@dataclass(frozen=True)
class _Chosen:
    """The accounts that were marked, and where to go afterwards."""

    accounts: Sequence[Found]
    apps: Mapping[str, str]
    crumbs: Sequence[Crumb]
    back: str
    hidden: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def counted(self) -> str:
        only = self.accounts[0]
        return views.name_of(only) if len(self.accounts) == 1 else self.many

    @property
    def many(self) -> str:
        return views.counted_accounts(self.accounts)

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """Name, app and path of the first ones."""
        return [
            (
                views.name_of(each),
                self.apps.get(each.app_id, ""),
                account_path(each.app_id, each.id),
            )
            for each in self.accounts[: views.SHOWN]
        ]

    def page(
        self, shell: Shell, title: str, *, template: str = FORM, status: int = 200, **values: Any
    ) -> Response:
        values = {"shown": self.shown, "rest": len(self.accounts[views.SHOWN :]), **values}
        return shell.page(template, title, crumbs=self.crumbs, status=status, **values)


def _chosen(shell: Shell, access: Access, selected: Sequence[str] | None, back: str) -> _Chosen:
    """Only those that the caller may decide about."""
    ids = list(dict.fromkeys(selected or ()))
    with shell.kernel.read() as connection:
        found = reading.accounts(connection, AccountFilter(ids=ids), None, len(ids)) if ids else []
        if not access.everything:
            mine = {
                app_id: owns_app(connection, access.caller, {"app_id": app_id})
                for app_id in {each.app_id for each in found}
            }
            found = [each for each in found if mine[each.app_id]]
        apps = reading.app_names(connection, [each.app_id for each in found])
    if not found:
        raise invalid("Mark at least one account first.")
    hidden = [("selected", each.id) for each in found]
    crumb = _crumb(shell, found, apps, back)
    return _Chosen(found, apps, [crumb], crumb.path, [*hidden, *([("back", back)] if back else [])])


def _crumb(shell: Shell, found: Sequence[Found], apps: Mapping[str, str], back: str) -> Crumb:
    """Where the caller comes from, which is one of few places."""
    first = found[0]
    if back == "account":
        return Crumb(views.name_of(first), account_path(first.app_id, first.id))
    if not shell.allows(Permission.EXPLORE):
        return Crumb(apps.get(first.app_id, "App"), f"/apps/{first.app_id}/accounts")
    return sections.OWNERS if back == "owners" else sections.ORPHANS


def _owner_page(
    shell: Shell, chosen: _Chosen, query: str, problem: str = "", status: int = 200
) -> Response:
    """Who may not look people up has to know the address."""
    searches = shell.allows(Permission.USERS_VIEW)
    asked = query.strip()
    candidates = []
    if asked:
        wanted = PersonFilter(kinds=["human"], statuses=["enabled"])
        wanted = replace(wanted, query=asked) if searches else replace(wanted, email=asked)
        with shell.kernel.read() as connection:
            candidates = person_search.people(connection, wanted, None, CANDIDATES + 1)
    return chosen.page(
        shell,
        f"Set owner of {chosen.counted}",
        template="directory/owner.html",
        status=status,
        many=chosen.many,
        hidden=chosen.hidden,
        back=chosen.back,
        query=asked,
        label="Name or e-mail" if searches else "Their exact e-mail address",
        candidates=[
            (each.person.id, each.person.display_name or each.person.email, views.described(each))
            for each in candidates[:CANDIDATES]
        ],
        more=len(candidates) > CANDIDATES,
        problem=problem,
    )


def _name(connection: Connection, person_id: str) -> str:
    found = person_search.find(connection, person_id)
    return (found.person.display_name or found.person.email) if found else person_id
