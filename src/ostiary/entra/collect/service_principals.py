"""Service principals, who owns them, and who is assigned to their app roles.

$expand hands over up to 20 related objects with each of the 100 service principals of a page and
says nothing when there are more, so those that show 20 are asked again one by one, in batches.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ostiary.entra.collect.assignment_feed import NAME as ASSIGNMENTS
from ostiary.entra.collect.batched import read_each
from ostiary.entra.collect.changes import Reference
from ostiary.entra.collect.listing import read_whole, replace_objects
from ostiary.entra.collect.query import Query
from ostiary.entra.collect.reader import Reader
from ostiary.entra.image import Assignment, Image, Kind, Relation
from ostiary.entra.records import ServicePrincipal, encode, fields_of

EXPAND_LIMIT = 20
STREAM = "service principals"
OWNERS = "application owners"
SELECT = fields_of(ServicePrincipal)


class AppRoleAssignment(msgspec.Struct):
    id: str
    appRoleId: str
    principalId: str
    resourceId: str

    def stored(self) -> Assignment:
        return Assignment(self.id, self.resourceId, self.principalId, self.appRoleId)


class Assigned(ServicePrincipal, kw_only=True):
    """A service principal with its first app role assignments."""

    appRoleAssignedTo: list[AppRoleAssignment] = msgspec.field(default_factory=list)


class Owned(ServicePrincipal, kw_only=True):
    """A service principal with its first owners."""

    owners: list[Reference] = msgspec.field(default_factory=list)


async def list_with_assignments(reader: Reader) -> None:
    """Read every service principal and every app role assignment anew."""
    image = reader.image
    cut_short: set[str] = set()

    def take(page: Sequence[Assigned]) -> None:
        for principal in page:
            assignments = principal.appRoleAssignedTo
            image.assignments.drop_resources([principal.id])
            image.assignments.add(a.stored() for a in assignments)
            reader.took(ASSIGNMENTS, len(assignments))
            if len(assignments) >= EXPAND_LIMIT:
                cut_short.add(principal.id)

    query = Query("/servicePrincipals", SELECT, expand="appRoleAssignedTo", top=999)
    gone = await replace_objects(
        reader, Kind.SERVICE_PRINCIPAL, query, Assigned,
        stream=STREAM, encode=_without_relations, also=take,
    )  # fmt: skip
    with image.transaction():
        image.assignments.drop_resources(gone)
    await list_assignments(reader, cut_short)


async def list_with_owners(reader: Reader) -> tuple[set[str], list[str]]:
    """Read every service principal and its owners anew; returns (new ids, ids that are gone)."""
    image = reader.image
    before = set(image.objects.ids(Kind.SERVICE_PRINCIPAL))
    cut_short: set[str] = set()
    query = Query("/servicePrincipals", SELECT, expand="owners($select=id)", top=999)
    gone = await replace_objects(
        reader, Kind.SERVICE_PRINCIPAL, query, Owned,
        stream=STREAM, encode=_without_relations,
        also=lambda page: cut_short.update(_take_owners(image, page)),
    )  # fmt: skip
    await _list_owners(reader, cut_short)
    return set(image.objects.ids(Kind.SERVICE_PRINCIPAL)) - before, gone


async def list_owners(reader: Reader) -> None:
    """Read the owners of every service principal, and nothing else of it."""
    cut_short: set[str] = set()

    def take(page: Sequence[Owned]) -> None:
        with reader.image.transaction():
            cut_short.update(_take_owners(reader.image, page))

    query = Query("/servicePrincipals", "id", expand="owners($select=id)", top=999)
    await read_whole(reader, query, Owned, stream=OWNERS, apply=take)
    await _list_owners(reader, cut_short)


async def list_assignments(reader: Reader, ids: set[str]) -> None:
    """Read all app role assignments of some service principals; one that vanished has none."""
    paths = {id_: f"/servicePrincipals/{id_}/appRoleAssignedTo?$top=999" for id_ in sorted(ids)}
    async for id_, assignments in read_each(reader, paths, AppRoleAssignment, stream=ASSIGNMENTS):
        with reader.image.transaction():
            reader.image.assignments.drop_resources([id_])
            reader.image.assignments.add(a.stored() for a in assignments)
        reader.took(ASSIGNMENTS, len(assignments))


async def _list_owners(reader: Reader, ids: set[str]) -> None:
    paths = {id_: f"/servicePrincipals/{id_}/owners?$select=id&$top=999" for id_ in sorted(ids)}
    async for id_, owners in read_each(reader, paths, Reference, stream=OWNERS):
        with reader.image.transaction():
            _set_owners(reader.image, id_, owners)


def _take_owners(image: Image, page: Sequence[Owned]) -> set[str]:
    """Store the owners of a page; returns those whose owners were cut short."""
    for principal in page:
        _set_owners(image, principal.id, principal.owners)
    return {p.id for p in page if len(p.owners) >= EXPAND_LIMIT}


def _set_owners(image: Image, principal: str, owners: Sequence[Reference]) -> None:
    source = image.objects.intern(principal, Kind.SERVICE_PRINCIPAL)
    targets = [image.objects.intern(owner.id, owner.kind) for owner in owners]
    image.links.replace(source, Relation.OWNER, targets)


def _without_relations(principal: ServicePrincipal) -> str:
    return encode(msgspec.convert(principal, ServicePrincipal, from_attributes=True))
