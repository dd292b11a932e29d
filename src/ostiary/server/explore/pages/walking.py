"""`/explore/map`: from a person to all they reach, step by step."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from ostiary.server.access.store import listed_accounts
from ostiary.server.access.store.listed_accounts import ListFilter as AccountFilter
from ostiary.server.directory.store import listed_people
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.explore.pages.answering import EXPLORE
from ostiary.server.explore.store import reach
from ostiary.server.explore.views import walking
from ostiary.server.explore.views.walking import Branch
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

MAP = Crumb("Access map", "/explore/map")
MOST_FOUND = 20
MOST_ACCOUNTS = 100

router = APIRouter(prefix="/explore/map", include_in_schema=False)

Explorer = Annotated[Access, requires(Permission.EXPLORE)]


@router.get("")
def choose_person(
    shell: ShellOf, access: Explorer, q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    query = q.strip()
    with shell.kernel.read() as connection:
        found = (
            listed_people.read(
                connection,
                PersonFilter(query=query),
                at=shell.as_of,
                order="name",
                descending=False,
                offset=0,
                size=MOST_FOUND,
            )
            if query
            else []
        )
    return shell.page("explore/map.html", "Access map", crumbs=[EXPLORE], query=query, people=found)


@router.get("/people/{person_id}")
def show_person(shell: ShellOf, access: Explorer, person_id: str) -> Response:
    with shell.kernel.read() as connection:
        name = listed_people.names(connection, [person_id], shell.as_of).get(person_id)
        if name is None:
            raise not_found(f"There is nobody with the id {person_id[:40]}.")
        asked = AccountFilter(owner_ids=[person_id])
        found = listed_accounts.read(connection, asked, at=shell.as_of, size=MOST_ACCOUNTS)
    return shell.page(
        "explore/person.html",
        name or person_id,
        crumbs=[EXPLORE, MAP],
        person=f"/people/{person_id}",
        branch=walking.accounts(found),
    )


@router.get("/accounts/{account_id}")
def show_held(
    shell: ShellOf,
    access: Explorer,
    account_id: str,
    app: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """A part of the map: what the account holds directly."""
    with shell.kernel.read() as connection:
        found = reach.held(connection, account_id, shell.as_of)
    return _part(
        shell,
        walking.entitlements(
            found,
            indirectly=False,
            more=f"/apps/{app}/accounts/{account_id}",
            empty="It holds nothing directly.",
        ),
    )


@router.get("/entitlements/{entitlement_id}")
def show_passed_on(
    shell: ShellOf, access: Explorer, entitlement_id: str, indirectly: bool = False
) -> Response:
    """A part of the map: what whoever holds it gets with it."""
    with shell.kernel.read() as connection:
        found = reach.passed_on(connection, entitlement_id, shell.as_of, indirectly=indirectly)
    branch = walking.entitlements(
        found, indirectly=True, more="/explore/nested", empty="It leads no further from here."
    )
    return _part(shell, branch)


def _part(shell: Shell, branch: Branch) -> Response:
    return shell.page("explore/branch.html", "Access map", branch=branch)
