"""`/apps/{app_id}/accounts` and one account: what it is, what it has, and what changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.api.permissions import Viewer, own_only
from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Grants
from ostiary.server.access.pages.related import TEMPLATE, Related, Seen, seen
from ostiary.server.access.store import listed_accounts, listed_grants
from ostiary.server.access.store.listed_accounts import ListedAccount, ListFilter
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import accounts as views
from ostiary.server.access.views import differences, grants
from ostiary.server.catalog.pages import APPS, found_app
from ostiary.server.catalog.store import things
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_of, list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

_TOLD = (
    ("Name", lambda version: version.display_name),
    ("Status", lambda version: version.status),
)

router = APIRouter(prefix="/apps/{app_id}/accounts", include_in_schema=False)


@router.get("")
def list_accounts(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)

    def read(connection: Connection, wanted: Wanted) -> Found[ListedAccount]:
        return found_accounts(shell, connection, ListFilter(app_ids=[app_id]), wanted)

    detail = Detail(
        app.display_name, chips=[standing(app)], tabs=app_tabs(shell, app_id, "accounts")
    )
    listing = views.of_app(
        people_linked=reading.sees_people(shell), may_decide=reading.may_decide(shell)
    )
    title = f"Accounts of {app.display_name}"
    return list_page(shell, TEMPLATE, title, listing, read, crumbs=[APPS], detail=detail)


@router.get("/{account_id}")
def show_account(shell: ShellOf, access: Viewer, app_id: str, account_id: str) -> Response:
    """Facts, and what it has."""
    shown = _shown(shell, access, app_id, account_id)
    held = Grants(shown.grants, shell.as_of, linked=True, people_linked=False)
    with shell.kernel.read() as connection:
        kinds = listed_grants.kinds(connection, shown.grants, at=shell.as_of)
    facts = views.facts(shown.seen.thing, people_linked=reading.sees_people(shell))
    listing = grants.holdings(kinds, linked=True)
    there = shown.seen.gone_at is None
    return shown.related.page(
        "now",
        listing,
        held.read,
        facts=[*shown.seen.facts, *facts],
        actions=views.actions(shown.seen.thing) if there and reading.may_decide(shell) else (),
        heading="What it has",
    )


@router.get("/{account_id}/past")
def show_past(shell: ShellOf, access: Viewer, app_id: str, account_id: str) -> Response:
    """What it had and has not any more."""
    shown = _shown(shell, access, app_id, account_id, ended=True)
    held = Grants(shown.grants, shell.as_of, linked=True, people_linked=False)
    with shell.kernel.read() as connection:
        kinds = listed_grants.kinds(connection, shown.grants, at=shell.as_of)
    return shown.related.page("past", grants.past_holdings(kinds, linked=True), held.read)


@router.get("/{account_id}/history")
def show_history(shell: ShellOf, access: Viewer, app_id: str, account_id: str) -> Response:
    """What the source said of it over time."""
    shown = _shown(shell, access, app_id, account_id)
    with shell.kernel.read() as connection:
        versions = things.resource_history(connection, account_id)
    return shown.related.history(versions, _TOLD)


@router.get("/{account_id}/changes")
def show_changes(shell: ShellOf, access: Viewer, app_id: str, account_id: str) -> Response:
    """The difference between two days."""
    shown = _shown(shell, access, app_id, account_id)
    apps = None if access.everything else [app_id]
    return shown.related.changes(shown.grants, differences.of_account(), apps)


@dataclass(frozen=True)
class _Shown:
    seen: Seen[ListedAccount]
    grants: GrantFilter
    related: Related


def found_accounts(
    shell: Shell, connection: Connection, asked: ListFilter, wanted: Wanted
) -> Found[ListedAccount]:
    """`asked`: what the list is about, whatever is filtered."""
    owned = wanted.filters.get("owned", ())
    narrowed = ListFilter(
        app_ids=asked.app_ids,
        owner_ids=asked.owner_ids,
        viewer=asked.viewer,
        query=wanted.query,
        statuses=wanted.filters.get("status", ()),
        types=wanted.filters.get("type", ()),
        owned=owned[0] == "yes" if len(owned) == 1 else None,
    )
    read = partial(listed_accounts.read, connection, at=shell.as_of)
    count = partial(listed_accounts.count, connection, at=shell.as_of)
    return found_of(wanted, narrowed, asked, read, count)


def _shown(
    shell: Shell, access: Access, app_id: str, account_id: str, *, ended: bool = False
) -> _Shown:
    with shell.kernel.read() as connection:
        found = seen(
            shell,
            partial(listed_accounts.find, connection, app_id, account_id),
            partial(things.resource_history, connection, account_id),
        )
    if found is None:
        then = " then" if shell.as_of else ""
        raise not_found(f"There is no account {account_id} in this app{then}.")
    about = GrantFilter(principal_ids=[account_id], viewer=own_only(access), ended=ended)
    account, of = found.thing, f"/apps/{app_id}"
    related = Related(
        shell,
        account.display_name or account.login or account.external_id,
        f"Account of {account.app_name}",
        [APPS, Crumb(account.app_name, of), Crumb("Accounts", f"{of}/accounts")],
        [*found.chips, *views.chips(account)],
        partial(views.tabs, account),
    )
    return _Shown(found, about, related)
