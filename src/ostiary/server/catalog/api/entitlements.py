"""Entitlements: `/api/v1/apps/{app_id}/entitlements…` and their search."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.catalog import actions
from ostiary.server.catalog.api import messages as m
from ostiary.server.catalog.api.permissions import (
    Manager,
    Reader,
    Searcher,
    Viewer,
    own_only,
)
from ostiary.server.catalog.api.views import entitlement_views
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.as_of import AsOf
from ostiary.server.kernel.expansion import ExpandQuery, Expansion, expansion
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import KernelOf, changes
from ostiary.server.kernel.work import Kernel

WRITABLE = ("display_name", "description", "slug", "alias")

router = APIRouter(prefix="/api/v1", tags=["App Entitlement"])


@router.get("/apps/{app_id}/entitlements")
def list_entitlements(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppEntitlementList:
    listing = Listing(kernel.secrets, "entitlements", {"of": app_id, "at": as_of})
    asked = Asked(as_of).among("a.public_id", "app", [app_id])
    return _page(kernel, listing, asked, paging, expansion(expand_mask))


@router.get(
    "/apps/{app_id}/entitlements/resource_types/{app_resource_type_id}/resources/{app_resource_id}"
)
def list_entitlements_of_resource(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    app_resource_type_id: str,
    app_resource_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppEntitlementList:
    where = {"of": app_id, "type": app_resource_type_id, "resource": app_resource_id, "at": as_of}
    asked = (
        Asked(as_of)
        .among("a.public_id", "app", [app_id])
        .among("t.public_id", "type", [app_resource_type_id])
        .among("r.public_id", "resource", [app_resource_id])
    )
    listing = Listing(kernel.secrets, "resource_entitlements", where)
    return _page(kernel, listing, asked, paging, expansion(expand_mask))


@router.get("/apps/{app_id}/entitlements/users/{app_user_id}")
def list_entitlements_of_account(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    app_user_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppEntitlementList:
    """What the account holds, directly or not."""
    where = {"of": app_id, "account": app_user_id, "at": as_of}
    asked = Asked(as_of).among("a.public_id", "app", [app_id])
    listing = Listing(kernel.secrets, "account_entitlements", where)
    held = inventory.held_by(asked, [app_user_id])
    return _page(kernel, listing, held, paging, expansion(expand_mask))


@router.post("/search/entitlements")
def search_entitlements(
    kernel: KernelOf, access: Searcher, as_of: AsOf, request: m.SearchAppEntitlementsRequest
) -> m.AppEntitlementList:
    viewer = own_only(access)
    filters = {**request.filters, "viewer": viewer, "at": as_of}
    listing = Listing(kernel.secrets, "entitlement_search", filters)
    asked = _asked(request, Asked(as_of, viewer))
    return _page(kernel, listing, asked, request.paging, expansion(request.expand_mask))


@router.get("/apps/{app_id}/entitlements/{entitlement_id}")
def get_entitlement(
    kernel: KernelOf,
    access: Reader,
    as_of: AsOf,
    app_id: str,
    entitlement_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppEntitlementReply:
    shown = expansion(expand_mask)
    with kernel.read() as connection:
        found = inventory.one_entitlement(connection, app_id, entitlement_id, as_of)
        (view,) = entitlement_views(connection, [found], shown, as_of)
    return m.AppEntitlementReply(app_entitlement_view=view, expanded=shown.expanded)


@router.post("/apps/{app_id}/entitlements/{entitlement_id}")
def update_entitlement(
    kernel: KernelOf,
    access: Manager,
    app_id: str,
    entitlement_id: str,
    request: m.UpdateAppEntitlementRequest,
) -> m.AppEntitlementReply:
    """What is edited here survives syncs; an empty text gives back what the connector says."""
    wanted = changes(request.entitlement, request.update_mask, WRITABLE)
    shown = expansion(request.expand_mask)
    with kernel.work(access.caller.actor) as unit:
        before = inventory.one_entitlement(unit.connection, app_id, entitlement_id)
        edits = {field: value for field, value in wanted.items() if value != getattr(before, field)}
        if edits:
            actions.edit_entitlement(
                unit,
                entitlement_id,
                name=edits.get("display_name"),
                description=edits.get("description"),
                slug=edits.get("slug"),
                alias=edits.get("alias"),
            )
        found = inventory.one_entitlement(unit.connection, app_id, entitlement_id)
        (view,) = entitlement_views(unit.connection, [found], shown, None)
    return m.AppEntitlementReply(app_entitlement_view=view, expanded=shown.expanded)


def _asked(request: m.SearchAppEntitlementsRequest, asked: Asked) -> Asked:
    (
        inventory.held_by(asked, request.app_user_ids, request.exclude_app_user_ids)
        .containing(request.query, inventory.ENTITLEMENT_NAME, "x.alias")
        .among("a.public_id", "app_ids", request.app_ids)
        .outside("a.public_id", "no_app_ids", request.exclude_app_ids)
        .among("r.public_id", "resource_ids", request.resource_ids)
        .among("t.public_id", "type_ids", request.resource_type_ids)
        .outside("t.public_id", "no_type_ids", request.exclude_resource_type_ids)
        .among("e.public_id", "ids", [ref.id for ref in request.refs])
        .outside("e.public_id", "no_ids", [ref.id for ref in request.excluded_entitlement_refs])
        .among("x.alias", "aliases", [request.alias] if request.alias else [])
    )
    inventory.with_traits(asked, request.resource_trait_ids, ())
    if request.display_name:
        asked.where(f"lower({inventory.ENTITLEMENT_NAME}) = lower(:n)", n=request.display_name)
    if request.source_connector_id:
        asked.where("f.connector_id = :connector", connector=request.source_connector_id)
    if request.exclude_immutable:
        asked.where("v.immutable_reason IS NULL")
    return asked


def _page(
    kernel: Kernel, listing: Listing, asked: Asked, paging: Paging, shown: Expansion
) -> m.AppEntitlementList:
    (after,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        rows = inventory.entitlements(connection, asked, after, paging.size + 1)
        page = listing.page(rows, paging.size, lambda entitlement: [entitlement.key])
        views = entitlement_views(connection, page.rows, shown, asked.at)
    return m.AppEntitlementList(
        list=views, next_page_token=page.next_page_token, expanded=shown.expanded
    )
