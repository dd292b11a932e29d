"""Directory roles: assignments, PIM eligibility and activation, and the objects that show them."""

from dataclasses import replace
from datetime import datetime, timedelta

from ostiary.tenant.directory import journal
from ostiary.tenant.directory.ids import role_assignment_id, stable_id
from ostiary.tenant.directory.objects import (
    ROOT_SCOPE,
    DirectoryObject,
    Kind,
    RoleAssignment,
    RoleDefinition,
    RoleScheduleInstance,
)
from ostiary.tenant.directory.state import AlreadyExistsError, ObjectNotFoundError, State

DIRECT, GROUP = "Direct", "Group"
ASSIGNED, ACTIVATED = "Assigned", "Activated"


def assign(
    state: State,
    principal_id: str,
    role_definition_id: str,
    scope: str,
    start: datetime | None,
    end: datetime | None,
) -> RoleAssignment:
    """An active assignment, and the PIM instance that mirrors it."""
    assignment = _new_assignment(state, principal_id, role_definition_id, scope)
    instance = RoleScheduleInstance(
        id=assignment.id,
        principal_id=principal_id,
        role_definition_id=role_definition_id,
        directory_scope_id=scope,
        member_type=DIRECT,
        assignment_type=ASSIGNED,
        start=start or state.clock.now(),
        end=end,
        origin_id=assignment.id,
        schedule_id=assignment.id,
    )
    put_assignment(state, assignment)
    state.assignment_instances[instance.id] = instance
    return assignment


def remove(state: State, assignment_id: str) -> bool:
    """Takes away an assignment or an activation, whichever put it there."""
    assignment = state.role_assignments.pop(assignment_id, None)
    if assignment is None:
        return False
    for instance in list(state.assignment_instances.values()):
        if instance.origin_id == assignment_id:
            del state.assignment_instances[instance.id]
    _journal_role_member(state, assignment, journal.MEMBERS_REMOVED)
    return True


def make_eligible(
    state: State,
    principal_id: str,
    role_definition_id: str,
    scope: str,
    start: datetime | None,
    end: datetime | None,
) -> RoleScheduleInstance:
    _definition(state, role_definition_id)
    state.get(principal_id)
    instance_id = role_assignment_id(role_definition_id, principal_id, scope) + "-e"
    if instance_id in state.eligibility_instances:
        raise AlreadyExistsError(instance_id)
    instance = RoleScheduleInstance(
        id=instance_id,
        principal_id=principal_id,
        role_definition_id=role_definition_id,
        directory_scope_id=scope,
        member_type=DIRECT,
        assignment_type=None,
        start=start or state.clock.now(),
        end=end,
        schedule_id=stable_id("eligibility", instance_id),
    )
    state.eligibility_instances[instance_id] = instance
    return instance


def remove_eligibility(state: State, instance_id: str) -> bool:
    """An activation that rests on the eligibility ends with it."""
    gone = state.eligibility_instances.pop(instance_id, None)
    if gone is None:
        return False
    for instance in list(state.assignment_instances.values()):
        if instance.assignment_type == ACTIVATED and not _may_stay_active(state, instance):
            deactivate(state, instance.id)
    return True


def activate(
    state: State,
    principal_id: str,
    role_definition_id: str,
    scope: str,
    start: datetime | None,
    end: datetime | None,
) -> RoleScheduleInstance:
    """Turns an eligibility, held directly or through a group, into a role for a while.

    Without `end` it lasts eight hours, the longest Entra's default policy allows.
    """
    member_type = _eligible_as(state, principal_id, role_definition_id, scope)
    if member_type is None:
        raise ObjectNotFoundError(f"{principal_id} is not eligible for {role_definition_id}")
    assignment = _new_assignment(state, principal_id, role_definition_id, scope)
    begins = start or state.clock.now()
    instance = RoleScheduleInstance(
        id=assignment.id,
        principal_id=principal_id,
        role_definition_id=role_definition_id,
        directory_scope_id=scope,
        member_type=member_type,
        assignment_type=ACTIVATED,
        start=begins,
        end=end or begins + timedelta(hours=8),
        origin_id=assignment.id,
        schedule_id=stable_id("activation", assignment.id),
    )
    put_assignment(state, assignment)
    state.assignment_instances[instance.id] = instance
    return instance


def deactivate(state: State, instance_id: str) -> bool:
    instance = state.assignment_instances.get(instance_id)
    return instance is not None and remove(state, instance.origin_id or instance_id)


def expire(state: State) -> int:
    """Ends what has run out by the tenant's clock; returns how many instances ended."""
    now = state.clock.now()
    ended = 0
    for instance in list(state.assignment_instances.values()):
        if instance.end is not None and instance.end <= now:
            ended += deactivate(state, instance.id)
    for instance in list(state.eligibility_instances.values()):
        if instance.end is not None and instance.end <= now:
            ended += remove_eligibility(state, instance.id)
    return ended


def member_left(state: State, group: DirectoryObject, member_id: str) -> None:
    """Who leaves a group loses what was activated through that group."""
    if not group.props.get("isAssignableToRole"):
        return
    for instance in list(state.assignment_instances.values()):
        through_group = instance.principal_id == member_id and instance.member_type == GROUP
        if through_group and not _may_stay_active(state, instance):
            deactivate(state, instance.id)


def put_assignment(state: State, assignment: RoleAssignment) -> None:
    state.role_assignments[assignment.id] = assignment
    _journal_role_member(state, assignment, journal.MEMBERS_ADDED)


def show_role(state: State, definition: RoleDefinition) -> DirectoryObject:
    """The directoryRole object of a built-in role: it appears when the role is first used."""
    role_id = stable_id(state.tenant_id, "directoryRole", definition.template_id)
    existing = state.objects[Kind.DIRECTORY_ROLE].get(role_id)
    if existing is not None:
        return existing
    role = DirectoryObject(
        role_id,
        Kind.DIRECTORY_ROLE,
        {
            "displayName": definition.display_name,
            "description": definition.description,
            "roleTemplateId": definition.template_id,
        },
    )
    state.objects[Kind.DIRECTORY_ROLE][role_id] = role
    state.index[role_id] = role
    state.record(role, journal.CREATED)
    return role


def members_of_role(state: State, directory_role_id: str) -> list[str]:
    """Ids of the principals of a directoryRole: tenant-wide assignments, active now."""
    template = state.get(directory_role_id).props["roleTemplateId"]
    return [
        held.principal_id
        for held in state.role_assignments.values()
        if held.role_definition_id == template and held.directory_scope_id == ROOT_SCOPE
    ]


def _new_assignment(
    state: State, principal_id: str, role_definition_id: str, scope: str
) -> RoleAssignment:
    _definition(state, role_definition_id)
    state.get(principal_id)
    assignment_id = role_assignment_id(role_definition_id, principal_id, scope)
    if assignment_id in state.role_assignments:
        raise AlreadyExistsError(assignment_id)
    return RoleAssignment(assignment_id, principal_id, role_definition_id, scope)


def _definition(state: State, role_definition_id: str) -> RoleDefinition:
    definition = state.role_definitions.get(role_definition_id)
    if definition is None:
        raise ObjectNotFoundError(role_definition_id)
    return definition


def _journal_role_member(state: State, assignment: RoleAssignment, what: str) -> None:
    """directoryRoles/delta tracks tenant-wide assignments of built-in roles only."""
    definition = _definition(state, assignment.role_definition_id)
    if definition.is_built_in and assignment.directory_scope_id == ROOT_SCOPE:
        state.record(show_role(state, definition), what, assignment.principal_id)


def _eligible_as(
    state: State, principal_id: str, role_definition_id: str, scope: str
) -> str | None:
    through_group = None
    for held in state.eligibility_instances.values():
        if (held.role_definition_id, held.directory_scope_id) != (role_definition_id, scope):
            continue
        if held.principal_id == principal_id:
            return DIRECT
        if principal_id in state.members.get(held.principal_id, ()):
            through_group = GROUP
    return through_group


def _may_stay_active(state: State, instance: RoleScheduleInstance) -> bool:
    member_type = _eligible_as(
        state, instance.principal_id, instance.role_definition_id, instance.directory_scope_id
    )
    if member_type is None:
        return False
    if member_type != instance.member_type:
        moved = replace(instance, member_type=member_type)
        state.assignment_instances[instance.id] = moved
    return True
