"""Grants to accounts, in C1's shapes."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from ostiary.server.access.api import messages as m
from ostiary.server.access.api.permissions import Oneself, Searcher, Viewer, own_only
from ostiary.server.access.facts import Grant
from ostiary.server.access.store import accounts, bindings
from ostiary.server.access.store.accounts import Account, AccountFilter
from ostiary.server.access.store.bindings import BindingFilter
from ostiary.server.catalog.api.messages import AppEntitlement, AppEntitlementView
from ostiary.server.catalog.api.views import entitlement_views
from ostiary.server.catalog.store import inventory
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.as_of import AsOf
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.expansion import Expansion, expansion
from ostiary.server.kernel.paging import LARGEST, Listing, PagingQuery
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1", tags=["App Entitlement User Binding"])

ENTITLEMENT = "/apps/{app_id}/entitlements/{entitlement_id}"


@router.get(ENTITLEMENT + "/grants")
def list_grants(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    entitlement_id: str,
) -> m.GrantsToAccounts:
    """To accounts; what groups hold is under `holders`."""
    filters = {"of": entitlement_id, "at": as_of}
    listing = Listing(kernel.secrets, "grants", filters)
    wanted = BindingFilter(app_ids=[app_id], entitlement_ids=[entitlement_id])
    with kernel.read() as connection:
        accounts.check_in_app(connection, app_id, entitlement_id)
        rows = bindings.bindings(
            connection,
            wanted,
            at=as_of,
            after=listing.after(paging) or (0, 0),
            size=paging.size + 1,
        )
        page = listing.page(rows, paging.size, lambda row: row[0])
        shown = _to_accounts(connection, [grant for _, grant in page.rows], app_id, as_of)
    return m.GrantsToAccounts(list=shown, next_page_token=page.next_page_token)


@router.get(ENTITLEMENT + "/users/{user_id}/grants")
def list_grants_of_person(
    kernel: KernelOf,
    access: Oneself,
    as_of: AsOf,
    app_id: str,
    entitlement_id: str,
    user_id: str,
) -> m.UserBindings:
    """One binding for each account of the person; those without the grant tell no entitlement."""
    held = BindingFilter(entitlement_ids=[entitlement_id], person_id=user_id)
    own = AccountFilter(app_ids=[app_id], owner_ids=[user_id])
    with kernel.read() as connection:
        accounts.check_in_app(connection, app_id, entitlement_id)
        grants = bindings.bindings(connection, held, at=as_of, size=LARGEST)
        there = accounts.accounts(connection, own, at=as_of, size=LARGEST)
    told = [m.binding(grant, app_id) for _, grant in grants]
    holding = {each.app_user_id for each in told}
    told += [
        m.UserBinding(app_id=app_id, app_user_id=account.id)
        for account in there
        if account.id not in holding
    ]
    return m.UserBindings(bindings=told)


@router.post("/search/grants")
def search_grants(
    kernel: KernelOf, access: Searcher, as_of: AsOf, request: m.SearchGrantsRequest
) -> m.FoundGrants:
    viewer = own_only(access)
    filters = {**request.filters, "viewer": viewer, "at": as_of}
    listing = Listing(kernel.secrets, "grant_search", filters)
    paging, shown = request.paging, expansion(request.expand_mask)
    wanted = BindingFilter(
        app_ids=request.app_ids,
        entitlement_ids=[ref.id for ref in request.entitlement_refs],
        account_ids=request.app_user_ids,
        resource_ids=request.resource_ids,
        resource_type_ids=request.resource_type_ids,
        slugs=request.entitlement_slugs,
        purposes=m.purposes_asked(request.purpose),
        person_id=request.user_id,
        viewer=viewer,
    )
    with kernel.read() as connection:
        rows = bindings.bindings(
            connection,
            wanted,
            at=as_of,
            after=listing.after(paging) or (0, 0),
            size=paging.size + 1,
        )
        page = listing.page(rows, paging.size, lambda row: row[0])
        grants = [grant for _, grant in page.rows]
        entitlements = _entitlements(connection, grants, shown, as_of)
        holders = [each.principal.id for each in grants]
        known = accounts.accounts_by_id(connection, holders, as_of)
    found = [
        _found(grant, entitlements[grant.entitlement.id], known.get(grant.principal.id))
        for grant in grants
    ]
    return m.FoundGrants(list=found, next_page_token=page.next_page_token, expanded=shown.expanded)


def _entitlements(
    connection: Connection, grants: list[Grant], shown: Expansion, at: datetime | None
) -> dict[str, AppEntitlementView]:
    """By id. What a grant outlived by a moment is told as far as the grant knows it."""
    ids = list(dict.fromkeys(grant.entitlement.id for grant in grants))
    asked = Asked(at).among("e.public_id", "ids", ids)
    views = {
        view.app_entitlement.id: view
        for view in entitlement_views(
            connection, inventory.entitlements(connection, asked, 0, len(ids)), shown, at
        )
    }
    apps = accounts.app_of_entitlements(connection, [each for each in ids if each not in views])
    for grant in grants:
        told = grant.entitlement
        if told.id not in views:
            views[told.id] = AppEntitlementView(
                app_entitlement=AppEntitlement(
                    id=told.id,
                    app_id=apps[told.id],
                    app_resource_id=told.resource.id,
                    display_name=told.display_name,
                    slug=told.slug,
                    external_id=told.external_id,
                )
            )
    return views


def _to_accounts(
    connection: Connection, grants: list[Grant], app_id: str, at: datetime | None
) -> list[m.GrantToAccount]:
    known = accounts.accounts_by_id(connection, [grant.principal.id for grant in grants], at)
    return [
        m.GrantToAccount(
            app_user=m.account_message(account) if account else None,
            app_id=app_id,
            app_entitlement_id=grant.entitlement.id,
            app_user_id=grant.principal.id,
            direct=grant.direct,
            grant_sources=m.sources(grant, app_id),
            discovered=grant.granted_at,
            expired=grant.ended_at,
        )
        for grant in grants
        for account in [known.get(grant.principal.id)]
    ]


def _found(grant: Grant, entitlement: AppEntitlementView, account: Account | None) -> m.FoundGrant:
    app_id = entitlement.app_entitlement.app_id
    holding = m.GrantView(
        app_id=app_id,
        app_entitlement_id=grant.entitlement.id,
        app_user_id=grant.principal.id,
        app_user=m.AppUserView(app_user=m.account_message(account)) if account else None,
        grant_sources=m.sources(grant, app_id),
        app_entitlement_user_binding_created_at=grant.granted_at,
    )
    return m.FoundGrant(entitlement=entitlement, app_entitlement_user_binding=holding)
