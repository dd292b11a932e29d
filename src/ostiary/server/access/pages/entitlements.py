"""One entitlement: what it is, who has it, who had it, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.access.api.permissions import Viewer
from ostiary.server.access.pages import reading
from ostiary.server.access.pages.reading import Compared, Grants
from ostiary.server.access.store.listed_grants import GrantFilter
from ostiary.server.access.views import accounts, differences, grants, timeline
from ostiary.server.catalog import entitlement_views
from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.store import listed_entitlements, things
from ostiary.server.catalog.store.listed_entitlements import ListedEntitlement
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Empty
from ostiary.server.web.lists import list_page
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

TEMPLATE = "web/detail.html"
_TOLD = (
    ("Name", lambda version: version.display_name),
    ("Slug", lambda version: version.slug),
    ("Description", lambda version: version.description),
    ("Purpose", lambda version: version.purpose),
)

router = APIRouter(prefix="/apps/{app_id}/entitlements/{entitlement_id}", include_in_schema=False)


@router.get("")
def show_entitlement(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """Facts, and who has it."""
    shown = _shown(shell, app_id, entitlement_id, counted=True)
    with shell.kernel.read() as connection:
        owners = listed_entitlements.owner_names(connection, shown.entitlement.key)
        types = listed_entitlements.types(connection, app_id)
    facts = entitlement_views.facts(shown.entitlement, owners)
    listing = grants.holders(types)
    return shown.page("now", listing, shown.grants().read, facts=facts, heading="Who has it")


@router.get("/past")
def show_past(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """Who had it and has it not any more."""
    shown = _shown(shell, app_id, entitlement_id)
    with shell.kernel.read() as connection:
        types = listed_entitlements.types(connection, app_id)
    return shown.page("past", grants.past_holders(types), shown.grants(ended=True).read)


@router.get("/history")
def show_history(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """What the source said of it over time."""
    shown = _shown(shell, app_id, entitlement_id)
    with shell.kernel.read() as connection:
        versions = things.entitlement_history(connection, entitlement_id)
    events = timeline.events(versions, _TOLD, shell.as_of or shell.now)
    empty = None if events else Empty("No history", "It was not there yet.")
    detail = shown.detail("history", events=events, empty=empty)
    return shell.page(TEMPLATE, shown.title, crumbs=shown.crumbs, detail=detail)


@router.get("/changes")
def show_changes(shell: ShellOf, access: Viewer, app_id: str, entitlement_id: str) -> Response:
    """The difference between two days."""
    shown = _shown(shell, app_id, entitlement_id)
    start, end = reading.two_days(shell)
    about = GrantFilter(entitlement_id=entitlement_id)
    with shell.kernel.read() as connection:
        rows, complete = Compared(about, start, end, linked=True).rows(connection)
    listing = differences.of_entitlement()
    return shown.page(
        "changes",
        listing,
        reading.found_among(listing, rows),
        between=reading.between(shell, start),
        note=reading.note_of(complete),
    )


@dataclass(frozen=True)
class _Shown:
    shell: Shell
    entitlement: ListedEntitlement

    @property
    def title(self) -> str:
        return self.entitlement.display_name

    @property
    def crumbs(self) -> Sequence[Crumb]:
        of = f"/apps/{self.entitlement.app_id}"
        name = self.entitlement.app_name
        return [APPS, Crumb(name, of), Crumb("Entitlements", f"{of}/entitlements")]

    def grants(self, *, ended: bool = False) -> Grants:
        asked = GrantFilter(entitlement_id=self.entitlement.id, ended=ended)
        people = reading.sees_people(self.shell)
        return Grants(asked, self.shell.as_of, linked=True, people_linked=people)

    def detail(self, current: str, **parts: Any) -> Detail:
        here = entitlement_views.path(self.entitlement)
        return Detail(
            self.title,
            lead=entitlement_views.lead(self.entitlement),
            chips=entitlement_views.chips(self.entitlement),
            tabs=accounts.related_tabs(here, "Who has it", current),
            **parts,
        )

    def page(self, current: str, listing: Any, read: Any, **parts: Any) -> Response:
        detail = self.detail(current, **parts)
        return list_page(
            self.shell, TEMPLATE, self.title, listing, read, crumbs=self.crumbs, detail=detail
        )


def _shown(shell: Shell, app_id: str, entitlement_id: str, *, counted: bool = False) -> _Shown:
    with shell.kernel.read() as connection:
        found = listed_entitlements.find(
            connection, app_id, entitlement_id, shell.as_of, counted=counted
        )
    if found is None:
        then = " then" if shell.as_of else ""
        raise not_found(f"There is no entitlement {entitlement_id} in this app{then}.")
    return _Shown(shell, found)
