"""Owners of entitlements and resources: `…/entitlements/{id}/owners`, `…/resource/{id}/owners`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body

from ostiary.server.catalog import thing_ownership
from ostiary.server.catalog.api import app_messages as m
from ostiary.server.catalog.api.permissions import Manager, Viewer
from ostiary.server.catalog.resource_path import ResourceOf, ResourcePath
from ostiary.server.catalog.store import inventory, owners
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.catalog.thing_ownership import Thing
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.auth.api.messages import user_message
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf
from ostiary.server.kernel.work import Kernel

ENTITLEMENT = "/apps/{app_id}/entitlements/{entitlement_id}"
RESOURCE = "/apps/{app_id}/resource_types/{resource_type_id}/resource/{resource_id}"

router = APIRouter(prefix="/api/v1", tags=["App Entitlement Owner", "App Resource Owner"])

OneOwner = Annotated[m.OwnerRequest | None, Body()]


@router.get(ENTITLEMENT + "/ownerids")
def list_entitlement_owner_ids(
    kernel: KernelOf, access: Viewer, app_id: str, entitlement_id: str
) -> m.OwnerIds:
    with kernel.read() as connection:
        return _ids(connection, _entitlement(connection, app_id, entitlement_id))


@router.get(ENTITLEMENT + "/owners")
def list_entitlement_owners(
    kernel: KernelOf, access: Viewer, paging: PagingQuery, app_id: str, entitlement_id: str
) -> m.OwnerList:
    with kernel.read() as connection:
        thing = _entitlement(connection, app_id, entitlement_id)
        return _page(kernel, connection, thing, paging)


@router.put(ENTITLEMENT + "/owners")
def set_entitlement_owners(
    kernel: KernelOf, access: Manager, app_id: str, entitlement_id: str, request: m.OwnersRequest
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        thing = _entitlement(unit.connection, app_id, entitlement_id)
        thing_ownership.set_owners(unit, thing, request.user_ids)
    return Empty()


@router.post(ENTITLEMENT + "/owners")
def add_entitlement_owner(
    kernel: KernelOf, access: Manager, app_id: str, entitlement_id: str, request: m.OwnerRequest
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        thing = _entitlement(unit.connection, app_id, entitlement_id)
        thing_ownership.add_owner(unit, thing, request.user_id)
    return Empty()


@router.delete(ENTITLEMENT + "/owners")
def delete_entitlement_owners(
    kernel: KernelOf, access: Manager, app_id: str, entitlement_id: str
) -> Empty:
    """Of all owners."""
    with kernel.work(access.caller.actor) as unit:
        thing = _entitlement(unit.connection, app_id, entitlement_id)
        thing_ownership.set_owners(unit, thing, [])
    return Empty()


@router.delete(ENTITLEMENT + "/owners/{user_id}")
def remove_entitlement_owner(
    kernel: KernelOf, access: Manager, app_id: str, entitlement_id: str, user_id: str
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        thing = _entitlement(unit.connection, app_id, entitlement_id)
        thing_ownership.remove_owner(unit, thing, user_id)
    return Empty()


@router.get(RESOURCE + "/ownerids")
def list_resource_owner_ids(kernel: KernelOf, access: Viewer, path: ResourceOf) -> m.OwnerIds:
    with kernel.read() as connection:
        return _ids(connection, _resource(connection, path))


@router.delete(RESOURCE + "/ownerids")
def delete_resource_owners(kernel: KernelOf, access: Manager, path: ResourceOf) -> Empty:
    """Of all owners."""
    return remove_resource_owner(kernel, access, path, None)


@router.get(RESOURCE + "/owners")
def list_resource_owners(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    path: ResourceOf,
) -> m.OwnerList:
    with kernel.read() as connection:
        thing = _resource(connection, path)
        return _page(kernel, connection, thing, paging)


@router.put(RESOURCE + "/owners")
def set_resource_owners(
    kernel: KernelOf,
    access: Manager,
    path: ResourceOf,
    request: m.OwnersRequest,
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        thing = _resource(unit.connection, path)
        thing_ownership.set_owners(unit, thing, request.user_ids)
    return Empty()


@router.post(RESOURCE + "/owners")
def add_resource_owner(
    kernel: KernelOf,
    access: Manager,
    path: ResourceOf,
    request: m.OwnerRequest,
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        thing = _resource(unit.connection, path)
        thing_ownership.add_owner(unit, thing, request.user_id)
    return Empty()


@router.delete(RESOURCE + "/owners")
def remove_resource_owner(
    kernel: KernelOf,
    access: Manager,
    path: ResourceOf,
    request: OneOwner = None,
) -> Empty:
    """Of the one that the body names; without one, of all, as Terraform means it."""
    with kernel.work(access.caller.actor) as unit:
        thing = _resource(unit.connection, path)
        if request is not None and request.user_id:
            thing_ownership.remove_owner(unit, thing, request.user_id)
        else:
            thing_ownership.set_owners(unit, thing, [])
    return Empty()


def _entitlement(connection: Connection, app_id: str, entitlement_id: str) -> Thing:
    found = inventory.one_entitlement(connection, app_id, entitlement_id)
    return Thing("entitlement", found.key, found.id)


def _resource(connection: Connection, path: ResourcePath) -> Thing:
    asked = Asked().among("a.public_id", "app", [path.app_id])
    asked.among("t.public_id", "type", [path.resource_type_id])
    found = inventory.resources(connection, asked.among("r.public_id", "id", [path.resource_id]))
    if not found:
        raise not_found(f"There is no resource {path.resource_id} in the app {path.app_id}.")
    return Thing("resource", found[0].key, found[0].id)


def _ids(connection: Connection, thing: Thing) -> m.OwnerIds:
    return m.OwnerIds(user_ids=owners.owners_of(connection, thing.kind, thing.key)[0])


def _page(kernel: Kernel, connection: Connection, thing: Thing, paging: Paging) -> m.OwnerList:
    listing = Listing(kernel.secrets, "owners", {"of": thing.id})
    (passed,) = listing.after(paging) or [0]
    ids, _ = owners.owners_of(connection, thing.kind, thing.key)
    found = [
        (place, user)
        for place, each in enumerate(ids[passed : passed + paging.size + 1], passed + 1)
        if (user := user_store.find_public(connection, each))
    ]
    page = listing.page(found, paging.size, lambda owner: [owner[0]])
    users = [user_message(user) for _, user in page.rows]
    return m.OwnerList(list=users, next_page_token=page.next_page_token)
