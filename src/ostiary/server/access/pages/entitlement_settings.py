"""`/apps/{app_id}/entitlements/{entitlement_id}/settings`: what people edit, and who owns it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.access.pages.entitlements import shown_entitlement
from ostiary.server.catalog import actions, entitlement_views, settings_views, thing_ownership
from ostiary.server.catalog.api.permissions import Manager
from ostiary.server.catalog.pages import person_by_email
from ostiary.server.catalog.store import inventory, owners
from ostiary.server.catalog.thing_ownership import Thing
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, not_found
from ostiary.server.web.components.forms import Refused, with_refusal
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(
    prefix="/apps/{app_id}/entitlements/{entitlement_id}/settings", include_in_schema=False
)

Text = Annotated[str, Form(max_length=20_000)]


@router.get("")
def show_settings(shell: ShellOf, access: Manager, app_id: str, entitlement_id: str) -> Response:
    return _page(shell, app_id, entitlement_id)


@router.post("")
def save(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    entitlement_id: str,
    name: Text = "",
    alias: Text = "",
    slug: Text = "",
    description: Text = "",
) -> Response:
    """What is empty is again as the connector says."""
    given = {"name": name, "alias": alias, "slug": slug, "description": description}
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            before = inventory.one_entitlement(unit.connection, app_id, entitlement_id)
            was = {
                "name": before.display_name,
                "alias": before.alias,
                "slug": before.slug,
                "description": before.description,
            }
            changed = {
                key: value.strip() for key, value in given.items() if value.strip() != was[key]
            }
            if changed:
                actions.edit_entitlement(unit, entitlement_id, **changed)
    except AppError as error:
        return _page(
            shell,
            app_id,
            entitlement_id,
            details=(given, {"alias": error.message}),
            status=error.status,
        )
    return shell.go(_path(app_id, entitlement_id), "Saved")


@router.post("/owners")
def add_owner(
    shell: ShellOf, access: Manager, app_id: str, entitlement_id: str, owner: Text = ""
) -> Response:
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            person = person_by_email(unit.connection, owner)
            thing = _thing(unit.connection, app_id, entitlement_id)
            thing_ownership.add_owner(unit, thing, person.public_id)
    except AppError as error:
        refused = ({"owner": owner}, {"owner": error.message})
        return _page(shell, app_id, entitlement_id, owner=refused, status=error.status)
    return shell.go(_path(app_id, entitlement_id), f"{person.display_name} owns it now")


@router.post("/owners/remove")
def remove_owner(
    shell: ShellOf, access: Manager, app_id: str, entitlement_id: str, owner: Text
) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        thing = _thing(unit.connection, app_id, entitlement_id)
        thing_ownership.remove_owner(unit, thing, owner)
    return shell.go(_path(app_id, entitlement_id), "Owner removed")


def _path(app_id: str, entitlement_id: str) -> str:
    return f"/apps/{app_id}/entitlements/{entitlement_id}/settings"


def _thing(connection: Connection, app_id: str, entitlement_id: str) -> Thing:
    found = inventory.one_entitlement(connection, app_id, entitlement_id)
    return Thing("entitlement", found.key, found.id)


def _page(
    shell: Shell,
    app_id: str,
    entitlement_id: str,
    *,
    details: Refused | None = None,
    owner: Refused | None = None,
    status: int = 200,
) -> Response:
    shown = shown_entitlement(shell, app_id, entitlement_id)
    entitlement = shown.seen.thing
    if shown.seen.gone_at:
        raise not_found(f"{entitlement.display_name} is gone: nothing of it can be changed.")
    with shell.kernel.read() as connection:
        people = owners.people_of(connection, "entitlement", entitlement.key)
        holders = owners.entitlement_names(connection, "entitlement", entitlement.key)
    here = _path(app_id, entitlement_id)
    of = settings_views.owners(here, people, holders)
    form = entitlement_views.details_form(entitlement, here)
    return shell.page(
        "catalog/entitlement_settings.html",
        f"Settings of {shown.related.title}",
        crumbs=shown.related.crumbs,
        status=status,
        related=shown.related,
        tabs=shown.related.tabs("settings"),
        reason=entitlement_views.reason(entitlement),
        details=with_refusal(form, details),
        owners=of,
        add_owner=with_refusal(of.add, owner),
    )
