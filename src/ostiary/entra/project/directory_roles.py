"""Directory roles: who holds them, actively or as eligible, and in which scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from google.protobuf.message import Message

from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import assignment_entitlement
from ostiary.connector.profile import struct
from ostiary.connector.resources import role_resource
from ostiary.entra.collect.polls import Poll
from ostiary.entra.image import Image
from ostiary.entra.project.grants import Grants, grant, stub, through_members
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.tally import Tally
from ostiary.entra.records import RoleAssignment, RoleDefinition
from ostiary.entra.types import (
    DIRECTORY_ROLE,
    ENTERPRISE_APPLICATION,
    GROUP,
    MANAGED_IDENTITY,
    USER,
    grantable_to,
)

ASSIGNED = "assigned"
ELIGIBLE = "eligible"
TENANT = "/"
_REACH = (USER, ENTERPRISE_APPLICATION, MANAGED_IDENTITY)


class Holding(NamedTuple):
    """One way to hold a role: active or eligible, in one scope."""

    role: str
    way: str
    scope: str

    @property
    def entitlement_id(self) -> str:
        """``directory_role:<id>:<way>`` for the whole tenant, else with the scope appended."""
        return f"{DIRECTORY_ROLE}:{self.role}:{self.slug}"

    @property
    def slug(self) -> str:
        return self.way if self.scope == TENANT else f"{self.way}:{self.scope.removeprefix('/')}"


class DirectoryRoles:
    """The roles of the image. ``eligibility`` tells whether the tenant is licensed for PIM."""

    def __init__(
        self, image: Image, principals: Principals, tally: Tally, *, eligibility: bool
    ) -> None:
        self._image = image
        self._principals = principals
        self._tally = tally
        self._eligibility = eligibility

    def _definitions(self) -> Iterator[RoleDefinition]:
        return self._image.polled.all(Poll.ROLE_DEFINITIONS, RoleDefinition)

    def _holdings(self) -> Iterator[tuple[Holding, RoleAssignment]]:
        """Every active and eligible assignment of a role that is defined."""
        defined = {definition.id for definition in self._definitions()}
        for way, assignment in self._assignments():
            if assignment.roleDefinitionId in defined:
                scope = assignment.directoryScopeId or TENANT
                yield Holding(assignment.roleDefinitionId, way, scope), assignment
            else:
                self._tally.add("role assignments", "of roles that are no longer defined")

    def _assignments(self) -> Iterator[tuple[str, RoleAssignment]]:
        for assignment in self._image.polled.all(Poll.ROLE_ASSIGNMENTS, RoleAssignment):
            yield ASSIGNED, assignment
        for instance in self._image.polled.all(Poll.ELIGIBLE, RoleAssignment):
            if not _through_group(instance):
                yield ELIGIBLE, instance

    def resources(self) -> Iterator[pb.Resource]:
        for definition in self._definitions():
            yield _resource(definition)

    def entitlements(self) -> Iterator[pb.Entitlement]:
        scoped: dict[str, set[Holding]] = {}
        for holding, _ in self._holdings():
            scoped.setdefault(holding.role, set()).add(holding)
        for definition in self._definitions():
            holdings = {Holding(definition.id, ASSIGNED, TENANT)}
            if self._eligibility:
                holdings.add(Holding(definition.id, ELIGIBLE, TENANT))
            for holding in sorted(holdings | scoped.get(definition.id, set())):
                yield _entitlement(definition, holding)

    def grants(self) -> Grants:
        """The first assignment wins where Graph reports the same holding twice."""
        ends = self._activations()
        done: set[tuple[Holding, str]] = set()
        for holding, assignment in self._holdings():
            principal = assignment.principalId
            type_id = self._principals.type_of(principal)
            if type_id is None or (holding, principal) in done:
                continue
            done.add((holding, principal))
            entitlement = stub(DIRECTORY_ROLE, holding.role, holding.entitlement_id)
            annotations = list(_metadata(ends.get((holding, principal), assignment)))
            if type_id == GROUP:
                reach = through_members(principal, shallow=True, reaching=_REACH)
                annotations.append(reach)
            yield grant(entitlement, type_id, principal, *annotations)

    def _activations(self) -> dict[tuple[Holding, str], RoleAssignment]:
        """Active instances know what plain assignments do not: if activated, and until when."""
        found = {}
        for instance in self._image.polled.all(Poll.ACTIVE, RoleAssignment):
            if not _through_group(instance):
                scope = instance.directoryScopeId or TENANT
                holding = Holding(instance.roleDefinitionId, ASSIGNED, scope)
                found[holding, instance.principalId] = instance
        return found


def _through_group(instance: RoleAssignment) -> bool:
    """PIM also lists members of groups that hold a role; expansion derives those from the group."""
    return instance.memberType in ("Group", "Inherited")


def _resource(definition: RoleDefinition) -> pb.Resource:
    profile = {
        "id": definition.id,
        "template_id": definition.templateId,
        "is_built_in": definition.isBuiltIn,
        "is_enabled": definition.isEnabled,
    }
    return role_resource(
        DIRECTORY_ROLE,
        definition.id,
        definition.displayName or definition.id,
        description=definition.description or "",
        profile={name: value for name, value in profile.items() if value is not None},
    )


def _entitlement(definition: RoleDefinition, holding: Holding) -> pb.Entitlement:
    role = definition.displayName or definition.id
    where = "" if holding.scope == TENANT else f" in {holding.scope.removeprefix('/')}"
    if holding.way == ELIGIBLE:
        name, description = f"{role} (eligible)", f"May activate the role {role}{where}"
    else:
        name, description = role, f"Holds the role {role}{where}"
    resource = pb.Resource(
        id=pb.ResourceId(resource_type=DIRECTORY_ROLE, resource=definition.id), display_name=role
    )
    return assignment_entitlement(
        resource,
        holding.slug,
        id=holding.entitlement_id,
        display_name=f"{name}{where}",
        description=description,
        grantable_to=grantable_to(USER, GROUP, ENTERPRISE_APPLICATION, MANAGED_IDENTITY),
    )


def _metadata(assignment: RoleAssignment) -> Iterator[Message]:
    facts = {
        "assignment_type": assignment.assignmentType,
        "starts_at": assignment.startDateTime,
        "ends_at": assignment.endDateTime,
    }
    known = {name: value for name, value in facts.items() if value is not None}
    if known:
        yield pb.GrantMetadata(metadata=struct(known))
