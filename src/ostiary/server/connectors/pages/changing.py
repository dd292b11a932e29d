"""A connector's name and owners, and deleting it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.connectors.actions import registry as actions
from ostiary.server.connectors.api.permissions import Manager
from ostiary.server.connectors.pages import owning
from ostiary.server.connectors.pages.reading import Shown, shown
from ostiary.server.connectors.store import credentials, syncs
from ostiary.server.connectors.views import changing as views
from ostiary.server.ingest.store import history
from ostiary.server.kernel.errors import AppError, failed_precondition
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.components.forms import check_typed
from ostiary.server.web.shell import ShellOf

router = APIRouter(prefix="/apps/{app_id}/connectors/{connector_id}", include_in_schema=False)


@router.get("/edit")
def edit(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    page = shown(shell, app_id, connector_id)
    return _edit_page(page, _form(page))


@router.post("/edit")
def save(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    name: Annotated[str, Form()] = "",
    description: Annotated[str, Form(max_length=4000)] = "",
    owners: Annotated[str, Form(max_length=40_000)] = "",
) -> Response:
    """Those who are new among the owners get a mail."""
    page = shown(shell, app_id, connector_id)
    typed = {"name": name, "description": description, "owners": owners}
    with shell.kernel.read() as connection:
        named = owning.named(connection, owners)
    if named.problem:
        return _edit_page(page, _form(page).refused(typed, {"owners": named.problem}), 400)
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            actions.rename_connector(unit, connector_id, name, description.strip())
            actions.set_owners(unit, connector_id, named.ids)
    except AppError as error:
        return _edit_page(page, _form(page).refused(typed, {}, error.message), error.status)
    return shell.go(page.path, "Saved")


@router.get("/delete")
def ask_to_delete(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    """What it ends, and what stays, with numbers."""
    page = shown(shell, app_id, connector_id)
    with shell.kernel.read() as connection:
        mine = credentials.find_of(connection, page.connector.key)
        waiting = syncs.find_open(connection, page.connector.key)
        counts = history.counts(connection, connector_id, None)
    working = sum(each.works(shell.now) for each in mine)
    return page.page(
        "overview",
        "connectors/delete.html",
        consequences=views.consequences(working, waiting is not None, counts, page.beside.app_name),
        form=views.delete_form(page.path),
    )


@router.post("/delete")
def delete(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    typed: Annotated[str, Form()] = "",
) -> Response:
    check_typed(typed, views.WORD)
    page = shown(shell, app_id, connector_id)
    if page.connector.deleted_at is not None:
        raise failed_precondition(f"{page.connector.display_name} was deleted already.")
    with shell.kernel.work(access.caller.actor) as unit:
        actions.delete_connector(unit, connector_id)
    return shell.go(f"/apps/{app_id}/connectors", f"{page.connector.display_name} was deleted")


def _form(page: Shown) -> FormModel:
    with page.shell.kernel.read() as connection:
        people = owning.shown(connection, page.beside.owner_ids)
    return views.details_form(page.path, page.connector, people)


def _edit_page(page: Shown, form: FormModel, status: int = 200) -> Response:
    return page.page("overview", "connectors/edit.html", status=status, form=form)
