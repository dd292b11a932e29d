"""Accounts: `/api/v1/apps/{app_id}/app_users`, those of a person, and their search."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from ostiary.server.access.api import messages as m
from ostiary.server.access.api.expanding import load_apps
from ostiary.server.access.api.permissions import Oneself, Searcher, Viewer, own_only
from ostiary.server.access.store import accounts
from ostiary.server.access.store.accounts import AccountFilter
from ostiary.server.kernel.as_of import AsOf
from ostiary.server.kernel.expansion import ExpandQuery, Expansion, expansion
from ostiary.server.kernel.paging import Listing, Paging, PagingQuery
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1", tags=["AppUsers"])


@router.get("/apps/{app_id}/app_users")
def list_accounts(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppUserList:
    listing = Listing(kernel.secrets, "app_users", {"of": app_id, "at": as_of})
    wanted = AccountFilter(app_ids=[app_id])
    return _page(kernel, listing, wanted, as_of, paging, expansion(expand_mask))


@router.get("/apps/{app_id}/users/{user_id}/app_users")
def list_accounts_of_person(
    kernel: KernelOf,
    access: Oneself,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    user_id: str,
    expand_mask: ExpandQuery = "",
) -> m.AppUserList:
    filters = {"of": app_id, "person": user_id, "at": as_of}
    listing = Listing(kernel.secrets, "app_users_of_person", filters)
    wanted = AccountFilter(app_ids=[app_id], owner_ids=[user_id])
    return _page(kernel, listing, wanted, as_of, paging, expansion(expand_mask))


@router.post("/search/app_users")
def search_accounts(
    kernel: KernelOf, access: Searcher, as_of: AsOf, request: m.SearchAppUsersRequest
) -> m.AppUserList:
    viewer = own_only(access)
    filters = {**request.filters, "viewer": viewer, "at": as_of}
    wanted = AccountFilter(
        app_ids=request.in_apps,
        ids=request.accounts,
        excluded_ids=request.exclude_app_user_ids,
        owner_ids=request.user_ids,
        statuses=m.statuses_asked(request.app_user_statuses),
        types=m.types_asked(request.app_user_types),
        status_details=request.app_user_status_details,
        external=request.external,
        ownerless=request.without_responsible_party,
        impossible=request.with_open_findings,
        query=request.query,
        viewer=viewer,
    )
    listing = Listing(kernel.secrets, "app_user_search", filters)
    shown = expansion(request.expand_mask)
    return _page(kernel, listing, wanted, as_of, request.paging, shown)


def _page(
    kernel: Kernel,
    listing: Listing,
    wanted: AccountFilter,
    at: datetime | None,
    paging: Paging,
    shown: Expansion,
) -> m.AppUserList:
    (after,) = listing.after(paging) or [0]
    with kernel.read() as connection:
        rows = accounts.accounts(connection, wanted, at=at, after=after, size=paging.size + 1)
        page = listing.page(rows, paging.size, lambda account: [account.key])
        load_apps(connection, shown, {account.app_id for account in page.rows})
    views = [
        m.AppUserView(
            app_user=m.account_message(account), app_path=shown.path("app_id", account.app_id)
        )
        for account in page.rows
    ]
    return m.AppUserList(list=views, next_page_token=page.next_page_token, expanded=shown.expanded)
