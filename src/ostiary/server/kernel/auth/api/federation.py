"""`/api/v1/workload_federation` and the trusts of service principals."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from ostiary.server.kernel.auth import keys, users
from ostiary.server.kernel.auth.api import federation_messages as m
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.auth.authentication import AuthenticationOf
from ostiary.server.kernel.auth.federation import providers, store, trusts
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1", tags=["Workload Federation"])

PROVIDERS = "/workload_federation/providers"
TRUSTS = "/service_principals/{service_principal_id}/trusts"
TRUST_COLUMNS = {
    "display_name": "display_name",
    "description": "description",
    "condition_expression": "condition",
    "scoped_role_ids": "scoped_roles",
    "allow_source_cidrs": "networks",
    "passthrough_claims": "passthrough_claims",
    "disabled": "disabled",
}


@router.get(PROVIDERS)
def list_providers(kernel: KernelOf, access: Viewer, paging: PagingQuery) -> m.ProviderList:
    listing = Listing(kernel.secrets, "workload_providers", {})
    after = (listing.after(paging) or [0])[0]
    with kernel.read() as connection:
        rows = store.page_of_providers(connection, after=after, limit=paging.size + 1)
    page = listing.page(rows, paging.size, lambda provider: [provider.id])
    return m.ProviderList(
        list=[m.provider_message(provider) for provider in page.rows],
        next_page_token=page.next_page_token,
    )


@router.post(PROVIDERS)
def create_provider(
    kernel: KernelOf,
    access: Administrator,
    authentication: AuthenticationOf,
    request: m.CreateProviderRequest,
) -> m.ProviderReply:
    """The issuer is asked for its keys before it is taken."""
    keys.check_may_make_keys(access.caller)
    wish = providers.checked_wish(
        authentication.issuers,
        m.platform_named(request.well_known_provider),
        request.issuer_url,
        bundle_url=request.spiffe.bundle_endpoint_url if request.spiffe else "",
        display_name=request.display_name,
        description=request.description,
    )
    with kernel.work(access.caller.actor) as unit:
        provider = providers.create(unit, wish)
    return m.ProviderReply(provider=m.provider_message(provider))


@router.get(f"{PROVIDERS}/{{id}}")
def get_provider(kernel: KernelOf, access: Viewer, id: str) -> m.ProviderReply:
    with kernel.read() as connection:
        provider = providers.find(connection, id)
    return m.ProviderReply(provider=m.provider_message(provider))


@router.patch(f"{PROVIDERS}/{{id}}")
def update_provider(
    kernel: KernelOf,
    access: Administrator,
    authentication: AuthenticationOf,
    id: str,
    request: m.UpdateProviderRequest,
) -> m.ProviderReply:
    """A disabled one ends the tokens that were given on its word. The issuer stays what it is."""
    keys.check_may_make_keys(access.caller)
    writable = ["display_name", "description", "disabled", "spiffe"]
    wanted = changes(request.provider, request.update_mask, writable)
    if settings := wanted.pop("spiffe", None):
        with kernel.read() as connection:
            provider = providers.find(connection, id)
        wanted["bundle_url"] = providers.checked_bundle_url(
            authentication.issuers, provider, settings.bundle_endpoint_url
        )
    with kernel.work(access.caller.actor) as unit:
        provider = providers.update(unit, providers.find(unit.connection, id), wanted)
    return m.ProviderReply(provider=m.provider_message(provider))


@router.delete(f"{PROVIDERS}/{{id}}")
def delete_provider(kernel: KernelOf, access: Administrator, id: str) -> Empty:
    """Refused while a trust refers to it."""
    with kernel.work(access.caller.actor) as unit:
        providers.delete(unit, providers.find(unit.connection, id))
    return Empty()


@router.get(TRUSTS)
def list_trusts(
    kernel: KernelOf, access: Viewer, paging: PagingQuery, service_principal_id: str
) -> m.TrustList:
    with kernel.read() as connection:
        owner = users.find(connection, service_principal_id, "service")
    return _page(kernel, paging, {"owner": owner.public_id})


@router.post("/search/workload_federation_trusts")
def search_trusts(kernel: KernelOf, access: Viewer, request: m.SearchTrustsRequest) -> m.TrustList:
    """Of every service principal."""
    filters = {
        "owner": request.service_principal_id,
        "provider": request.provider_id,
        "text": request.query,
    }
    return _page(kernel, request.paging, filters)


@router.post(TRUSTS)
def create_trust(
    kernel: KernelOf,
    access: Administrator,
    service_principal_id: str,
    request: m.CreateTrustRequest,
) -> m.TrustReply:
    """No secret comes with it: tokens of the provider for which the condition holds are enough."""
    keys.check_may_make_keys(access.caller)
    wish = trusts.Wish(
        request.display_name,
        request.condition_expression,
        request.description,
        request.scoped_role_ids,
        request.allow_source_cidrs,
        request.passthrough_claims,
    )
    with kernel.work(access.caller.actor) as unit:
        owner = users.find(unit.connection, service_principal_id, "service")
        provider = providers.find(unit.connection, request.provider_id)
        trust = trusts.create(unit, owner, provider, wish)
    return _reply(kernel, trust)


@router.get(f"{TRUSTS}/{{client_id:path}}")
def get_trust(
    kernel: KernelOf, access: Viewer, service_principal_id: str, client_id: str
) -> m.TrustReply:
    with kernel.read() as connection:
        owner = users.find(connection, service_principal_id, "service")
        trust = trusts.find(connection, client_id, owner.id)
    return _reply(kernel, trust)


@router.patch(f"{TRUSTS}/{{client_id:path}}")
def update_trust(
    kernel: KernelOf,
    access: Administrator,
    service_principal_id: str,
    client_id: str,
    request: m.UpdateTrustRequest,
) -> m.TrustReply:
    """The provider stays what it is."""
    keys.check_may_make_keys(access.caller)
    wanted = changes(request.trust, request.update_mask, TRUST_COLUMNS)
    with kernel.work(access.caller.actor) as unit:
        owner = users.find(unit.connection, service_principal_id, "service")
        trust = trusts.find(unit.connection, client_id, owner.id)
        trust = trusts.update(unit, trust, {TRUST_COLUMNS[name]: wanted[name] for name in wanted})
    return _reply(kernel, trust)


@router.delete(f"{TRUSTS}/{{client_id:path}}")
def delete_trust(
    kernel: KernelOf, access: Administrator, service_principal_id: str, client_id: str
) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        owner = users.find(unit.connection, service_principal_id, "service")
        trusts.delete(unit, trusts.find(unit.connection, client_id, owner.id))
    return Empty()


def _page(kernel: Kernel, paging: Paging, filters: dict[str, Any]) -> m.TrustList:
    listing = Listing(kernel.secrets, "workload_trusts", filters)
    after = (listing.after(paging) or [0])[0]
    with kernel.read() as connection:
        rows = store.page_of_trusts(connection, after=after, limit=paging.size + 1, **filters)
    page = listing.page(rows, paging.size, lambda trust: [trust.id])
    authority = kernel.settings.external_authority
    return m.TrustList(
        list=[m.trust_message(trust, authority) for trust in page.rows],
        next_page_token=page.next_page_token,
    )


def _reply(kernel: Kernel, trust: store.Trust) -> m.TrustReply:
    return m.TrustReply(trust=m.trust_message(trust, kernel.settings.external_authority))
