"""Members, owners, managers and app role assignments."""

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import journal, licensing, roles
from ostiary.tenant.directory.ids import app_role_assignment_id
from ostiary.tenant.directory.objects import PRINCIPAL_TYPES, AppRoleAssignment
from ostiary.tenant.directory.state import AlreadyExistsError, State


def add_member(state: State, group_id: str, object_id: str) -> bool:
    holder, member = state.get(group_id), state.get(object_id)
    members = state.members.setdefault(group_id, {})
    if object_id in members:
        return False
    members[object_id] = None
    state.record(holder, journal.MEMBERS_ADDED, object_id)
    licensing.member_joined(state, holder, member)
    return True


def remove_member(state: State, group_id: str, object_id: str) -> bool:
    holder, members = state.get(group_id), state.members.get(group_id, {})
    if object_id not in members:
        return False
    del members[object_id]
    state.record(holder, journal.MEMBERS_REMOVED, object_id)
    licensing.member_left(state, holder, object_id)
    roles.member_left(state, holder, object_id)
    return True


def add_owner(state: State, owned_id: str, owner_id: str) -> bool:
    owned, _ = state.get(owned_id), state.get(owner_id)
    owners = state.owners.setdefault(owned_id, {})
    if owner_id in owners:
        return False
    owners[owner_id] = None
    state.record(owned, journal.OWNERS_ADDED, owner_id)
    return True


def remove_owner(state: State, owned_id: str, owner_id: str) -> bool:
    owned, owners = state.get(owned_id), state.owners.get(owned_id, {})
    if owner_id not in owners:
        return False
    del owners[owner_id]
    state.record(owned, journal.OWNERS_REMOVED, owner_id)
    return True


def set_manager(state: State, user_id: str, manager_id: str) -> bool:
    user, _ = state.get(user_id), state.get(manager_id)
    if state.managers.get(user_id) == manager_id:
        return False
    state.managers[user_id] = manager_id
    state.record(user, journal.MANAGER, manager_id)
    return True


def clear_manager(state: State, user_id: str) -> bool:
    user = state.get(user_id)
    if state.managers.pop(user_id, None) is None:
        return False
    state.record(user, journal.MANAGER)
    return True


def app_role_assignment(
    state: State, principal_id: str, resource_id: str, app_role_id: str
) -> AppRoleAssignment | None:
    for held in state.app_role_assignments.get(resource_id, {}).values():
        if held.principal_id == principal_id and held.app_role_id == app_role_id:
            return held
    return None


def assign_app_role(
    state: State, principal_id: str, resource_id: str, app_role_id: str
) -> AppRoleAssignment:
    if app_role_assignment(state, principal_id, resource_id, app_role_id):
        raise AlreadyExistsError(f"{principal_id} already has {app_role_id} of {resource_id}")
    made_at = str(state.journal.version)
    assignment = AppRoleAssignment(
        id=app_role_assignment_id(principal_id, resource_id, app_role_id, made_at),
        app_role_id=app_role_id,
        principal_id=principal_id,
        principal_type=PRINCIPAL_TYPES[state.get(principal_id).kind],
        resource_id=resource_id,
        created=graph_time(state.clock.now()),
    )
    put_app_role(state, assignment)
    return assignment


def put_app_role(state: State, assignment: AppRoleAssignment) -> None:
    resource = state.get(assignment.resource_id)
    state.app_role_assignments.setdefault(resource.id, {})[assignment.id] = assignment
    state.record(resource, journal.APP_ROLE_ADDED, assignment.id)


def remove_app_role(state: State, resource_id: str, assignment_id: str) -> bool:
    resource = state.get(resource_id)
    held = state.app_role_assignments.get(resource_id, {})
    if held.pop(assignment_id, None) is None:
        return False
    state.record(resource, journal.APP_ROLE_REMOVED, assignment_id)
    return True
