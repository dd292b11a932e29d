"""`/apps/{app_id}/settings`: name, owners and end of an app; and taking a deletion back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.catalog import actions, deletion, ownership, settings_views
from ostiary.server.catalog.api.apps import LONGEST_NAME, ConnectorsOf
from ostiary.server.catalog.api.permissions import Adopter, Manager
from ostiary.server.catalog.pages import APPS, MOST_AT_ONCE, Selected, found_app, person_by_email
from ostiary.server.catalog.store import app_search, apps, deleting, owners
from ostiary.server.catalog.store.apps import Cascade
from ostiary.server.catalog.store.deleting import Restorable
from ostiary.server.catalog.views import app_tabs, list_tabs_beside, standing
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.forms import Refused, check_typed, with_refusal
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.moments import counted
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(prefix="/apps", include_in_schema=False)

Text = Annotated[str, Form(max_length=20_000)]
Number = Annotated[int, Form(ge=0)]


@router.get("/deleted")
def list_deleted(shell: ShellOf, access: Adopter) -> Response:
    """What can come back."""

    def read(connection: Connection, wanted: Wanted) -> Found[Restorable]:
        found = deleting.restorable(connection)
        return Found(found[wanted.offset :][: wanted.size], len(found), len(found))

    detail = Detail("Apps", tabs=list_tabs_beside("deleted"))
    return list_page(shell, "web/detail.html", "Apps", settings_views.DELETED, read, detail=detail)


@router.get("/restore")
def ask_to_restore(shell: ShellOf, access: Adopter, selected: Selected = None) -> Response:
    with shell.kernel.read() as connection:
        chosen = [app for app in deleting.restorable(connection) if app.id in (selected or [])]
    if not chosen:
        raise invalid("Mark at least one deleted app first.")
    return shell.page(
        "catalog/chosen.html",
        f"Restore {counted(len(chosen), 'app')}",
        crumbs=[APPS],
        lead="They come back unmanaged and empty; the next sync of what they were discovered "
        "through fills them.",
        names=[app.display_name for app in chosen],
        form=settings_views.restore_form(chosen),
    )


@router.post("/restore")
def restore(
    shell: ShellOf,
    access: Adopter,
    selected: Annotated[list[str] | None, Form(max_length=MOST_AT_ONCE)] = None,
) -> Response:
    app_ids = sorted(set(selected or []))
    with shell.kernel.work(access.caller.actor) as unit:
        for app_id in app_ids:
            deletion.restore_app(unit, app_id)
    return shell.go("/apps?tab=unmanaged", f"{counted(len(app_ids), 'app')} restored")


@router.get("/{app_id}/settings")
def show_settings(shell: ShellOf, access: Manager, app_id: str) -> Response:
    return _page(shell, app_id)


@router.post("/{app_id}/settings")
def save_details(
    shell: ShellOf, access: Manager, app_id: str, name: Text = "", description: Text = ""
) -> Response:
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            before = found_app(unit.connection, app_id, None)
            if len(name.strip()) > LONGEST_NAME:
                raise invalid(f"A name has at most {LONGEST_NAME} characters.")
            changed = {
                key: given.strip()
                for key, given, was in (
                    ("name", name, before.display_name),
                    ("description", description, before.description),
                )
                if given.strip() != was
            }
            if changed:
                actions.edit_app(unit, app_id, **changed)
    except AppError as error:
        values = {"name": name, "description": description}
        return _page(shell, app_id, details=(values, {"name": error.message}), status=error.status)
    return shell.go(settings_views.app_path(app_id), "Saved")


@router.post("/{app_id}/settings/owners")
def add_owner(shell: ShellOf, access: Manager, app_id: str, owner: Text = "") -> Response:
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            person = person_by_email(unit.connection, owner)
            ownership.add_owner(unit, app_id, person.public_id)
    except AppError as error:
        refused = ({"owner": owner}, {"owner": error.message})
        return _page(shell, app_id, owner=refused, status=error.status)
    return shell.go(settings_views.app_path(app_id), f"{person.display_name} owns it now")


@router.post("/{app_id}/settings/owners/remove")
def remove_owner(shell: ShellOf, access: Manager, app_id: str, owner: Text) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        ownership.remove_owner(unit, app_id, owner)
    mine = access.everything or owner != access.caller.user.public_id
    return shell.go(settings_views.app_path(app_id) if mine else "/apps", "Owner removed")


@router.post("/{app_id}/settings/delete")
def delete(
    shell: ShellOf,
    access: Manager,
    delete_connectors: ConnectorsOf,
    app_id: str,
    unmanaged: Number,
    managed: Number,
    with_connectors: Number,
    typed: Text = "",
) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        app = found_app(unit.connection, app_id, None)
        check_typed(typed, settings_views.word_to_delete(app))
        expected = Cascade(unmanaged, managed, with_connectors)
        gone = deletion.delete_app(unit, app_id, expected, delete_connectors)
    return shell.go("/apps", f"{app.display_name} deleted: {counted(len(gone), 'app')} in all")


def _page(
    shell: Shell,
    app_id: str,
    *,
    details: Refused | None = None,
    owner: Refused | None = None,
    status: int = 200,
) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, None)
        known = apps.find(connection, app_id)
        key = app_search.find(connection, app_id).key
        people = owners.people_of(connection, "app", key)
        holders = owners.entitlement_names(connection, "app", key)
        going, counts = (
            apps.cascade(connection, key),
            app_search.counts_with(connection, key),
        )
        ending = deleting.counts(connection, key)
    discovered = known is not None and known.discovered_resource_id is not None
    of = settings_views.owners(settings_views.app_path(app_id), people, holders)
    return shell.page(
        "catalog/settings.html",
        f"Settings of {app.display_name}",
        crumbs=[APPS],
        status=status,
        app=app,
        chips=[standing(app)],
        tabs=app_tabs(shell, app_id, "settings"),
        sections=settings_views.tabs(app_id, "general"),
        details=with_refusal(settings_views.details_form(app, discovered=discovered), details),
        owners=of,
        add_owner=with_refusal(of.add, owner),
        confirmation=settings_views.delete_confirmation(app, going, counts, ending),
    )
