"""Where links lead: one table serves the relation's own path and $expand alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from ostiary.tenant.directory import (
    ROOT_SCOPE,
    AppRoleAssignment,
    DirectoryObject,
    Kind,
)
from ostiary.tenant.surface.backend import Backend
from ostiary.tenant.surface.entity import Entity, Source
from ostiary.tenant.surface.odata.options import PageRule
from ostiary.tenant.surface.reads import rows
from ostiary.tenant.surface.reads.sources import Linked, Rows

SINGLE_PAGE = PageRule(default=0, largest=0)
DEFAULT_PAGE = PageRule()
V1_MEMBERS = frozenset(Kind) - {Kind.SERVICE_PRINCIPAL}
"""What v1.0 lists as members of a group: service principals are left out (known issue of Graph)."""


@dataclass(frozen=True, slots=True)
class Relation:
    """`source` takes the backend and the entity the link starts from.

    `single`: leads to one object at most. `v1_kinds` limits what v1.0 lists on the relation's own
    path. `advanced` when $filter and $count there follow the ConsistencyLevel rules.
    """

    name: str
    source: Callable[[Backend, Entity], Source]
    single: bool = False
    page: PageRule = DEFAULT_PAGE
    v1_kinds: frozenset[Kind] | None = None
    advanced: bool = True


def _links(relation: str, backend: Backend, entity: Entity) -> Source:
    holder = backend.replica.find(entity.id)
    return Linked(backend, backend.replica.linked(holder, relation) if holder else ())


def _manager(backend: Backend, entity: Entity) -> Source:
    manager = backend.directory.managers.get(entity.id)
    return Linked(backend, [manager] if manager else ())


def _direct_reports(backend: Backend, entity: Entity) -> Source:
    managers = backend.directory.managers
    return Linked(backend, [user for user, manager in managers.items() if manager == entity.id])


def _member_of(backend: Backend, entity: Entity) -> Source:
    return Linked(backend, parents(backend, entity.id))


def _transitive_member_of(backend: Backend, entity: Entity) -> Source:
    return Linked(backend, reach(entity.id, partial(parents, backend)))


def _transitive_members(backend: Backend, entity: Entity) -> Source:
    members = backend.directory.members
    return Linked(backend, reach(entity.id, lambda group_id: members.get(group_id, ())))


def parents(backend: Backend, object_id: str) -> list[str]:
    """Groups, administrative units and directory roles the object is a direct member of."""
    directory = backend.directory
    holders = [holder for holder, held in directory.members.items() if object_id in held]
    roles = directory.objects[Kind.DIRECTORY_ROLE]
    return holders + [role for role in roles if object_id in directory.members_of_role(role)]


def reach(start: str, step: Callable[[str], Iterable[str]]) -> list[str]:
    """Everything reachable from `start`, nearest first, itself left out."""
    found: dict[str, None] = {}
    frontier = [start]
    while frontier:
        current = frontier.pop(0)
        for each in step(current):
            if each not in found and each != start:
                found[each] = None
                frontier.append(each)
    return list(found)


def _app_roles_to(backend: Backend, entity: Entity) -> Source:
    return _app_roles(backend, backend.replica.app_roles(entity.id))


def _app_roles_of(backend: Backend, entity: Entity) -> Source:
    held = {
        assignment_id: assignment
        for resource_id in backend.directory.app_role_assignments
        for assignment_id, assignment in backend.replica.app_roles(resource_id).items()
        if assignment.principal_id == entity.id
    }
    return _app_roles(backend, held)


def _app_roles(backend: Backend, held: dict[str, AppRoleAssignment]) -> Source:
    return Rows("appRoleAssignment", held, partial(rows.app_role_assignment, backend.directory))


def _principal(backend: Backend, entity: Entity) -> Source:
    return Linked(backend, [entity.props["principalId"]])


def _scope(backend: Backend, entity: Entity) -> Source:
    scope: str = entity.props["directoryScopeId"]
    return Linked(backend, [] if scope == ROOT_SCOPE else [scope.rpartition("/")[2]])


def _role_definition(backend: Backend, entity: Entity) -> Source:
    definition = backend.directory.role_definitions[entity.props["roleDefinitionId"]]
    table = {definition.id: definition}
    return Rows("unifiedRoleDefinition", table, rows.role_definition)


def _license_details(backend: Backend, entity: Entity) -> Source:
    skus = backend.directory.skus
    assigned: list[dict[str, Any]] = entity.props.get("assignedLicenses") or []
    held = {each["skuId"]: skus[each["skuId"]] for each in assigned if each["skuId"] in skus}
    return Rows("licenseDetails", held, rows.license_detail)


def _license_errors(backend: Backend, entity: Entity) -> Source:
    return Linked(
        backend,
        [
            member
            for member in backend.directory.members.get(entity.id, ())
            if _license_fails(backend.directory.find(member), entity.id)
        ],
    )


def _license_fails(held: DirectoryObject | None, group_id: str) -> bool:
    states = (held.props.get("licenseAssignmentStates") if held else None) or ()
    return any(
        state["state"] == "Error" and state["assignedByGroup"] == group_id for state in states
    )


MEMBERS = Relation("members", partial(_links, "members"), v1_kinds=V1_MEMBERS)
OWNERS = Relation("owners", partial(_links, "owners"))
MANAGER = Relation("manager", _manager, single=True)
MEMBER_OF = Relation("memberOf", _member_of)
TRANSITIVE_MEMBER_OF = Relation("transitiveMemberOf", _transitive_member_of)
ASSIGNED_TO = Relation("appRoleAssignedTo", _app_roles_to, advanced=False)
ASSIGNMENTS = Relation("appRoleAssignments", _app_roles_of, advanced=False)
PRINCIPAL = Relation("principal", _principal, single=True)
SCOPE = Relation("directoryScope", _scope, single=True)
ROLE_DEFINITION = Relation("roleDefinition", _role_definition, single=True)

_RELATIONS: dict[str, tuple[Relation, ...]] = {
    "user": (
        MANAGER,
        Relation("directReports", _direct_reports),
        MEMBER_OF,
        TRANSITIVE_MEMBER_OF,
        ASSIGNMENTS,
        Relation("licenseDetails", _license_details, page=SINGLE_PAGE, advanced=False),
    ),
    "group": (
        MEMBERS,
        OWNERS,
        Relation("transitiveMembers", _transitive_members, v1_kinds=V1_MEMBERS),
        MEMBER_OF,
        TRANSITIVE_MEMBER_OF,
        ASSIGNMENTS,
        Relation("membersWithLicenseErrors", _license_errors, advanced=False),
    ),
    "servicePrincipal": (OWNERS, ASSIGNED_TO, ASSIGNMENTS, MEMBER_OF, TRANSITIVE_MEMBER_OF),
    "application": (OWNERS,),
    "device": (MEMBER_OF, TRANSITIVE_MEMBER_OF),
    "orgContact": (MEMBER_OF, TRANSITIVE_MEMBER_OF),
    "administrativeUnit": (Relation("members", partial(_links, "members")),),
    "directoryRole": (
        Relation("members", partial(_links, "members"), page=SINGLE_PAGE, advanced=False),
    ),
    "unifiedRoleAssignment": (PRINCIPAL, SCOPE, ROLE_DEFINITION),
    "unifiedRoleAssignmentScheduleInstance": (PRINCIPAL, SCOPE, ROLE_DEFINITION),
    "unifiedRoleEligibilityScheduleInstance": (PRINCIPAL, SCOPE, ROLE_DEFINITION),
}

RELATIONS = {
    type_name: {relation.name: relation for relation in table}
    for type_name, table in _RELATIONS.items()
}
