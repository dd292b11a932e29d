"""Roles and licences: small, without a change feed, read whole in one batch on every sync."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from ostiary.entra.collect.batched import Listing, read_collections
from ostiary.entra.collect.edition import is_free
from ostiary.entra.collect.reader import Reader
from ostiary.entra.records import RoleAssignment, RoleDefinition, Sku, encode, fields_of
from ostiary.graph import GraphError
from ostiary.graph.faults import BadRequest, NotLicensed, PermissionMissing

STREAM = "roles and licences"
_ROLES = "/roleManagement/directory/"


class Poll(StrEnum):
    """The collections, by the name they have in the image."""

    SKUS = "skus"
    ROLE_DEFINITIONS = "role definitions"
    ROLE_ASSIGNMENTS = "role assignments"
    ACTIVE = "active role instances"
    ELIGIBLE = "eligible role instances"


_SELECT_ROLES = f"{_ROLES}roleDefinitions?$select={fields_of(RoleDefinition)}"
LISTINGS = {
    Poll.SKUS: Listing(f"/subscribedSkus?$select={fields_of(Sku)}", Sku),
    Poll.ROLE_DEFINITIONS: Listing(_SELECT_ROLES, RoleDefinition),
    Poll.ROLE_ASSIGNMENTS: Listing(f"{_ROLES}roleAssignments", RoleAssignment),
    Poll.ACTIVE: Listing(f"{_ROLES}roleAssignmentScheduleInstances", RoleAssignment),
    Poll.ELIGIBLE: Listing(f"{_ROLES}roleEligibilityScheduleInstances", RoleAssignment),
}
LARGE_PAGES = {
    Poll.ROLE_ASSIGNMENTS: "?$top=999",
    Poll.ACTIVE: "?$top=999",
    Poll.ELIGIBLE: "?$top=999",
}
"""Graph's default page holds 100. That these take $top is not documented, so it is tried."""
LICENSED = frozenset({Poll.ACTIVE, Poll.ELIGIBLE})
"""What needs a Microsoft Entra ID P2 or Governance licence."""
_SMALL_PAGES = "small pages"


async def poll(reader: Reader, wanted: Collection[Poll]) -> frozenset[Poll]:
    """Read collections anew; returns those the tenant has no licence for, which become empty.

    Raises:
        GraphError: a collection could not be read, for any reason but a missing licence.
    """
    if reader.image.remembered(_SMALL_PAGES) is None:
        listings = {p: _with(LISTINGS[p], LARGE_PAGES.get(p, "")) for p in wanted}
        try:
            return await _poll(reader, listings)
        except BadRequest:
            reader.image.remember(_SMALL_PAGES, "asked for")
    return await _poll(reader, {p: LISTINGS[p] for p in wanted})


async def _poll(reader: Reader, listings: Mapping[Poll, Listing]) -> frozenset[Poll]:
    unlicensed = set()
    async for key, items in read_collections(reader, listings, stream=STREAM):
        if key in LICENSED and await _lacks_licence(reader, items):
            unlicensed.add(key)
            items = []
        if isinstance(items, GraphError):
            raise items
        with reader.image.transaction():
            reader.image.polled.replace(key, [(item.id, encode(item)) for item in items])
        reader.took(STREAM, len(items))
    reader.finished(STREAM)
    return frozenset(unlicensed)


async def _lacks_licence(reader: Reader, reply: object) -> bool:
    """A free tenant may be told of a missing permission before it is told of its licence."""
    if isinstance(reply, PermissionMissing):
        return await is_free(reader, stream=STREAM)
    return isinstance(reply, NotLicensed)


def _with(listing: Listing, options: str) -> Listing:
    return listing._replace(path=listing.path + options)
