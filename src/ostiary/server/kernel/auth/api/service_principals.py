"""`/api/v1/service_principals`: services that use the API, and their credentials."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import APIRouter

from ostiary.server.kernel.auth import api_clients, keys, user_store, users
from ostiary.server.kernel.auth.api import key_messages as m
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.auth.api_clients import SERVICE
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes

router = APIRouter(prefix="/api/v1/service_principals", tags=["Service Principal"])


@router.get("")
def list_all(kernel: KernelOf, access: Viewer, paging: PagingQuery) -> m.ServicePrincipalList:
    listing = Listing(kernel.secrets, "service_principals", {})
    after = (listing.after(paging) or [0])[0]
    with kernel.read() as connection:
        rows = user_store.page(connection, "service", after, paging.size + 1)
    page = listing.page(rows, paging.size, lambda user: [user.id])
    return m.ServicePrincipalList(
        list=[m.service_principal_message(user) for user in page.rows],
        next_page_token=page.next_page_token,
    )


@router.post("")
def create(
    kernel: KernelOf, access: Administrator, request: m.ServicePrincipalInput
) -> m.ServicePrincipalReply:
    """It may do nothing until it gets roles: `PUT /api/v1/users/{id}/roles`."""
    with kernel.work(access.caller.actor) as unit:
        user = users.create_service(unit, request.display_name)
    return m.ServicePrincipalReply(service_principal=m.service_principal_message(user))


@router.get("/{id}")
def get(kernel: KernelOf, access: Viewer, id: str) -> m.ServicePrincipalReply:
    with kernel.read() as connection:
        user = users.find(connection, id, "service")
    return m.ServicePrincipalReply(service_principal=m.service_principal_message(user))


@router.patch("/{id}")
def update(
    kernel: KernelOf, access: Administrator, id: str, request: m.UpdateServicePrincipalRequest
) -> m.ServicePrincipalReply:
    wanted = changes(request.service_principal, request.update_mask, ["display_name"])
    with kernel.work(access.caller.actor) as unit:
        user = users.find(unit.connection, id, "service")
        if wanted:
            user = users.rename_service(unit, user, wanted["display_name"])
    return m.ServicePrincipalReply(service_principal=m.service_principal_message(user))


@router.delete("/{id}")
def delete(kernel: KernelOf, access: Administrator, id: str) -> Empty:
    """Its credentials and tokens stop working at once."""
    with kernel.work(access.caller.actor) as unit:
        users.delete_service(unit, users.find(unit.connection, id, "service"))
    return Empty()


@router.get("/{service_principal_id}/credentials")
def list_credentials(
    kernel: KernelOf, access: Viewer, paging: PagingQuery, service_principal_id: str
) -> m.CredentialList:
    listing = Listing(kernel.secrets, "credentials", {"of": service_principal_id})
    after = (listing.after(paging) or [0])[0]
    with kernel.read() as connection:
        owner = users.find(connection, service_principal_id, "service")
        rows = api_clients.page(
            connection, SERVICE, after=after, limit=paging.size + 1, user_id=owner.id
        )
    page = listing.page(rows, paging.size, lambda client: [client.id])
    authority = kernel.settings.external_authority
    return m.CredentialList(
        list=[m.credential_message(client, authority) for client in page.rows],
        next_page_token=page.next_page_token,
    )


@router.post("/{service_principal_id}/credentials")
def create_credential(
    kernel: KernelOf,
    access: Administrator,
    service_principal_id: str,
    request: m.CreateCredentialRequest,
) -> m.CreateCredentialReply:
    """The secret is in this reply and nowhere else, ever."""
    keys.check_may_make_keys(access.caller)
    if request.require_dpop:
        raise invalid("proof of possession (DPoP) is not offered")
    wish = keys.Wish(
        request.display_name, request.scoped_roles, request.allow_source_cidrs, request.expires
    )
    with kernel.work(access.caller.actor) as unit:
        owner = users.find(unit.connection, service_principal_id, "service")
        client, secret = keys.create(unit, SERVICE, owner, wish)
    credential = m.credential_message(client, kernel.settings.external_authority)
    return m.CreateCredentialReply(credential=credential, client_secret=secret)


@router.get("/{service_principal_id}/credentials/{id}")
def get_credential(
    kernel: KernelOf, access: Viewer, service_principal_id: str, id: str
) -> m.CredentialReply:
    with kernel.read() as connection:
        client = _find(connection, service_principal_id, id)
    authority = kernel.settings.external_authority
    return m.CredentialReply(credential=m.credential_message(client, authority))


@router.patch("/{service_principal_id}/credentials/{id}")
def update_credential(
    kernel: KernelOf,
    access: Administrator,
    service_principal_id: str,
    id: str,
    request: m.UpdateCredentialRequest,
) -> m.CredentialReply:
    wanted = changes(request.credential, request.update_mask, ["display_name"])
    with kernel.work(access.caller.actor) as unit:
        client = keys.update(unit, _find(unit.connection, service_principal_id, id), wanted)
    authority = kernel.settings.external_authority
    return m.CredentialReply(credential=m.credential_message(client, authority))


@router.delete("/{service_principal_id}/credentials/{id}")
def revoke_credential(
    kernel: KernelOf, access: Administrator, service_principal_id: str, id: str
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        keys.revoke(unit, _find(unit.connection, service_principal_id, id))
    return Empty()


def _find(connection: sa.Connection, service_principal_id: str, key: str) -> api_clients.ApiClient:
    owner = users.find(connection, service_principal_id, "service")
    return keys.find(connection, SERVICE, key, owner.id)
