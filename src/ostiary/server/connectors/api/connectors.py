"""Connectors of an app: `/api/v1/apps/{app_id}/connectors`."""

from collections.abc import Sequence

from fastapi import APIRouter

from ostiary.server.connectors.actions import registry as actions
from ostiary.server.connectors.actions.registry import NewConnector
from ostiary.server.connectors.api import messages as m
from ostiary.server.connectors.api.permissions import (
    Creator,
    Lister,
    Manager,
    Viewer,
    find,
    owns,
)
from ostiary.server.connectors.catalogue.kinds import find_kind
from ostiary.server.connectors.configuration.saving import Draft, approve, draft, keep
from ostiary.server.connectors.store import registry, syncs
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.auth import user_store
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork

WRITABLE = ("display_name", "description", "user_ids", "config")

router = APIRouter(prefix="/api/v1", tags=["Connector"])


@router.get("/apps/{app_id}/connectors")
def list_connectors(
    kernel: KernelOf, access: Lister, paging: PagingQuery, app_id: str
) -> m.ConnectorList:
    """Those that are not deleted, oldest first; owners are shown their own."""
    caller = access.caller
    viewer = None if access.everything else caller.user.public_id
    listing = Listing(kernel.secrets, "connectors", {"app": app_id, "viewer": viewer})
    (last,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        found = [
            each
            for each in registry.find_all(connection, app_id)
            if each.key > last and (access.everything or owns(connection, caller, each))
        ]
        page = listing.page(found[: paging.size + 1], paging.size, lambda each: [each.key])
        shown = [_view(connection, each) for each in page.rows]
    return m.ConnectorList(list=shown, next_page_token=page.next_page_token)


@router.post("/apps/{app_id}/connectors")
def create_delegated(
    kernel: KernelOf, access: Creator, app_id: str, request: m.CreateDelegatedRequest
) -> m.ConnectorReply:
    """Without a configuration: whoever runs the connector gives it one there."""
    with kernel.work(access.caller.actor) as unit:
        connector = _create(kernel.settings, unit, access, app_id, request)
        return reply(unit.connection, connector)


@router.post("/apps/{app_id}/connectors/create")
def create(
    kernel: KernelOf, access: Creator, app_id: str, request: m.CreateRequest
) -> m.ConnectorReply:
    """The configuration is tried out first: nothing is created when it does not work.

    It is kept encrypted and never shown.
    """
    written = draft(kernel, request.catalog_id, request.config.values) if request.config else None
    if written is not None:
        approve(kernel, access.caller.actor, written)
    with kernel.work(access.caller.actor) as unit:
        connector = _create(kernel.settings, unit, access, app_id, request)
        if written is not None:
            keep(unit, kernel, connector.id, written)
        return reply(unit.connection, connector)


@router.get("/apps/{app_id}/connectors/{connector_id}")
def get_connector(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str
) -> m.ConnectorReply:
    """A deleted one is shown with `deletedAt`: Terraform fails on a 404."""
    with kernel.read() as connection:
        return reply(connection, find(connection, app_id, connector_id))


@router.post("/apps/{app_id}/connectors/{connector_id}")
def update_connector(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, request: m.UpdateRequest
) -> m.ConnectorReply:
    """Owners are set whenever they are sent: Terraform's mask says only `config`.

    A configuration replaces the one before, but for secrets that are not sent. It is tried out
    first: nothing at all changes when it does not work.
    """
    sent = request.connector
    wanted = changes(sent, request.update_mask, WRITABLE)
    if "user_ids" in sent.model_fields_set:
        wanted["user_ids"] = sent.user_ids
    written = _approved(kernel, access, app_id, connector_id, wanted.get("config"))
    with kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        if "user_ids" in wanted:
            _check_users(unit.connection, wanted["user_ids"])
            actions.set_owners(unit, connector.id, wanted["user_ids"])
        if {"display_name", "description"} & wanted.keys():
            name = wanted.get("display_name", connector.display_name)
            actions.rename_connector(unit, connector.id, name, wanted.get("description"))
        if written is not None:
            keep(unit, kernel, connector.id, written)
        return reply(unit.connection, connector)


@router.post("/apps/{app_id}/connectors/{connector_id}/delegated")
def update_delegated(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, request: m.UpdateRequest
) -> m.ConnectorReply:
    """The same as the update without `/delegated`; clients use it where they send no `config`."""
    return update_connector(kernel, access, app_id, connector_id, request)


@router.delete("/apps/{app_id}/connectors/{connector_id}")
def delete_connector(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Empty:
    """What it brought stays in the app. Nothing happens to one that is deleted."""
    with kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        if connector.deleted_at is None:
            actions.delete_connector(unit, connector.id)
    return Empty()


def _approved(
    kernel: Kernel, access: Access, app_id: str, connector_id: str, config: m.EnvConfig | None
) -> Draft | None:
    if config is None:
        return None
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
    written = draft(kernel, connector.catalog_id, config.values, connector)
    approve(kernel, access.caller.actor, written, connector)
    return written


def _create(
    settings: Settings,
    unit: UnitOfWork,
    access: Access,
    app_id: str,
    request: m.CreateRequest | m.CreateDelegatedRequest,
) -> Connector:
    """Without owners it belongs to whoever creates it."""
    owners = request.user_ids or [access.caller.user.public_id]
    _check_users(unit.connection, owners)
    kind = find_kind(settings, request.catalog_id)
    name = request.display_name or (kind.display_name if kind else "Connector")
    catalog_id = kind.catalog_id if kind else request.catalog_id
    new = NewConnector(app_id, catalog_id, name, request.description, owners)
    return actions.create_connector(unit, new)


def _check_users(connection: Connection, user_ids: Sequence[str]) -> None:
    for user_id in user_ids:
        if user_store.find_public(connection, user_id) is None:
            raise not_found(f"There is no user {user_id}.")


def _view(connection: Connection, connector: Connector) -> m.ConnectorView:
    owners = registry.owners_of(connection, connector.key)
    latest = next(iter(syncs.find_latest(connection, connector.key, 1)), None)
    return m.ConnectorView(connector=m.connector_message(connector, owners, latest))


def reply(connection: Connection, connector: Connector) -> m.ConnectorReply:
    """As it is now, not as it was found."""
    fresh = find(connection, connector.app_id, connector.id)
    return m.ConnectorReply(connector_view=_view(connection, fresh))
