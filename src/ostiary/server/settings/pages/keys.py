"""Service principals with their credentials, and the API keys of people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Form as Sent
from starlette.responses import Response

from ostiary.server.kernel.auth import api_clients, keys, user_store
from ostiary.server.kernel.auth import users as accounts
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.auth.api_clients import PERSONAL, SERVICE
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.authz.roles import allowances_of, roles_of
from ostiary.server.kernel.errors import AppError
from ostiary.server.settings import store
from ostiary.server.settings.pages.key_form import Wished, secret_page
from ostiary.server.settings.pages.users import ChosenRoles
from ostiary.server.settings.views import keys as views
from ostiary.server.settings.views.sections import tabs
from ostiary.server.settings.views.users import role_form
from ostiary.server.web.components.forms import Form, Refused, check_typed, with_refusal
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

KEYS = Crumb("API keys", "/settings/keys")
MOST = 500

router = APIRouter(prefix="/settings/keys", include_in_schema=False)

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
    shell: ShellOf, access: Administrator, service_id: str, wished: Wished
) -> Response:
    """The only answer with the secret in it."""
    if wrong := wished.wrong():
        return _service(shell, service_id, refused=(vars(wished), wrong), status=400)
    keys.check_may_make_keys(access.caller)
    with shell.kernel.work(access.caller.actor) as unit:
        owner = accounts.find(unit.connection, service_id, "service")
        client, secret = keys.create(unit, SERVICE, owner, wished.wish())
    crumbs = [KEYS, Crumb(owner.display_name, _path(service_id))]
    return secret_page(shell, client, secret, crumbs)


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
        tabs=tabs("/settings/keys"),
        services=views.listed_services(services),
        personal=views.listed_keys(personal, "/settings/keys/personal", names),
        form=(form or views.service_form()) if changes else None,
        changes=changes,
    )


def _service(
    shell: Shell, service_id: str, refused: Refused | None = None, status: int = 200
) -> Response:
    with shell.kernel.read() as connection:
        service = accounts.find(connection, service_id, "service")
        found = api_clients.page(connection, SERVICE, after=0, limit=MOST, user_id=service.id)
    changes, of = _changes(shell), f"{_path(service_id)}/credentials"
    form = views.key_form(of, "Add credential", allowances_of(roles_of(service.role_ids)))
    return shell.page(
        "settings/service.html",
        service.display_name,
        crumbs=[KEYS],
        status=status,
        service=service,
        facts=views.service_facts(service),
        credentials=views.listed_keys(found, of),
        form=with_refusal(form, refused) if changes else None,
        roles=role_form(f"{_path(service_id)}/roles", service.role_ids) if changes else None,
        deleting=views.deleting(service, len(found)) if changes else None,
        changes=changes,
    )


def _changes(shell: Shell) -> bool:
    return shell.allows(Permission.USERS_MANAGE) and not shell.as_of


def _path(service_id: str) -> str:
    return f"/settings/keys/{service_id}"
