"""Our own routes: who holds something, what somebody holds, why, since when, and what changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, TypeAdapter

from ostiary.server.access import store
from ostiary.server.access.api import answers as m
from ostiary.server.access.api.permissions import Explorer, Viewer
from ostiary.server.access.store import accounts
from ostiary.server.kernel.as_of import AsOf
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.paging import Listing, PagingQuery
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1", tags=["Access (ours)"])

AT = TypeAdapter(AwareDatetime)
ENTITLEMENT = "/apps/{app_id}/entitlements/{entitlement_id}"

Direct = Annotated[
    bool | None, Query(description="only what is held directly, or only what is inherited")
]
Start = Annotated[AwareDatetime, Query(description="the earlier instant (RFC 3339)")]
End = Annotated[AwareDatetime | None, Query(description="the later one; without it, now")]


@router.get(ENTITLEMENT + "/holders")
def list_holders(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    as_of: AsOf,
    app_id: str,
    entitlement_id: str,
    direct: Direct = None,
) -> m.HeldList:
    """Whoever holds the entitlement: accounts, groups and others."""
    filters = {"of": entitlement_id, "at": as_of, "direct": direct}
    listing = Listing(kernel.secrets, "holders", filters)
    (after,) = listing.after(paging) or [""]
    with kernel.read() as connection:
        accounts.check_in_app(connection, app_id, entitlement_id)
        page = store.who_has(
            connection, entitlement_id, at=as_of, direct=direct, after=after, size=paging.size
        )
    return m.held_list(page, listing)


@router.get(ENTITLEMENT + "/holders/{principal_id}/explanation")
def explain(
    kernel: KernelOf,
    access: Viewer,
    as_of: AsOf,
    app_id: str,
    entitlement_id: str,
    principal_id: str,
) -> m.Explanation:
    """Every path from what the principal holds directly to the entitlement."""
    with kernel.read() as connection:
        accounts.check_in_app(connection, app_id, entitlement_id)
        return m.explanation(store.explain(connection, entitlement_id, principal_id, at=as_of))


@router.get(ENTITLEMENT + "/holders/{principal_id}/history")
def tell_history(
    kernel: KernelOf, access: Viewer, app_id: str, entitlement_id: str, principal_id: str
) -> m.History:
    """Every stretch of time in which the principal held the entitlement, the oldest first."""
    with kernel.read() as connection:
        accounts.check_in_app(connection, app_id, entitlement_id)
        grants = store.grant_history(connection, entitlement_id, principal_id)
    return m.History(list=[m.held(grant) for grant in grants])


@router.get("/apps/{app_id}/grant_differences")
def list_differences_of_app(
    kernel: KernelOf,
    access: Viewer,
    paging: PagingQuery,
    app_id: str,
    start: Start,
    end: End = None,
) -> m.DifferenceList:
    """Grants that came, went or changed between two instants; what did both does not show."""
    return _differences(kernel, paging, start, end, app_id)


@router.get("/access/differences")
def list_differences(
    kernel: KernelOf, access: Explorer, paging: PagingQuery, start: Start, end: End = None
) -> m.DifferenceList:
    """Of all apps."""
    return _differences(kernel, paging, start, end, None)


@router.get("/access/principals/{principal_id}/grants")
def list_holdings(
    kernel: KernelOf,
    access: Explorer,
    paging: PagingQuery,
    as_of: AsOf,
    principal_id: str,
    direct: Direct = None,
) -> m.HeldList:
    """What an account, a group or another principal holds."""
    filters = {"of": principal_id, "at": as_of, "direct": direct}
    listing = Listing(kernel.secrets, "holdings", filters)
    (after,) = listing.after(paging) or [""]
    with kernel.read() as connection:
        page = store.what_has(
            connection, [principal_id], at=as_of, direct=direct, after=after, size=paging.size
        )
    return m.held_list(page, listing)


def _differences(
    kernel: KernelOf, paging: PagingQuery, start: Start, end: End, app_id: str | None
) -> m.DifferenceList:
    listing = Listing(kernel.secrets, "differences", {"of": app_id, "start": start, "end": end})
    # pages after the first one keep the instant that the first one took for now
    after, until = listing.after(paging) or ["", None]
    now = kernel.clock.now()
    last = AT.validate_python(until) if until else end or now
    if start > last or last > now:
        raise invalid("start comes before end, and end is not in the future")
    with kernel.read() as connection:
        page = store.differences(
            connection, start, last, app_id=app_id, after=after, size=paging.size
        )
    return m.difference_list(page, listing, last)
