"""Owners and types of accounts: C1's update of an app user, and ours: reset, and orphans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter

from ostiary.server.access.api.messages import (
    AppUserList,
    AppUserReply,
    AppUserView,
    account_message,
)
from ostiary.server.access.store.accounts import accounts_by_id
from ostiary.server.catalog.owning import owns_app
from ostiary.server.directory import actions
from ostiary.server.directory.api import account_messages as m
from ostiary.server.directory.store import reading
from ostiary.server.directory.store.reading import AccountFilter, Found
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import invalid, not_found
from ostiary.server.kernel.paging import Listing
from ostiary.server.kernel.rest import Empty, KernelOf, changes
from ostiary.server.kernel.work import UnitOfWork

router = APIRouter(prefix="/api/v1", tags=["AppUsers"])

WRITABLE = ("identity_user_id", "app_user_type")


Manager = Annotated[Access, requires(Permission.APPS_MANAGE, own=owns_app)]
Explorer = Annotated[Access, requires(Permission.EXPLORE)]


@router.post("/apps/{app_id}/app_users/{id}")
def update_app_user(
    kernel: KernelOf, access: Manager, app_id: str, id: str, request: m.UpdateAppUserRequest
) -> AppUserReply:
    """Sets the owner by hand, or clears it with an empty `identityUserId`; and the type."""
    wanted = changes(request.app_user, request.update_mask, WRITABLE)
    with kernel.work(access.caller.actor) as unit:
        account = _find(unit.connection, app_id, id)
        if "app_user_type" in wanted:
            _set_type(unit, account, wanted["app_user_type"])
        if "identity_user_id" in wanted:
            actions.set_owner(unit, account, wanted["identity_user_id"] or None)
        return _reply(unit.connection, app_id, id)


@router.post("/apps/{app_id}/app_users/{id}/reset_owner")
def reset_owner(
    kernel: KernelOf, access: Manager, app_id: str, id: str, request: Empty
) -> AppUserReply:
    """Ours: whoever matching finds, instead of whoever was set by hand."""
    with kernel.work(access.caller.actor) as unit:
        actions.reset_owner(unit, _find(unit.connection, app_id, id))
        return _reply(unit.connection, app_id, id)


@router.post("/search/orphaned_app_users")
def search_orphans(
    kernel: KernelOf, access: Explorer, request: m.SearchOrphansRequest
) -> AppUserList:
    """Ours: accounts without an owner, or whose owner is deactivated."""
    wanted = AccountFilter(
        app_ids=request.app_ids,
        types=request.types,
        external=request.external,
        orphaned=True,
        query=request.query,
    )
    paging = request.paging
    listing = Listing(kernel.secrets, "orphaned_app_users", request.filters)
    with kernel.read() as connection:
        rows = reading.accounts(connection, wanted, listing.after(paging), paging.size + 1)
        page = listing.page(rows, paging.size, lambda each: (each.sort_name, each.resource_id))
        views = _views(connection, [found.id for found in page.rows])
    return AppUserList(list=views, next_page_token=page.next_page_token)


def _set_type(unit: UnitOfWork, account: Found, wanted: str) -> None:
    stored = m.STORED_TYPES.get(wanted)
    if stored is None:
        raise invalid("appUserType must be a user, a service account or a system account")
    actions.set_account_type(unit, account, stored)


def _find(connection: Connection, app_id: str, account_id: str) -> Found:
    found = reading.find_account(connection, app_id, account_id)
    if found is None:
        raise not_found("there is no such account")
    return found


def _reply(connection: Connection, app_id: str, account_id: str) -> AppUserReply:
    [view] = _views(connection, [_find(connection, app_id, account_id).id])
    return AppUserReply(app_user_view=view)


def _views(connection: Connection, ids: Sequence[str]) -> list[AppUserView]:
    """In the one shape in which accounts are told."""
    told = accounts_by_id(connection, ids, None)
    return [AppUserView(app_user=account_message(told[each])) for each in ids]
