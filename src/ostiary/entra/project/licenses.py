"""Licences: seats, and who holds them, directly or through a group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from google.protobuf.message import Message

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import assignment_entitlement, immutable_entitlement
from ostiary.connector.resources import plain_resource
from ostiary.entra.collect.polls import Poll
from ostiary.entra.image import Image, Kind
from ostiary.entra.project.grants import Grants, grant, stub, through_members
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.tally import Tally
from ostiary.entra.records import Group, Sku, User
from ostiary.entra.types import GROUP, LICENSE, USER, grantable_to

_IN_FORCE = ("Active", "ActiveWithError")


class Licenses:
    """The subscribed products of the image."""

    def __init__(self, image: Image, principals: Principals, tally: Tally) -> None:
        self._image = image
        self._principals = principals
        self._tally = tally

    def _skus(self) -> Iterator[Sku]:
        return self._image.polled.all(Poll.SKUS, Sku)

    def resources(self) -> Iterator[pb.Resource]:
        for sku in self._skus():
            yield _resource(sku)

    def entitlements(self) -> Iterator[pb.Entitlement]:
        for sku in self._skus():
            name = sku.skuPartNumber or sku.skuId
            resource = pb.Resource(
                id=pb.ResourceId(resource_type=LICENSE, resource=sku.skuId), display_name=name
            )
            yield assignment_entitlement(
                resource,
                "assigned",
                display_name=name,
                description=f"Holds a seat of {name}",
                grantable_to=grantable_to(USER, GROUP),
                annotations=_why_fixed(sku),
            )

    def grants(self) -> Grants:
        subscribed = {sku.skuId for sku in self._skus()}
        for sku_id, users in self._direct(subscribed).items():
            yield GrantSheet(stub(LICENSE, sku_id, assigned_id(sku_id)), USER, users)
        for _, group in self._image.objects.all(Kind.GROUP, Group):
            for plan in group.assignedLicenses or ():
                if plan.skuId not in subscribed:
                    self._tally.add("licence assignments", "of products no longer subscribed to")
                elif self._principals.type_of(group.id):
                    reach = through_members(group.id, shallow=True, reaching=[USER])
                    entitlement = stub(LICENSE, plan.skuId, assigned_id(plan.skuId))
                    yield grant(entitlement, GROUP, group.id, reach)

    def _direct(self, subscribed: set[str]) -> dict[str, list[str]]:
        """Users by the product they hold themselves; group-held ones come by expansion."""
        holders: dict[str, list[str]] = defaultdict(list)
        for _, user in self._image.objects.all(Kind.USER, User):
            for license_ in user.licenseAssignmentStates or ():
                if license_.error and license_.error != "None":
                    reason = f"in error in Entra: {license_.error}"
                    self._tally.add("licence assignments", reason)
                held = license_.assignedByGroup is None and license_.state in _IN_FORCE
                if held and license_.skuId in subscribed and self._principals.type_of(user.id):
                    holders[license_.skuId].append(user.id)
        return holders


def assigned_id(sku_id: str) -> str:
    return f"{LICENSE}:{sku_id}:assigned"


def _resource(sku: Sku) -> pb.Resource:
    """Seats are in the profile; why not in a trait is told in docs/adr/0008."""
    units = sku.prepaidUnits
    profile: dict[str, str | int | None] = {
        "sku_id": sku.skuId,
        "sku_part_number": sku.skuPartNumber,
        "capability_status": sku.capabilityStatus,
        "applies_to": sku.appliesTo,
        "purchased_seats": units.enabled if units else None,
        "consumed_seats": sku.consumedUnits,
        "suspended_seats": units.suspended if units else None,
        "warning_seats": units.warning if units else None,
        "locked_out_seats": units.lockedOut if units else None,
    }
    return plain_resource(
        LICENSE,
        sku.skuId,
        sku.skuPartNumber or sku.skuId,
        profile={name: value for name, value in profile.items() if value is not None},
    )


def _why_fixed(sku: Sku) -> list[Message]:
    if sku.appliesTo == "Company":
        reason = "This product belongs to the whole organization and is not assigned to people"
        return [immutable_entitlement(reason, "not_assigned_to_people")]
    if sku.capabilityStatus in ("Suspended", "Deleted", "LockedOut"):
        reason = f"The subscription is {sku.capabilityStatus}: Entra assigns no seats of it"
        return [immutable_entitlement(reason, "subscription_inactive")]
    return []
