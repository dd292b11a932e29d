"""Owners of apps: `/api/v1/apps/{app_id}/owners`."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.catalog import ownership
from ostiary.server.catalog.api import app_messages as m
from ostiary.server.catalog.api.permissions import Manager, Viewer
from ostiary.server.catalog.store import app_search, apps
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.api.messages import user_message
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf

router = APIRouter(prefix="/api/v1", tags=["App Owner"])


@router.get("/apps/{app_id}/ownerids")
def list_owner_ids(kernel: KernelOf, access: Viewer, app_id: str) -> m.OwnerIds:
    with kernel.read() as connection:
        key = app_search.find(connection, app_id).key
        return m.OwnerIds(user_ids=apps.owners_of(connection, key)[0])


@router.get("/apps/{app_id}/owners")
def list_owners(kernel: KernelOf, access: Viewer, paging: PagingQuery, app_id: str) -> m.OwnerList:
    listing = Listing(kernel.secrets, "app_owners", {"of": app_id})
    (passed,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        ids, _ = apps.owners_of(connection, app_search.find(connection, app_id).key)
        found = [
            (place, user)
            for place, each in enumerate(ids[passed : passed + paging.size + 1], passed + 1)
            if (user := user_store.find_public(connection, each))
        ]
    page = listing.page(found, paging.size, lambda owner: [owner[0]])
    users = [user_message(user) for _, user in page.rows]
    return m.OwnerList(list=users, next_page_token=page.next_page_token)


@router.put("/apps/{app_id}/owners")
def set_owners(kernel: KernelOf, access: Manager, app_id: str, request: m.OwnersRequest) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        ownership.set_owners(unit, app_id, request.user_ids)
    return Empty()


@router.delete("/apps/{app_id}/owners")
def delete_owners(kernel: KernelOf, access: Manager, app_id: str) -> Empty:
    """Of all owners."""
    with kernel.work(access.caller.actor) as unit:
        ownership.set_owners(unit, app_id, [])
    return Empty()


@router.post("/apps/{app_id}/owners/{user_id}")
def add_owner(kernel: KernelOf, access: Manager, app_id: str, user_id: str) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        ownership.add_owner(unit, app_id, user_id)
    return Empty()


@router.delete("/apps/{app_id}/owners/{user_id}")
def remove_owner(kernel: KernelOf, access: Manager, app_id: str, user_id: str) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        ownership.remove_owner(unit, app_id, user_id)
    return Empty()
