"""`/people/orphans` and `/people/owners`: accounts that nobody answers for, and owners by hand."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.directory.store import directories, listed_orphans
from ostiary.server.directory.store.listed_orphans import About, ListedOrphan, ListFilter
from ostiary.server.directory.views import orphans as views
from ostiary.server.directory.views import sections
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.web.components.tables import Found, Read, Wanted
from ostiary.server.web.lists import found_of, list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

TEMPLATE = "directory/list.html"

router = APIRouter(prefix="/people", include_in_schema=False)

Explorer = Annotated[Access, requires(Permission.EXPLORE)]


@router.get("/orphans")
def list_orphans(shell: ShellOf, access: Explorer) -> Response:
    """Over all apps: without an owner, or of somebody who is disabled or gone."""
    with shell.kernel.read() as connection:
        apps = listed_orphans.apps(connection)
        trusted = directories.domains(connection)
    listing = views.orphans(apps, trusting=bool(trusted), may_change=_may_change(shell))
    note = _external_means(trusted) + _then(shell, "Whose sign-in was disabled here only is not.")
    title = sections.ORPHANS
    return list_page(
        shell,
        TEMPLATE,
        title.title,
        listing,
        _reading(shell, "orphaned"),
        tabs=sections.tabs(shell, title),
        note=note,
        actions=_domains_link(shell),
    )


@router.get("/owners")
def list_owners(shell: ShellOf, access: Explorer) -> Response:
    """Owners that somebody set or took away by hand, with the way back to the rules."""
    with shell.kernel.read() as connection:
        apps = listed_orphans.apps(connection)
        trusting = bool(directories.domains(connection))
    listing = views.set_by_hand(apps, trusting=trusting, may_change=_may_change(shell))
    title = sections.OWNERS
    return list_page(
        shell,
        TEMPLATE,
        title.title,
        listing,
        _reading(shell, "decided"),
        tabs=sections.tabs(shell, title),
        note="Syncs leave these owners as they are until rules may decide again."
        + _then(shell, "Which owners are set by hand is known of now only."),
        actions=[],
    )


def _reading(shell: Shell, about: About) -> Read[ListedOrphan]:
    def read(connection: Connection, wanted: Wanted) -> Found[ListedOrphan]:
        domain = wanted.filters.get("domain", ())
        asked = ListFilter(
            about,
            query=wanted.query,
            app_ids=wanted.filters["app"],
            statuses=wanted.filters["status"],
            types=wanted.filters["type"],
            why=wanted.filters.get("why", ()),
            external=domain[0] == "external" if len(domain) == 1 else None,
        )
        read_store = partial(listed_orphans.read, connection, at=shell.as_of)
        count = partial(listed_orphans.count, connection, at=shell.as_of)
        return found_of(wanted, asked, ListFilter(about), read_store, count)

    return read


def _may_change(shell: Shell) -> bool:
    return shell.as_of is None and shell.allows(Permission.APPS_MANAGE)


def _external_means(trusted: list[str]) -> str:
    if not trusted:
        return "No domain is trusted yet, so that no account counts as external."
    shown = ", ".join(trusted[:3])
    more = f" and {len(trusted) - 3} more" if len(trusted) > 3 else ""
    return f"External is whose address is not in {shown}{more}."


def _then(shell: Shell, text: str) -> str:
    return f" {text}" if shell.as_of else ""


def _domains_link(shell: Shell) -> list[Crumb]:
    offered = shell.allows(Permission.SETTINGS_VIEW) and shell.as_of is None
    return [Crumb("Trusted domains", "/people/domains")] if offered else []
