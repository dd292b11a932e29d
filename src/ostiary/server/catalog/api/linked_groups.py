"""Groups of the identity provider that an app is assigned to: `/apps/{app_id}/linked_groups`."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.catalog import linking
from ostiary.server.catalog.api import linked_messages as m
from ostiary.server.catalog.api.permissions import Manager, Viewer
from ostiary.server.catalog.store import app_search, linked
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf

router = APIRouter(prefix="/api/v1", tags=["Linked Group (ours)"])


@router.get("/apps/{app_id}/linked_groups")
def list_linked_groups(
    kernel: KernelOf, access: Viewer, paging: PagingQuery, app_id: str
) -> m.LinkedGroupList:
    """What is offered and what was decided, by name. Groups that reach the app only through other
    groups are not found."""
    listing = Listing(kernel.secrets, "linked_groups", {"of": app_id})
    after = listing.after(paging)
    with kernel.read() as connection:
        found = linked.groups(connection, app_search.find(connection, app_id).key)
    left = [each for each in found if after is None or [each.name.lower(), each.id] > list(after)]
    page = listing.page(
        left[: paging.size + 1], paging.size, lambda each: [each.name.lower(), each.id]
    )
    shown = [m.linked_group_message(each) for each in page.rows]
    return m.LinkedGroupList(list=shown, next_page_token=page.next_page_token)


@router.put("/apps/{app_id}/linked_groups/{group_id}")
def decide_linked_group(
    kernel: KernelOf, access: Manager, app_id: str, group_id: str, request: m.DecideRequest
) -> m.LinkedGroupReply:
    """Makes a role of the group, provisions an entitlement through it, or leaves it aside; anew at
    any time."""
    with kernel.work(access.caller.actor) as unit:
        group = linking.decide(
            unit,
            app_id,
            group_id,
            m.CHOICES[request.choice],
            entitlement_id=request.entitlement_id,
            role_name=request.display_name,
            trigger_scim=request.trigger_scim,
        )
    return m.LinkedGroupReply(linked_group=m.linked_group_message(group))


@router.delete("/apps/{app_id}/linked_groups/{group_id}")
def reconsider_linked_group(kernel: KernelOf, access: Manager, app_id: str, group_id: str) -> Empty:
    """Takes the decision back; a role made from the group ends."""
    with kernel.work(access.caller.actor) as unit:
        linking.reconsider(unit, app_id, group_id)
    return Empty()
