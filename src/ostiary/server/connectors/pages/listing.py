"""`/connectors`, and the connectors of one app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.responses import Response

from ostiary.server.catalog.pages import APPS
from ostiary.server.catalog.store import app_table
from ostiary.server.catalog.views import app_tabs, standing
from ostiary.server.connectors.api.permissions import Chooser, Lister, owns
from ostiary.server.connectors.catalogue.kinds import Kind, find_kind
from ostiary.server.connectors.pages.reading import app_path
from ostiary.server.connectors.store import listed, registry
from ostiary.server.connectors.store.listed import Beside
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.views import lists
from ostiary.server.connectors.views.lists import Row
from ostiary.server.connectors.views.states import unfinished
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.web.components.detail import Detail
from ostiary.server.web.lists import list_page
from ostiary.server.web.shell import Shell, ShellOf

ADD = "/connectors/add"
NOW = "Connectors are shown as they are now; their past is in their syncs."

router = APIRouter(include_in_schema=False)


@router.get("/connectors")
def list_connectors(shell: ShellOf, access: Chooser) -> Response:
    """Those of all apps; owners are shown their own."""
    rows = _rows(shell, access)
    add = add_path(shell)
    return list_page(
        shell,
        "connectors/connectors.html",
        "Connectors",
        lists.listing(rows, empty=lists.nothing(add)),
        lambda _connection, wanted: lists.found(rows, wanted),
        add=add,
        note=NOW if shell.as_of else "",
    )


@router.get("/apps/{app_id}/connectors")
def list_of_app(shell: ShellOf, access: Lister, app_id: str) -> Response:
    with shell.kernel.read() as connection:
        app = app_table.find(connection, app_id, shell.as_of)
    if app is None:
        raise not_found(f"There is no app {app_id}.")
    rows = _rows(shell, access, app_id)
    add = add_path(shell)
    add = add and f"{add}?app={app_id}"
    return list_page(
        shell,
        "connectors/of_app.html",
        f"Connectors of {app.display_name}",
        lists.listing(rows, empty=lists.nothing(add), of_app=True),
        lambda _connection, wanted: lists.found(rows, wanted),
        crumbs=[APPS],
        add=add,
        detail=Detail(
            app.display_name,
            chips=[standing(app)],
            tabs=app_tabs(shell, app_id, "connectors"),
            note=NOW if shell.as_of else "",
        ),
    )


def add_path(shell: Shell) -> str:
    """Empty for who may not, and where nothing can change."""
    offered = not shell.as_of and shell.allows(Permission.CONNECTORS_CREATE)
    return ADD if offered else ""


def _rows(shell: Shell, access: Access, app_id: str | None = None) -> Sequence[Row]:
    with shell.kernel.read() as connection:
        found = registry.find_all(connection, app_id)
        beside = listed.beside(connection, [each.key for each in found])
        mine = found if access.everything else owned(connection, access.caller, found, beside)
    kinds = {each.catalog_id: find_kind(shell.kernel.settings, each.catalog_id) for each in mine}
    return [_row(shell, each, beside[each.key], kinds[each.catalog_id]) for each in mine]


def _row(shell: Shell, each: Connector, beside: Beside, kind: Kind | None) -> Row:
    name = kind.display_name if kind else each.catalog_id
    missing = unfinished(each, kind, configured=beside.configured)
    return Row(each, beside, name, missing, shell.now, app_path(shell, each))


def owned(
    connection: Connection,
    caller: Caller,
    found: Sequence[Connector],
    beside: Mapping[int, Beside],
) -> list[Connector]:
    """Those of `owns`. What is known of their owners saves asking again for each."""
    mine = caller.user.public_id
    return [
        each
        for each in found
        if mine in beside[each.key].owner_ids
        or (not beside[each.key].owner_ids and owns(connection, caller, each))
    ]
