"""What a connector may put into a sync, checked record by record.

Everything refused here is a defect of the connector, so it fails the run (Internal); what the user
chose to leave out is dropped and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ostiary.baton.annotations import has
from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.connector import Note, SyncScope
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.status import ConnectorError, Status

Trait = (
    type[pb.UserTrait]
    | type[pb.GroupTrait]
    | type[pb.RoleTrait]
    | type[pb.AppTrait]
    | type[pb.SecretTrait]
)

REQUIRED_TRAITS: dict[pb.ResourceType.Trait, Trait] = {
    pb.ResourceType.TRAIT_USER: pb.UserTrait,
    pb.ResourceType.TRAIT_GROUP: pb.GroupTrait,
    pb.ResourceType.TRAIT_ROLE: pb.RoleTrait,
    pb.ResourceType.TRAIT_APP: pb.AppTrait,
    pb.ResourceType.TRAIT_SECRET: pb.SecretTrait,
}


class Admission:
    """Checks the listings of one run and remembers what it left out."""

    def __init__(self, definition: ConnectorDefinition, scope: SyncScope) -> None:
        self._scope = scope
        self._declared = definition.type_ids
        self._traits = {
            declared.id: [
                REQUIRED_TRAITS[trait]
                for trait in declared.message.traits
                if trait in REQUIRED_TRAITS
            ]
            for declared in definition.resource_types
        }
        self._left_out: Counter[str] = Counter()

    def resources(self, type_id: str, listed: Iterable[pb.Resource]) -> Iterator[pb.Resource]:
        traits = self._traits[type_id]
        for resource in listed:
            _check_type("resource", resource.id.resource, resource.id.resource_type, type_id)
            if has(resource.annotations, pb.BatonID):
                raise defect(f"{type_id} {resource.id.resource} carries a BatonID")
            for trait in traits:
                if not has(resource.annotations, trait):
                    name = trait.DESCRIPTOR.name
                    raise defect(f"{type_id} {resource.id.resource} lacks its {name}")
            yield resource

    def entitlements(
        self, type_id: str, listed: Iterable[pb.Entitlement]
    ) -> Iterator[pb.Entitlement]:
        for entitlement in listed:
            owner = entitlement.resource.id.resource_type
            _check_type("entitlement", entitlement.id, owner, type_id)
            yield entitlement

    def grants(
        self, type_id: str, listed: Iterable[pb.Grant | GrantSheet]
    ) -> Iterator[pb.Grant | GrantSheet]:
        for grant in listed:
            owner = grant.entitlement.resource.id.resource_type
            _check_type("grant of", grant.entitlement.id, owner, type_id)
            principal_type = principal_type_of(grant)
            if principal_type not in self._declared:
                raise defect(
                    f"a grant of {grant.entitlement.id} has a principal of the undeclared type "
                    f"{principal_type!r}"
                )
            if not self._scope.covers(principal_type):
                self._left_out[principal_type] += size_of(grant)
            else:
                yield grant

    def notes(self) -> list[Note]:
        return [
            Note(count, f"grants to {type_id}", "not among --sync-resource-types")
            for type_id, count in sorted(self._left_out.items())
        ]


def principal_type_of(grant: pb.Grant | GrantSheet) -> str:
    if isinstance(grant, GrantSheet):
        return grant.principal_type
    return grant.principal.id.resource_type


def size_of(grant: pb.Grant | GrantSheet) -> int:
    return len(grant.principal_ids) if isinstance(grant, GrantSheet) else 1


def _check_type(kind: str, name: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise defect(f"{kind} {name} of type {found!r} is listed under {wanted!r}")


class DefectError(ConnectorError):
    """A connector breaks its contract with the runtime; trying again does not help."""


def defect(what: str) -> DefectError:
    """`what` is wrong with the connector, as the end of a sentence."""
    return DefectError(
        Status.INTERNAL,
        f"The connector is not in order: {what}.",
        remedy="This is a defect of the connector: report it with this message.",
    )
