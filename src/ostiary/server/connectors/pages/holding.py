"""A sync that would remove much: what would be lost, to confirm by typing or to refuse."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.connectors.actions.registry import resume_connector
from ostiary.server.connectors.actions.syncs import confirm_sync
from ostiary.server.connectors.api.permissions import Manager, Viewer, find
from ostiary.server.connectors.pages.reading import path_of, shown
from ostiary.server.connectors.views import holding as views
from ostiary.server.ingest.losses import lost_resources
from ostiary.server.ingest.store import history
from ostiary.server.web.components.forms import check_typed
from ostiary.server.web.shell import ShellOf

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}/held", include_in_schema=False)


@router.get("")
def show_held(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    """The names are read from the held file when somebody asks for them: `?names=1`."""
    page = shown(shell, app_id, connector_id)
    if page.held is None:
        return page.page("held", "connectors/held.html", loss=None, names=None)
    with shell.kernel.read() as connection:
        record = history.held_of(connection, connector_id)
    names = None
    if record is not None and shell.address.get("names"):
        names = lost_resources(shell.kernel, connector_id, record)
    return page.page(
        "held",
        "connectors/held.html",
        loss=views.loss(record, page.path, page.held),
        names=names,
    )


@router.post("/confirm")
def confirm(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    sync_id: Annotated[str, Form(max_length=64)],
    typed: Annotated[str, Form()] = "",
) -> Response:
    check_typed(typed, views.WORD)
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        confirm_sync(unit, connector.id, sync_id)
    return shell.go(path_of(connector), "Confirmed: the sync is being applied")


@router.post("/refuse")
def refuse(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    """The held sync is given up, and the connector goes on."""
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        resume_connector(unit, connector.id)
    return shell.go(path_of(connector), "Refused: nothing was changed, and the connector goes on")
