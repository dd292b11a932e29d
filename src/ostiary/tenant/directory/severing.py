"""Cutting and re-tying the links of an object that is deleted and restored.

Entra takes a soft-deleted user off every members and owners list and puts it back on restore.
Only the ends that stay are journaled: the deleted object's own lists go with it.
"""

from ostiary.tenant.directory import links, roles
from ostiary.tenant.directory.objects import DirectoryObject
from ostiary.tenant.directory.state import SeveredLinks, State


def sever(state: State, gone: DirectoryObject) -> SeveredLinks:
    cut = SeveredLinks()
    _cut_incoming(state, gone.id, cut)
    _cut_own_lists(state, gone, cut)
    _cut_managers(state, gone.id, cut)
    _cut_app_roles(state, gone.id, cut)
    _cut_roles(state, gone.id, cut)
    return cut


def tie_again(state: State, back: DirectoryObject, cut: SeveredLinks) -> None:
    """Links whose other end is itself deleted are handed to that end, to return with it."""
    for group_id in cut.member_of:
        _tie_member(state, group_id, back.id)
    for member_id in cut.members:
        _tie_member(state, back.id, member_id)
    for owned_id in cut.owner_of:
        _tie_owner(state, owned_id, back.id)
    for owner_id in cut.owners:
        _tie_owner(state, back.id, owner_id)
    for report_id in cut.reports:
        _tie_manager(state, report_id, back.id)
    if cut.manager:
        _tie_manager(state, back.id, cut.manager)
    _tie_app_roles(state, back.id, cut)
    _tie_roles(state, cut)


def _cut_incoming(state: State, gone_id: str, cut: SeveredLinks) -> None:
    cut.member_of = [holder for holder, held in state.members.items() if gone_id in held]
    for holder_id in cut.member_of:
        links.remove_member(state, holder_id, gone_id)
    cut.owner_of = [owned for owned, owners in state.owners.items() if gone_id in owners]
    for owned_id in cut.owner_of:
        links.remove_owner(state, owned_id, gone_id)


def _cut_own_lists(state: State, gone: DirectoryObject, cut: SeveredLinks) -> None:
    cut.members = list(state.members.get(gone.id, ()))
    if gone.props.get("assignedLicenses") or gone.props.get("isAssignableToRole"):
        for member_id in cut.members:
            links.remove_member(state, gone.id, member_id)
    state.members.pop(gone.id, None)
    cut.owners = list(state.owners.pop(gone.id, ()))


def _cut_managers(state: State, gone_id: str, cut: SeveredLinks) -> None:
    cut.manager = state.managers.pop(gone_id, None)
    cut.reports = [user for user, manager in state.managers.items() if manager == gone_id]
    for report_id in cut.reports:
        links.clear_manager(state, report_id)


def _cut_app_roles(state: State, gone_id: str, cut: SeveredLinks) -> None:
    cut.app_roles = list(state.app_role_assignments.get(gone_id, {}).values())
    for held in list(state.app_role_assignments.values()):
        cut.app_roles += [one for one in held.values() if one.principal_id == gone_id]
    for one in cut.app_roles:
        links.remove_app_role(state, one.resource_id, one.id)
    state.app_role_assignments.pop(gone_id, None)


def _cut_roles(state: State, gone_id: str, cut: SeveredLinks) -> None:
    cut.role_instances = [
        held
        for table in (state.eligibility_instances, state.assignment_instances)
        for held in table.values()
        if held.principal_id == gone_id
    ]
    cut.role_assignments = [
        held for held in state.role_assignments.values() if held.principal_id == gone_id
    ]
    for assignment in cut.role_assignments:
        roles.remove(state, assignment.id)
    for instance in cut.role_instances:
        state.eligibility_instances.pop(instance.id, None)


def _tie_member(state: State, holder_id: str, member_id: str) -> None:
    if holder_id in state.index and member_id in state.index:
        links.add_member(state, holder_id, member_id)
    elif holder_id in state.severed:
        state.severed[holder_id].members.append(member_id)
    elif member_id in state.severed:
        state.severed[member_id].member_of.append(holder_id)


def _tie_owner(state: State, owned_id: str, owner_id: str) -> None:
    if owned_id in state.index and owner_id in state.index:
        links.add_owner(state, owned_id, owner_id)
    elif owned_id in state.severed:
        state.severed[owned_id].owners.append(owner_id)
    elif owner_id in state.severed:
        state.severed[owner_id].owner_of.append(owned_id)


def _tie_manager(state: State, user_id: str, manager_id: str) -> None:
    if user_id in state.index and manager_id in state.index:
        if user_id not in state.managers:
            links.set_manager(state, user_id, manager_id)
    elif user_id in state.severed:
        state.severed[user_id].manager = state.severed[user_id].manager or manager_id
    elif manager_id in state.severed:
        state.severed[manager_id].reports.append(user_id)


def _tie_app_roles(state: State, back_id: str, cut: SeveredLinks) -> None:
    for one in cut.app_roles:
        other_id = one.principal_id if one.resource_id == back_id else one.resource_id
        if other_id in state.index:
            links.put_app_role(state, one)
        elif other_id in state.severed:
            state.severed[other_id].app_roles.append(one)


def _tie_roles(state: State, cut: SeveredLinks) -> None:
    """What was activated or limited in time may have run out meanwhile."""
    for assignment in cut.role_assignments:
        if assignment.role_definition_id in state.role_definitions:
            roles.put_assignment(state, assignment)
    for instance in cut.role_instances:
        eligibility = instance.assignment_type is None
        table = state.eligibility_instances if eligibility else state.assignment_instances
        if eligibility or instance.origin_id in state.role_assignments:
            table[instance.id] = instance
    roles.expire(state)
