"""`/api/v1/iam/personal_clients`: the API keys of people (c1-api reference 4.1)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from ostiary.server.kernel.auth import api_clients, keys
from ostiary.server.kernel.auth.api import key_messages as m
from ostiary.server.kernel.auth.api.permissions import Viewer
from ostiary.server.kernel.auth.api_clients import PERSONAL, ApiClient
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1", tags=["Personal Client"])

Own = Annotated[Access, requires(Permission.SELF)]
COLUMNS = {
    "display_name": "display_name",
    "scoped_roles": "scoped_roles",
    "allow_source_cidr": "networks",
    "expires_time": "expires_at",
}


@router.post("/iam/personal_clients")
def create(
    kernel: KernelOf, access: Own, request: m.CreatePersonalClientRequest
) -> m.CreatePersonalClientReply:
    """The secret is in this reply and nowhere else, ever."""
    wish = keys.Wish(
        request.display_name, request.scoped_roles, request.allow_source_cidr, request.expires
    )
    with kernel.work(access.caller.actor) as unit:
        client, secret = keys.create_personal(unit, access.caller, wish)
    return m.CreatePersonalClientReply(client=_message(kernel, client), client_secret=secret)


@router.get("/iam/personal_clients")
def list_own(kernel: KernelOf, access: Own, paging: PagingQuery) -> m.PersonalClientList:
    user = access.caller.user
    return _page(kernel, paging, {"user": user.id}, user_id=user.id)


@router.get("/iam/personal_clients/{id}")
def get(kernel: KernelOf, access: Own, id: str) -> m.PersonalClientReply:
    with kernel.read() as connection:
        client = keys.find(connection, PERSONAL, id, access.caller.user.id)
    return m.PersonalClientReply(client=_message(kernel, client))


@router.post("/iam/personal_clients/{id}")
def update(
    kernel: KernelOf, access: Own, id: str, request: m.UpdatePersonalClientRequest
) -> m.PersonalClientReply:
    keys.check_may_make_keys(access.caller)
    wanted = changes(request.client, request.update_mask, COLUMNS)
    with kernel.work(access.caller.actor) as unit:
        client = keys.find(unit.connection, PERSONAL, id, access.caller.user.id)
        client = keys.update(unit, client, {COLUMNS[name]: wanted[name] for name in wanted})
    return m.PersonalClientReply(client=_message(kernel, client))


@router.delete("/iam/personal_clients/{id}")
def delete(
    kernel: KernelOf,
    access: Annotated[Access, requires(Permission.SELF)],
    id: str,
) -> Empty:
    """One's own, or anybody's for those who manage users."""
    owner = None if access.caller.reach(Permission.USERS_MANAGE) else access.caller.user.id
    with kernel.work(access.caller.actor) as unit:
        keys.revoke(unit, keys.find(unit.connection, PERSONAL, id, owner))
    return Empty()


@router.post("/search/iam/personal_clients")
def search(
    kernel: KernelOf,
    access: Viewer,
    request: m.SearchPersonalClientsRequest,
) -> m.PersonalClientList:
    """Of everybody."""
    owners = [user.id for user in request.users]
    return _page(kernel, request.paging, request.filters, owners=owners, text=request.query)


def _page(
    kernel: Kernel, paging: Paging, filters: dict[str, Any], **where: Any
) -> m.PersonalClientList:
    listing = Listing(kernel.secrets, "personal_clients", filters)
    after = (listing.after(paging) or [0])[0]
    with kernel.read() as connection:
        rows = api_clients.page(connection, PERSONAL, after=after, limit=paging.size + 1, **where)
    page = listing.page(rows, paging.size, lambda client: [client.id])
    return m.PersonalClientList(
        list=[_message(kernel, client) for client in page.rows],
        next_page_token=page.next_page_token,
    )


def _message(kernel: Kernel, client: ApiClient) -> m.PersonalClient:
    return m.personal_client_message(client, kernel.settings.external_authority)
