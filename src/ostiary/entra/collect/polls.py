"""Roles and licences: small, without a change feed, read whole in one batch on every sync."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ostiary.entra.collect.batched import Listing, read_collections
from ostiary.entra.collect.reader import Reader
from ostiary.entra.records import RoleAssignment, RoleDefinition, Sku, encode, fields_of
from ostiary.graph import GraphError
from ostiary.graph.faults import NotLicensed

STREAM = "roles and licences"
_ROLES = "/roleManagement/directory/"


class Poll(StrEnum):
    """The collections, by the name they have in the image."""

    SKUS = "skus"
    ROLE_DEFINITIONS = "role definitions"
    ROLE_ASSIGNMENTS = "role assignments"
    ACTIVE = "active role instances"
    ELIGIBLE = "eligible role instances"


LISTINGS = {
    Poll.SKUS: Listing(f"/subscribedSkus?$select={fields_of(Sku)}", Sku),
    Poll.ROLE_DEFINITIONS: Listing(
        f"{_ROLES}roleDefinitions?$select={fields_of(RoleDefinition)}", RoleDefinition
    ),
    Poll.ROLE_ASSIGNMENTS: Listing(f"{_ROLES}roleAssignments", RoleAssignment),
    Poll.ACTIVE: Listing(f"{_ROLES}roleAssignmentScheduleInstances", RoleAssignment),
    Poll.ELIGIBLE: Listing(f"{_ROLES}roleEligibilityScheduleInstances", RoleAssignment),
}
LICENSED = frozenset({Poll.ACTIVE, Poll.ELIGIBLE})
"""What needs a Microsoft Entra ID P2 or Governance licence."""


async def poll(reader: Reader, wanted: Iterable[Poll]) -> frozenset[Poll]:
    """Read collections anew; returns those the tenant has no licence for, which become empty.

    Raises:
        GraphError: a collection could not be read, for any reason but a missing licence.
    """
    unlicensed = set()
    listings = {str(name): LISTINGS[name] for name in wanted}
    async for key, items in read_collections(reader, listings, stream=STREAM):
        if isinstance(items, NotLicensed) and key in LICENSED:
            unlicensed.add(Poll(key))
            items = []
        if isinstance(items, GraphError):
            raise items
        with reader.image.transaction():
            reader.image.polled.replace(key, [(item.id, encode(item)) for item in items])
        reader.took(STREAM, len(items))
    reader.finished(STREAM)
    return frozenset(unlicensed)
