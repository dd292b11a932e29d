"""Who may sign in, as what, and where they are signed in now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Form as Sent
from starlette.responses import Response

from ostiary.server.kernel.auth import users as accounts
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.authz.roles import ROLES
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.settings import actions, store
from ostiary.server.settings.store import ListedUser, UserFilter
from ostiary.server.settings.views import users as views
from ostiary.server.settings.views.sections import tabs
from ostiary.server.web.components.forms import Form
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_of, list_page
from ostiary.server.web.moments import counted
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

USERS = Crumb("Users and roles", "/settings/users")
MOST_AT_ONCE = 200
SHOWN = 10

router = APIRouter(prefix="/settings/users", include_in_schema=False)


async def _chosen(request: Request) -> list[str]:
    """Ids of the roles whose boxes are ticked."""
    form = await request.form()
    return [role.id for role in ROLES if form.get(role.name)]


ChosenRoles = Annotated[list[str], Depends(_chosen)]
Selected = Annotated[list[str] | None, Query(max_length=MOST_AT_ONCE)]
Posted = Annotated[list[str] | None, Sent(max_length=MOST_AT_ONCE)]


@router.get("")
def list_users(shell: ShellOf, access: Viewer) -> Response:
    def read(connection: Connection, wanted: Wanted) -> Found[ListedUser]:
        asked = UserFilter(
            query=wanted.query,
            role_ids=wanted.filters["role"],
            statuses=wanted.filters["status"],
            origins=wanted.filters["origin"],
        )
        read_store = partial(store.users, connection, now=shell.now)
        return found_of(wanted, asked, UserFilter(), read_store, partial(store.count, connection))

    listing = views.users(may_change=_may_change(shell))
    path = USERS.path
    return list_page(shell, "settings/list.html", "Settings", listing, read, tabs=tabs(path))


@router.get("/roles")
def ask_for_roles(shell: ShellOf, access: Administrator, selected: Selected = None) -> Response:
    """Ticked are the roles that all of them have."""
    chosen = _marked(shell, selected)
    common = set.intersection(*(set(each.role_ids) for each in chosen))
    return _roles_page(shell, chosen, views.roles_of_many(chosen, sorted(common)))


@router.post("/roles")
def set_roles_of_many(
    shell: ShellOf, access: Administrator, roles: ChosenRoles, selected: Posted = None
) -> Response:
    """All of them or nobody."""
    chosen = _marked(shell, selected)
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            for each in chosen:
                accounts.set_roles(unit, accounts.find(unit.connection, each.id, "human"), roles)
    except AppError as error:
        form = replace(views.roles_of_many(chosen, roles), problem=_said(error))
        return _roles_page(shell, chosen, form, error.status)
    return shell.go(USERS.path, f"Roles of {counted(len(chosen), 'user')} replaced")


@router.get("/{user_id}")
def show_user(shell: ShellOf, access: Viewer, user_id: str) -> Response:
    return _user_page(shell, user_id)


@router.post("/{user_id}/roles")
def set_roles(
    shell: ShellOf,
    access: Administrator,
    user_id: str,
    chosen: ChosenRoles,
) -> Response:
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            accounts.set_roles(unit, accounts.find(unit.connection, user_id, "human"), chosen)
    except AppError as error:
        if error.status == 404:
            raise
        form = views.role_form(_path(user_id, "roles"), chosen)
        refused = form.refused({field.name: field.value for field in form.fields}, {}, _said(error))
        return _user_page(shell, user_id, refused, error.status)
    return shell.go(views.user_path(user_id), "Roles set")


@router.post("/{user_id}/end_sessions")
def end_sessions(shell: ShellOf, access: Administrator, user_id: str) -> Response:
    """One's own as well: the next page is the sign-in."""
    with shell.kernel.work(access.caller.actor) as unit:
        user = accounts.find(unit.connection, user_id, "human")
        number = store.sessions(unit.connection, user.id, unit.now)
        actions.end_sessions(unit, user, number)
    return shell.go(views.user_path(user_id), "Signed out everywhere")


def _user_page(shell: Shell, user_id: str, form: Form | None = None, status: int = 200) -> Response:
    with shell.kernel.read() as connection:
        user = accounts.find(connection, user_id, "human")
        sessions = store.sessions(connection, user.id, shell.now)
    changes = _may_change(shell)
    asked = form or views.role_form(_path(user_id, "roles"), user.role_ids)
    return shell.page(
        "settings/user.html",
        user.display_name or user.email,
        crumbs=[USERS],
        status=status,
        chips=views.chips(user),
        facts=views.user_facts(user, sessions),
        form=asked if changes else None,
        ending=_path(user_id, "end_sessions") if changes and sessions else "",
        person=f"/people/{user.public_id}",
    )


def _may_change(shell: Shell) -> bool:
    return shell.allows(Permission.USERS_MANAGE) and not shell.as_of


def _marked(shell: Shell, selected: Sequence[str] | None) -> list[ListedUser]:
    with shell.kernel.read() as connection:
        found = (
            store.users(
                connection,
                UserFilter(ids=selected),
                shell.now,
                order="name",
                descending=False,
                offset=0,
                size=MOST_AT_ONCE,
            )
            if selected
            else []
        )
    if not found:
        raise invalid("Mark at least one user first.")
    return found


def _roles_page(
    shell: Shell, chosen: Sequence[ListedUser], form: Form, status: int = 200
) -> Response:
    return shell.page(
        "settings/roles.html",
        f"Set roles of {counted(len(chosen), 'user')}",
        crumbs=[USERS],
        status=status,
        chosen=[(each.display_name, views.user_path(each.id)) for each in chosen[:SHOWN]],
        rest=len(chosen[SHOWN:]),
        form=form,
    )


def _path(user_id: str, what: str) -> str:
    return f"{views.user_path(user_id)}/{what}"


def _said(error: AppError) -> str:
    return error.message[:1].upper() + error.message[1:]
