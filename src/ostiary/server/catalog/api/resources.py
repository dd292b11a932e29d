"""Resource types and resources: `/api/v1/apps/{app_id}/resource_types…` and their searches."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from ostiary.server.catalog.api import messages as m
from ostiary.server.catalog.api.permissions import Searcher, Viewer, own_only
from ostiary.server.catalog.api.views import resource_views, type_views
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.as_of import AsOf
from ostiary.server.kernel.errors import invalid, not_found
from ostiary.server.kernel.expansion import ExpandQuery, Expansion, expansion
from ostiary.server.kernel.paging import Listing, Page, Paging, PagingQuery
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1", tags=["App Resource"])

TYPES = "/apps/{app_id}/resource_types"
RESOURCES = TYPES + "/{app_resource_type_id}/resources"


@router.get(TYPES)
def list_types(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppResourceTypeViewList:
    listing = Listing(kernel.secrets, "resource_types", {"of": app_id, "at": as_of})
    asked = Asked(as_of).among("a.public_id", "app", [app_id])
    shown = expansion(expand_mask)
    page = _types(kernel, listing, asked, paging)
    with kernel.read() as connection:
        views = type_views(connection, page.rows, shown)
    return m.AppResourceTypeViewList(
        list=views, next_page_token=page.next_page_token, expanded=shown.expanded
    )


@router.post("/search/app_resource_types")
def search_types(
    kernel: KernelOf, access: Searcher, as_of: AsOf, request: m.SearchAppResourceTypesRequest
) -> m.AppResourceTypeList:
    viewer = own_only(access)
    filters = {**request.filters, "viewer": viewer, "at": as_of}
    asked = (
        Asked(as_of, viewer)
        .containing(request.query, "v.display_name")
        .among("a.public_id", "app_ids", request.app_ids)
        .among("t.public_id", "type_ids", request.resource_type_ids)
        .outside("t.public_id", "no_type_ids", request.exclude_resource_type_ids)
        .overlapping("v.traits", "traits", request.resource_type_trait_ids)
        .disjoint("v.traits", "no_traits", request.exclude_resource_type_trait_ids)
    )
    listing = Listing(kernel.secrets, "resource_type_search", filters)
    page = _types(kernel, listing, asked, request.paging)
    shown = [m.type_message(kind) for kind in page.rows]
    return m.AppResourceTypeList(list=shown, next_page_token=page.next_page_token)


@router.get(TYPES + "/{app_resource_type_id}")
def get_type(
    kernel: KernelOf,
    access: Viewer,
    as_of: AsOf,
    app_id: str,
    app_resource_type_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppResourceTypeReply:
    asked = Asked(as_of).among("a.public_id", "app", [app_id])
    asked.among("t.public_id", "type", [app_resource_type_id])
    shown = expansion(expand_mask)
    with kernel.read() as connection:
        views = type_views(connection, inventory.types(connection, asked), shown)
    if not views:
        raise not_found(f"There is no resource type {app_resource_type_id} in the app {app_id}.")
    return m.AppResourceTypeReply(app_resource_type_view=views[0], expanded=shown.expanded)


@router.get(RESOURCES)
def list_resources(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    app_resource_type_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppResourceList:
    filters = {"of": app_id, "type": app_resource_type_id, "at": as_of}
    listing = Listing(kernel.secrets, "resources", filters)
    asked = _in_type(app_id, app_resource_type_id, as_of)
    return _resources(kernel, listing, asked, paging, expansion(expand_mask))


@router.post("/search/app_resources")
def search_resources(
    kernel: KernelOf, access: Searcher, as_of: AsOf, request: m.SearchAppResourcesRequest
) -> m.AppResourceList:
    viewer = own_only(access)
    asked = (
        Asked(as_of, viewer)
        .containing(request.query, inventory.RESOURCE_NAME, "r.external_id")
        .among("a.public_id", "app", [*filter(None, [request.app_id]), *request.app_ids])
        .among("r.public_id", "ids", request.resource_ids)
        .among("r.public_id", "refs", [ref.app_resource_id for ref in request.refs])
        .outside("r.public_id", "no_ids", request.exclude_resource_ids)
        .among("t.public_id", "type_ids", request.resource_type_ids)
    )
    inventory.with_traits(
        asked, request.resource_type_trait_ids, request.exclude_resource_type_trait_ids
    )
    owners = [each for each in request.owner_user_ids if each != "none"]
    if owners and request.unowned_only:
        raise invalid('unownedOnly excludes ownerUserIds; name "none" among them instead')
    nobody = request.unowned_only or len(owners) < len(request.owner_user_ids)
    inventory.owned_by(asked, owners, nobody=nobody)
    filters = {**request.filters, "viewer": viewer, "at": as_of}
    listing = Listing(kernel.secrets, "resource_search", filters)
    return _resources(kernel, listing, asked, request.paging, expansion(request.expand_mask))


@router.get(RESOURCES + "/{resource_id}")
def get_resource(
    kernel: KernelOf,
    access: Viewer,
    as_of: AsOf,
    app_id: str,
    app_resource_type_id: str,
    resource_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppResourceReply:
    asked = _in_type(app_id, app_resource_type_id, as_of)
    asked.among("r.public_id", "id", [resource_id])
    shown = expansion(expand_mask)
    with kernel.read() as connection:
        found = inventory.resources(connection, asked)
        views = resource_views(connection, found, shown, as_of)
    if not views:
        raise not_found(f"There is no resource {resource_id} in the app {app_id}.")
    return m.AppResourceReply(app_resource_view=views[0], expanded=shown.expanded)


def _in_type(app_id: str, type_id: str, at: datetime | None) -> Asked:
    asked = Asked(at).among("a.public_id", "app", [app_id])
    return asked.among("t.public_id", "type", [type_id])


def _types(
    kernel: Kernel, listing: Listing, asked: Asked, paging: Paging
) -> Page[inventory.ResourceType]:
    (after,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        rows = inventory.types(connection, asked, after, paging.size + 1)
    return listing.page(rows, paging.size, lambda kind: [kind.key])


def _resources(
    kernel: Kernel, listing: Listing, asked: Asked, paging: Paging, shown: Expansion
) -> m.AppResourceList:
    (after,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        rows = inventory.resources(connection, asked, after, paging.size + 1)
        page = listing.page(rows, paging.size, lambda resource: [resource.key])
        views = resource_views(connection, page.rows, shown, asked.at)
    return m.AppResourceList(
        list=views, next_page_token=page.next_page_token, expanded=shown.expanded
    )
