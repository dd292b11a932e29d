"""Apps: `/api/v1/apps`, `/api/v1/search/apps`, and our own routes to manage and delete them."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.access.actions import apps as actions
from ostiary.server.access.api import app_messages as m
from ostiary.server.access.api.permissions import (
    Adopter,
    Creator,
    Manager,
    Searcher,
    Viewer,
    own_only,
)
from ostiary.server.access.store.inventory import apps
from ostiary.server.access.store.inventory.selecting import Asked
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.work import Kernel

WRITABLE = ("display_name", "description")

router = APIRouter(prefix="/api/v1", tags=["App"])


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
    with kernel.work(access.caller.actor) as unit:
        app = actions.create(unit, request.display_name, request.description, owners)
    return m.AppReply(app=m.app_message(app))


@router.post("/apps/manage")
def manage_apps(
    kernel: KernelOf, access: Adopter, request: m.ManageManyRequest
) -> m.ManagedApps:
    """Ours: makes unmanaged apps managed, all of them or none."""
    with kernel.work(access.caller.actor) as unit:
        managed = [
            actions.manage(unit, app_id, request.owner_ids)
            for app_id in sorted(set(request.app_ids))
        ]
    return m.ManagedApps(list=[m.app_message(app) for app in managed])


@router.get("/apps/{app_id}")
def get_app(kernel: KernelOf, access: Viewer, app_id: str) -> m.AppReply:
    with kernel.read() as connection:
        return m.AppReply(app=m.app_message(apps.find(connection, app_id)))


@router.post("/apps/{app_id}")
def update_app(
    kernel: KernelOf, access: Manager, app_id: str, request: m.UpdateAppRequest
) -> m.AppReply:
    """A name given here stays, whatever connectors say."""
    wanted = changes(request.app, request.update_mask, WRITABLE)
    with kernel.work(access.caller.actor) as unit:
        app = actions.edit(unit, app_id, wanted)
    return m.AppReply(app=m.app_message(app))


@router.delete("/apps/{app_id}")
def delete_app(kernel: KernelOf, access: Manager, app_id: str) -> Empty:
    """With every app discovered through it; `deletion_preview` counts what that is."""
    with kernel.work(access.caller.actor) as unit:
        actions.delete(unit, app_id)
    return Empty()


@router.get("/apps/{app_id}/deletion_preview")
def preview_deletion(kernel: KernelOf, access: Manager, app_id: str) -> m.DeletionPreview:
    """Ours: what would go with the app, counted and not touched."""
    with kernel.read() as connection:
        return m.preview_message(apps.cascade(connection, apps.find(connection, app_id).key))


@router.post("/apps/{app_id}/manage")
def manage_app(
    kernel: KernelOf, access: Adopter, app_id: str, request: m.ManageRequest
) -> m.AppReply:
    """Ours: makes an unmanaged app managed. ALREADY_EXISTS when it is."""
    with kernel.work(access.caller.actor) as unit:
        app = actions.manage(unit, app_id, request.owner_ids)
    return m.AppReply(app=m.app_message(app))


def _page(
    kernel: Kernel, request: m.SearchAppsRequest, paging: Paging, viewer: str | None
) -> m.AppList:
    listing = Listing(kernel.secrets, "apps", {**request.filters, "viewer": viewer})
    asked = (
        Asked(viewer=viewer)
        .where("a.managed = :managed", managed=request.managed)
        .containing(request.query, apps.NAME, "a.description")
        .among("a.public_id", "app_ids", request.app_ids)
        .outside("a.public_id", "exclude_app_ids", request.exclude_app_ids)
        .among("p.public_id", "parent_app_ids", request.parent_app_ids)
    )
    if request.display_name:
        asked.where(f"lower({apps.NAME}) = lower(:named)", named=request.display_name)
    with kernel.read() as connection:
        rows = apps.select(connection, asked, listing.after(paging), paging.size + 1)
    page = listing.page(rows, paging.size, apps.position)
    shown = [m.app_message(app) for app in page.rows]
    return m.AppList(list=shown, next_page_token=page.next_page_token)
