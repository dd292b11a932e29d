"""Service principals with their credentials, and the API keys of people."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter
from fastapi import Form as Sent
from starlette.responses import Response

from ostiary.server.kernel.auth import api_clients, keys, user_store
from ostiary.server.kernel.auth import users as accounts
from ostiary.server.kernel.auth.api_clients import PERSONAL, SERVICE
from ostiary.server.kernel.auth.client_ids import ClientId
from ostiary.server.kernel.auth.keys import LONGEST_LIFE, Wish
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.settings import store, views
from ostiary.server.settings.pages.users import ChosenRoles
from ostiary.server.web.components.forms import Form, check_typed
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

KEYS = Crumb("API keys", "/settings/keys")
MOST = 500

router = APIRouter(prefix="/settings/keys", include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.USERS_VIEW)]
Administrator = Annotated[Access, requires(Permission.USERS_MANAGE)]
Text = Annotated[str, Sent()]


@router.get("")
def list_keys(shell: ShellOf, access: Viewer) -> Response:
    return _list(shell)


@router.post("")
def add_service(shell: ShellOf, access: Administrator, display_name: Text = "") -> Response:
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            service = accounts.create_service(unit, display_name)
    except AppError as error:
        form = views.service_form()
        told = {"display_name": error.message}
        return _list(shell, form.refused({"display_name": display_name}, told), error.status)
    return shell.go(_path(service.public_id), "Added. It may do nothing until it has a role")


@router.get("/{service_id}")
def show_service(shell: ShellOf, access: Viewer, service_id: str) -> Response:
    return _service(shell, service_id)


@router.post("/{service_id}/roles")
def set_roles(
    shell: ShellOf, access: Administrator, service_id: str, chosen: ChosenRoles
) -> Response:
    with shell.kernel.work(access.caller.actor) as unit:
        accounts.set_roles(unit, accounts.find(unit.connection, service_id, "service"), chosen)
    return shell.go(_path(service_id), "Roles set")


@router.post("/{service_id}/delete")
def delete_service(
    shell: ShellOf, access: Administrator, service_id: str, typed: Text = ""
) -> Response:
    check_typed(typed, "DELETE")
    with shell.kernel.work(access.caller.actor) as unit:
        accounts.delete_service(unit, accounts.find(unit.connection, service_id, "service"))
    return shell.go("/settings/keys", "Deleted: it works no more")


@router.post("/{service_id}/credentials")
def add_credential(
    shell: ShellOf,
    access: Administrator,
    service_id: str,
    display_name: Text = "",
    days: Text = "",
) -> Response:
    """The only answer with the secret in it."""
    try:
        keys.check_may_make_keys(access.caller)
        wish = Wish(display_name.strip(), life=_life(days))
        with shell.kernel.work(access.caller.actor) as unit:
            owner = accounts.find(unit.connection, service_id, "service")
            client, secret = keys.create(unit, SERVICE, owner, wish)
    except AppError as error:
        if error.status == 404:
            raise
        form = views.credential_form(service_id)
        values = {"display_name": display_name, "days": days}
        return _service(shell, service_id, form.refused(values, {}, error.message), error.status)
    return shell.page(
        "settings/secret.html",
        owner.display_name,
        crumbs=[KEYS],
        client_id=str(ClientId(client.name, shell.kernel.settings.external_authority, SERVICE)),
        secret=secret,
        client=client,
        back=_path(service_id),
    )


@router.post("/{service_id}/credentials/{credential_id}/revoke")
def revoke_credential(
    shell: ShellOf, access: Administrator, service_id: str, credential_id: str, typed: Text = ""
) -> Response:
    check_typed(typed, views.REVOKE)
    with shell.kernel.work(access.caller.actor) as unit:
        owner = accounts.find(unit.connection, service_id, "service")
        keys.revoke(unit, keys.find(unit.connection, SERVICE, credential_id, owner.id))
    return shell.go(_path(service_id), "Revoked: it works no more")


@router.post("/personal/{key_id}/revoke")
def revoke_personal(
    shell: ShellOf, access: Administrator, key_id: str, typed: Text = ""
) -> Response:
    check_typed(typed, views.REVOKE)
    with shell.kernel.work(access.caller.actor) as unit:
        keys.revoke(unit, keys.find(unit.connection, PERSONAL, key_id))
    return shell.go("/settings/keys", "Revoked: it works no more")


def _list(shell: Shell, form: Form | None = None, status: int = 200) -> Response:
    with shell.kernel.read() as connection:
        services = user_store.page(connection, "service", 0, MOST)
        personal = api_clients.page(connection, PERSONAL, after=0, limit=MOST)
        names = store.names(connection, {key.user_id for key in personal})
    changes = _changes(shell)
    return shell.page(
        "settings/keys.html",
        "Settings",
        status=status,
        tabs=views.tabs("/settings/keys"),
        services=views.listed_services(services),
        personal=views.listed_keys(personal, names, "/settings/keys/personal"),
        form=(form or views.service_form()) if changes else None,
        changes=changes,
    )


def _service(
    shell: Shell, service_id: str, form: Form | None = None, status: int = 200
) -> Response:
    with shell.kernel.read() as connection:
        service = accounts.find(connection, service_id, "service")
        found = api_clients.page(connection, SERVICE, after=0, limit=MOST, user_id=service.id)
    changes = _changes(shell)
    roles = views.role_form(f"{_path(service_id)}/roles", service.role_ids)
    return shell.page(
        "settings/service.html",
        service.display_name,
        crumbs=[KEYS],
        status=status,
        service=service,
        facts=views.service_facts(service),
        credentials=views.listed_keys(found, {}, f"{_path(service_id)}/credentials"),
        form=(form or views.credential_form(service_id)) if changes else None,
        roles=roles if changes else None,
        deleting=views.deleting(service, len(found)) if changes else None,
        changes=changes,
    )


def _changes(shell: Shell) -> bool:
    return shell.allows(Permission.USERS_MANAGE) and not shell.as_of


def _path(service_id: str) -> str:
    return f"/settings/keys/{service_id}"


def _life(days: str) -> timedelta:
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
    if not 0 < number <= LONGEST_LIFE.days:
        raise invalid(f"Days until it ends are a number from 1 to {LONGEST_LIFE.days}.")
    return timedelta(days=number)
