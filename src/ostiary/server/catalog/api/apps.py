"""Apps: `/api/v1/apps`, `/api/v1/search/apps`, and our own routes to manage and delete them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Request

from ostiary.server.catalog import actions, deletion, ownership
from ostiary.server.catalog.api import app_messages as m
from ostiary.server.catalog.api.permissions import (
    Adopter,
    Creator,
    Manager,
    Reader,
    Searcher,
    own_only,
)
from ostiary.server.catalog.deletion import DeleteConnectors
from ostiary.server.catalog.store import app_search, apps, deleting
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError, Code, invalid
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.work import Kernel, UnitOfWork

WRITABLE = ("display_name", "description")
LONGEST_NAME = 512

router = APIRouter(prefix="/api/v1", tags=["App"])


def _delete_connectors(request: Request) -> DeleteConnectors:
    """What the composition root says becomes of connectors when their apps go."""
    delete: DeleteConnectors = request.app.state.delete_connectors
    return delete


ConnectorsOf = Annotated[DeleteConnectors, Depends(_delete_connectors)]


@router.get("/apps")
def list_apps(kernel: KernelOf, access: Searcher, paging: PagingQuery) -> m.AppList:
    """Managed apps, by name."""
    return _page(kernel, m.SearchAppsRequest(), paging, own_only(access))


@router.post("/search/apps")
def search_apps(kernel: KernelOf, access: Searcher, request: m.SearchAppsRequest) -> m.AppList:
    return _page(kernel, request, request.paging, own_only(access))


@router.post("/apps")
def create_app(kernel: KernelOf, access: Creator, request: m.CreateAppRequest) -> m.AppReply:
    """Without owners it belongs to whoever creates it."""
    owners = request.owners or [access.caller.user.public_id]
    name = _checked_name(request.display_name)
    with kernel.work(access.caller.actor) as unit:
        app_id = ownership.create_owned_app(unit, name, request.description, owners)
        return _reply(unit.connection, app_id)


@router.post("/apps/manage")
def manage_apps(kernel: KernelOf, access: Adopter, request: m.ManageManyRequest) -> m.ManagedApps:
    """Ours: makes unmanaged apps managed, all of them or none."""
    app_ids = sorted(set(request.app_ids))
    with kernel.work(access.caller.actor) as unit:
        _manage(unit, app_ids, request.owner_ids)
        return m.ManagedApps(list=[_reply(unit.connection, app_id).app for app_id in app_ids])


@router.get("/apps/{app_id}")
def get_app(kernel: KernelOf, access: Reader, app_id: str) -> m.AppReply:
    with kernel.read() as connection:
        return _reply(connection, app_id)


@router.post("/apps/{app_id}")
def update_app(
    kernel: KernelOf, access: Manager, app_id: str, request: m.UpdateAppRequest
) -> m.AppReply:
    """A name given here stays, whatever connectors say; an empty one gives theirs back."""
    wanted = changes(request.app, request.update_mask, WRITABLE)
    name, description = wanted.get("display_name"), wanted.get("description")
    with kernel.work(access.caller.actor) as unit:
        before = app_search.find(unit.connection, app_id)
        if wanted != {field: getattr(before, field) for field in wanted}:
            actions.edit_app(
                unit, app_id, name=name and _checked_name(name), description=description
            )
        return _reply(unit.connection, app_id)


@router.delete("/apps/{app_id}")
def delete_app(
    kernel: KernelOf,
    access: Manager,
    delete_connectors: ConnectorsOf,
    app_id: str,
    request: Annotated[m.DeleteAppRequest | None, Body()] = None,
) -> Empty:
    """With every app discovered through it; `deletion_preview` counts what that is."""
    with kernel.work(access.caller.actor) as unit:
        key = app_search.find(unit.connection, app_id).key
        expected = apps.cascade(unit.connection, key)
        if request is not None and request.expected is not None:
            expected = m.expected_cascade(request.expected)
        deletion.delete_app(unit, app_id, expected, delete_connectors)
    return Empty()


@router.get("/apps/{app_id}/deletion_preview")
def preview_deletion(kernel: KernelOf, access: Manager, app_id: str) -> m.DeletionPreview:
    """Ours: what would go with the app, counted and not touched."""
    with kernel.read() as connection:
        key = app_search.find(connection, app_id).key
        counts = app_search.counts_with(connection, key)
        ending = deleting.counts(connection, key)
        return m.preview_message(apps.cascade(connection, key), counts, ending)


@router.post("/apps/{app_id}/restore")
def restore_app(kernel: KernelOf, access: Adopter, app_id: str) -> m.AppReply:
    """Ours: a discovered app that was deleted here is unmanaged again."""
    with kernel.work(access.caller.actor) as unit:
        deletion.restore_app(unit, app_id)
        return _reply(unit.connection, app_id)


@router.post("/apps/{app_id}/manage")
def manage_app(
    kernel: KernelOf, access: Adopter, app_id: str, request: m.ManageRequest
) -> m.AppReply:
    """Ours: makes an unmanaged app managed. ALREADY_EXISTS when it is."""
    with kernel.work(access.caller.actor) as unit:
        _manage(unit, [app_id], request.owner_ids)
        return _reply(unit.connection, app_id)


def _manage(unit: UnitOfWork, app_ids: Sequence[str], owner_ids: Sequence[str]) -> None:
    for app_id in app_ids:
        app = app_search.find(unit.connection, app_id)
        if app.managed:
            raise AppError(Code.ALREADY_EXISTS, f"{app.display_name} is managed already.")
    actions.manage_apps(unit, app_ids)
    if owner_ids:
        for app_id in app_ids:
            ownership.set_owners(unit, app_id, owner_ids)


def _reply(connection: Connection, app_id: str) -> m.AppReply:
    return m.AppReply(app=m.app_message(app_search.find(connection, app_id)))


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise invalid(f"displayName needs 1 to {LONGEST_NAME} characters")
    return name


def _page(
    kernel: Kernel, request: m.SearchAppsRequest, paging: Paging, viewer: str | None
) -> m.AppList:
    listing = Listing(kernel.secrets, "apps", {**request.filters, "viewer": viewer})
    asked = (
        Asked(viewer=viewer)
        .where("a.managed = :managed", managed=request.managed)
        .containing(request.query, app_search.NAME, "a.description")
        .among("a.public_id", "app_ids", request.app_ids)
        .outside("a.public_id", "exclude_app_ids", request.exclude_app_ids)
        .among("p.public_id", "parent_app_ids", request.parent_app_ids)
    )
    if request.only_directories:
        asked.where("EXISTS (SELECT FROM directories d WHERE d.app_id = a.id)")
    if request.display_name:
        asked.where(f"lower({app_search.NAME}) = lower(:named)", named=request.display_name)
    with kernel.read() as connection:
        rows = app_search.search(connection, asked, listing.after(paging), paging.size + 1)
    page = listing.page(rows, paging.size, app_search.position)
    shown = [m.app_message(app) for app in page.rows]
    return m.AppList(list=shown, next_page_token=page.next_page_token)
