"""Apps as pages: `/apps`, taking discovered ones under management, and one app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.responses import Response

from ostiary.server.catalog import actions, ownership, views
from ostiary.server.catalog.api.permissions import Adopter, Reader, Searcher, own_only
from ostiary.server.catalog.store import app_search, app_table
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, invalid, not_found
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.moments import counted
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.search import Finder, Hit
from ostiary.server.web.shell import Shell, ShellOf

MOST_AT_ONCE = 1000
APPS = Crumb("Apps", "/apps")

router = APIRouter(prefix="/apps", include_in_schema=False)

Selected = Annotated[list[str] | None, Query(max_length=MOST_AT_ONCE)]


@dataclass(frozen=True)
class Shown:
    """Which apps a list is about."""

    managed: bool
    viewer: str | None
    at: datetime | None = None

    def read(self, connection: Connection, wanted: Wanted) -> Found[app_table.ListedApp]:
        asked = (
            self._all()
            .containing(wanted.query, app_search.NAME, "a.description")
            .among("p.public_id", "parents", wanted.filters.get("parent", ()))
        )
        rows = app_table.read(
            connection,
            asked,
            order=wanted.sort,
            descending=wanted.descending,
            size=wanted.size,
            offset=wanted.offset,
        )
        return Found(rows, app_table.count(connection, asked), self.count(connection))

    def count(self, connection: Connection) -> int:
        return app_table.count(connection, self._all())

    def _all(self) -> Asked:
        return app_table.known(self.at, self.viewer).where(
            "a.managed = :managed", managed=self.managed
        )


@router.get("")
def list_apps(shell: ShellOf, access: Searcher) -> Response:
    """Two lists: the apps under management, and what connectors discovered beside them."""
    managed = shell.address.get("tab") != "unmanaged"
    viewer = own_only(access)
    with shell.kernel.read() as connection:
        parents = [] if managed else app_table.parents(connection, viewer)
        numbers = [Shown(each, viewer, shell.as_of).count(connection) for each in (True, False)]
    may_manage = shell.allows(Permission.APPS_ADOPT)
    listing = views.MANAGED if managed else views.unmanaged(parents, may_manage=may_manage)
    tabs = views.list_tabs(*numbers, managed=managed)
    if shell.allows(Permission.APPS_ADOPT) and not shell.as_of:
        tabs.append(views.DELETED_TAB)
    shown = Shown(managed, viewer, shell.as_of)
    return list_page(shell, "catalog/apps.html", "Apps", listing, shown.read, tabs=tabs)


@router.get("/manage")
def ask_to_manage(shell: ShellOf, access: Adopter, selected: Selected = None) -> Response:
    """What will happen to how many, and who will own them."""
    return _manage_page(shell, selected or [], views.manage_form(access.caller.user.email))


@router.post("/manage")
def manage(
    shell: ShellOf,
    access: Adopter,
    selected: Annotated[list[str] | None, Form(max_length=MOST_AT_ONCE)] = None,
    owner: Annotated[str, Form()] = "",
) -> Response:
    app_ids = sorted(set(selected or []))
    form = views.manage_form(owner)
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            person = person_by_email(unit.connection, owner)
            actions.manage_apps(unit, app_ids)
            for app_id in app_ids:
                ownership.set_owners(unit, app_id, [person.public_id])
    except AppError as error:
        refused = form.refused({"owner": owner}, {"owner": error.message})
        return _manage_page(shell, app_ids, refused, error.status)
    told = f"{counted(len(app_ids), 'app')} managed from now on"
    return shell.go("/apps" if len(app_ids) > 1 else f"/apps/{app_ids[0]}", told)


@router.get("/{app_id}")
def show_app(shell: ShellOf, access: Reader, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)
    return shell.page(
        "catalog/app.html",
        app.display_name,
        crumbs=[APPS],
        app=app,
        facts=views.app_facts(app),
        tiles=views.app_tiles(shell, app),
        chips=[views.standing(app)],
        manage=views.manage_link(shell, app),
        tabs=views.app_tabs(shell, app.id, "overview"),
    )


def found_app(connection: Connection, app_id: str, at: datetime | None) -> app_table.ListedApp:
    """`AppError` NotFound when there is, or was then, no such app."""
    app = app_table.find(connection, app_id, at)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    return app


def person_by_email(connection: Connection, email: str) -> User:
    """`AppError` NotFound for nobody's."""
    person = user_store.find_by_email(connection, email.strip())
    if person is None:
        raise not_found(f"Nobody here has the e-mail address {email.strip()}.")
    return person


def _manage_page(shell: Shell, selected: list[str], form: FormModel, status: int = 200) -> Response:
    with shell.kernel.read() as connection:
        apps = [app_table.find(connection, app_id) for app_id in dict.fromkeys(selected)]
    chosen = [app for app in apps if app is not None and not app.managed]
    if not chosen:
        raise invalid("Mark at least one unmanaged app first.")
    asked = views.with_apps(form, chosen)
    title = f"Manage {counted(len(chosen), 'app')}"
    return shell.page(
        "catalog/chosen.html",
        title,
        crumbs=[APPS],
        status=status,
        lead=views.WHAT_MANAGING_DOES,
        names=[app.display_name for app in chosen],
        form=asked,
    )


def _find(shell: Shell, connection: Connection, query: str, most: int) -> list[Hit]:
    reach = shell.caller.reach(Permission.APPS_VIEW)
    if not reach:
        return []
    viewer = None if Reach.ALL in reach else shell.caller.user.public_id
    asked = app_table.known(shell.as_of, viewer)
    asked.containing(query, app_search.NAME)
    found = app_table.read(connection, asked, order="name", descending=False, size=most, offset=0)
    return [
        Hit(app.display_name, f"/apps/{app.id}", "app-window", "" if app.managed else "unmanaged")
        for app in found
    ]


FINDERS = (Finder("Apps", _find),)
