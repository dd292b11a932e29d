"""`/apps/{app_id}/linked_groups`: groups that the app is assigned to, and what they mean here."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.catalog import linked_views, linking
from ostiary.server.catalog.api.permissions import Manager, Viewer
from ostiary.server.catalog.pages import APPS, MOST_AT_ONCE, Selected, found_app
from ostiary.server.catalog.rules import Choice, LinkedGroup
from ostiary.server.catalog.store import app_search, linked
from ostiary.server.catalog.views import app_tabs, manage_link, standing
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, invalid
from ostiary.server.kernel.work import UnitOfWork
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import list_page
from ostiary.server.web.moments import counted
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell, ShellOf

NOW_ONLY = "What was decided then is not kept: these are the groups and decisions of now."

router = APIRouter(prefix="/apps/{app_id}/linked_groups", include_in_schema=False)


@router.get("")
def list_groups(shell: ShellOf, access: Viewer, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, shell.as_of)

    def read(connection: Connection, wanted: Wanted) -> Found[LinkedGroup]:
        groups = _groups(connection, app_id) if app.managed else []
        return linked_views.ARRANGING.page(groups, wanted)

    detail = Detail(
        app.display_name,
        chips=[standing(app)],
        tabs=app_tabs(shell, app_id, "linked_groups"),
        note=NOW_ONLY if shell.as_of else "",
    )
    may_change = app.managed and shell.allows(Permission.APPS_MANAGE) and not shell.as_of
    listing = linked_views.listing(
        app_id, managed=app.managed, may_change=may_change, manage=manage_link(shell, app)
    )
    title = f"Linked groups of {app.display_name}"
    return list_page(shell, "web/detail.html", title, listing, read, crumbs=[APPS], detail=detail)


@router.get("/set_up")
def ask_to_set_up(
    shell: ShellOf, access: Manager, app_id: str, selected: Selected = None
) -> Response:
    """What each choice would do to how many."""
    return _set_up_page(shell, app_id, selected or [])


@router.post("/set_up")
def set_up(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    choice: Annotated[str, Form()],
    selected: Annotated[list[str] | None, Form(max_length=MOST_AT_ONCE)] = None,
    entitlement: Annotated[str, Form()] = "",
    role_name: Annotated[str, Form(max_length=512)] = "",
    scim: Annotated[str, Form()] = "",
) -> Response:
    group_ids = list(dict.fromkeys(selected or []))
    if choice not in dict(linked_views.CHOICES) or not group_ids:
        raise invalid("Mark at least one group, and choose what to do.")
    named = entitlement if choice == "provision" else ""
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            for group_id in group_ids:
                _decide(unit, app_id, group_id, choice, named, role_name.strip(), bool(scim))
    except AppError as error:
        values = {"choice": choice, "entitlement": entitlement, "role_name": role_name}
        return _set_up_page(
            shell, app_id, group_ids, refused=({**values, "scim": scim}, error.message)
        )
    done = f"{counted(len(group_ids), 'group')} set up"
    return shell.go(linked_views.path(app_id), done)


def _decide(
    unit: UnitOfWork,
    app_id: str,
    group_id: str,
    choice: str,
    entitlement_id: str,
    role_name: str,
    scim: bool,
) -> None:
    if choice == linked_views.UNDECIDED:
        linking.reconsider(unit, app_id, group_id)
        return
    linking.decide(
        unit,
        app_id,
        group_id,
        cast(Choice, choice),
        entitlement_id=entitlement_id,
        role_name=(role_name or None) if choice == "create_role" else None,
        trigger_scim=scim and choice != "skip",
    )


def _set_up_page(
    shell: Shell,
    app_id: str,
    selected: list[str],
    refused: tuple[dict[str, str], str] | None = None,
) -> Response:
    with shell.kernel.read() as connection:
        app = found_app(connection, app_id, None)
        chosen = [group for group in _groups(connection, app_id) if group.id in set(selected)]
        grantable = linked.grantables(connection, app_search.find(connection, app_id).key)
    if not chosen:
        raise invalid("Mark at least one group first.")
    form = linked_views.set_up_form(app_id, chosen, grantable)
    crumbs = [
        APPS,
        Crumb(app.display_name, f"/apps/{app_id}"),
        Crumb("Linked groups", linked_views.path(app_id)),
    ]
    only = chosen[0].name if len(chosen) == 1 else counted(len(chosen), "group")
    return shell.page(
        "catalog/set_up.html",
        f"Set up {only}",
        crumbs=crumbs,
        status=400 if refused else 200,
        groups=[linked_views.described(group) for group in chosen],
        effects=linked_views.effects(chosen),
        form=form.refused(refused[0], {}, refused[1]) if refused else form,
    )


def _groups(connection: Connection, app_id: str) -> list[LinkedGroup]:
    return linked.groups(connection, app_search.find(connection, app_id).key)
