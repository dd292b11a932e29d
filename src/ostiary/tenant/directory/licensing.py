"""Licences: direct ones, and those a group passes on to its direct user members.

A user's `licenseAssignmentStates` holds one entry per SKU and path (direct or a group);
`assignedLicenses` holds the SKUs with at least one path in force.
"""

from collections.abc import Iterable
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory.objects import DirectoryObject, Kind, Sku
from ostiary.tenant.directory.state import ObjectNotFoundError, State

AssignmentState = dict[str, Any]

COUNT = "CountViolation"
LOCATION = "ProhibitedInUsageLocationViolation"
EXCLUSIVE = "MutuallyExclusiveViolation"


def assign(state: State, holder_id: str, sku_id: str, disabled_plans: Iterable[str]) -> None:
    """To a user directly, or to a group, from where it fans out. Assigning again updates."""
    holder, sku = state.get(holder_id), _sku(state, sku_id)
    plans = list(disabled_plans)
    if holder.kind is Kind.GROUP:
        _set_on_group(state, holder, sku.sku_id, plans)
        for user in _user_members(state, holder):
            _set_state(state, user, sku, plans, through=holder.id)
        _note_member_errors(state, holder)
    else:
        _set_state(state, holder, sku, plans, through=None)


def remove(state: State, holder_id: str, sku_id: str) -> bool:
    """False when the holder has no such licence of its own (an inherited one does not count)."""
    holder = state.get(holder_id)
    if holder.kind is not Kind.GROUP:
        return _drop_states(state, holder, through=None, sku_id=sku_id)
    held: list[dict[str, Any]] = holder.props.get("assignedLicenses") or []
    kept = [licence for licence in held if licence["skuId"] != sku_id]
    if len(kept) == len(held):
        return False
    state.replace_props(holder, {"assignedLicenses": kept})
    for user in _user_members(state, holder):
        _drop_states(state, user, through=holder.id, sku_id=sku_id)
    _note_member_errors(state, holder)
    return True


def reprocess(state: State, user_id: str) -> None:
    """Tries again every path that is in error, as reprocessLicenseAssignment does."""
    user = state.get(user_id)
    for entry in _states(user):
        if entry["state"] == "Error":
            sku = _sku(state, entry["skuId"])
            _set_state(state, user, sku, entry["disabledPlans"], through=entry["assignedByGroup"])
            _refresh_group_flag(state, entry["assignedByGroup"])


def member_joined(state: State, group: DirectoryObject, member: DirectoryObject) -> None:
    if group.kind is not Kind.GROUP or member.kind is not Kind.USER:
        return
    for licence in group.props.get("assignedLicenses") or []:
        sku = _sku(state, licence["skuId"])
        _set_state(state, member, sku, licence["disabledPlans"], through=group.id)
    if _fails_through(member, group.id):
        state.replace_props(group, {"hasMembersWithLicenseErrors": True})


def member_left(state: State, group: DirectoryObject, member_id: str) -> None:
    member = state.find(member_id)
    if member is None or member.kind is not Kind.USER or not group.props.get("assignedLicenses"):
        return
    failed = _fails_through(member, group.id)
    _drop_states(state, member, through=group.id)
    if failed:
        _note_member_errors(state, group)


def release_seats(state: State, user: DirectoryObject) -> None:
    """A deleted user occupies no seat; the direct licences stay on the object for restore."""
    for sku_id in _active_skus(_states(user)):
        state.skus[sku_id].consumed -= 1


def reclaim_seats(state: State, user: DirectoryObject) -> None:
    for sku_id in _active_skus(_states(user)):
        state.skus[sku_id].consumed += 1


def _sku(state: State, sku_id: str) -> Sku:
    sku = state.skus.get(sku_id)
    if sku is None:
        raise ObjectNotFoundError(sku_id)
    return sku


def _set_on_group(
    state: State, group: DirectoryObject, sku_id: str, disabled_plans: list[str]
) -> None:
    held = [
        entry for entry in group.props.get("assignedLicenses") or [] if entry["skuId"] != sku_id
    ]
    held.append({"disabledPlans": disabled_plans, "skuId": sku_id})
    state.replace_props(
        group,
        {"assignedLicenses": held, "licenseProcessingState": {"state": "ProcessingComplete"}},
    )


def _set_state(
    state: State,
    user: DirectoryObject,
    sku: Sku,
    disabled_plans: list[str],
    *,
    through: str | None,
) -> None:
    others = [
        e for e in _states(user) if (e["skuId"], e["assignedByGroup"]) != (sku.sku_id, through)
    ]
    problem = _problem(state, user, sku, others) if through else None
    entry = {
        "skuId": sku.sku_id,
        "disabledPlans": disabled_plans,
        "assignedByGroup": through,
        "state": "Error" if problem else "Active",
        "error": problem or "None",
        "lastUpdatedDateTime": graph_time(state.clock.now()),
    }
    _put_states(state, user, [*others, entry])


def _problem(
    state: State, user: DirectoryObject, sku: Sku, others: list[AssignmentState]
) -> str | None:
    """Why a licence passed on by a group does not take hold.

    A user without usageLocation takes the tenant's country, but only on this path (Microsoft
    Learn, "Scenarios, limitations, and known issues using groups to manage licensing").
    """
    where = user.props.get("usageLocation") or state.organization.get("countryLetterCode")
    if where in sku.prohibited_locations:
        return LOCATION
    active = _active_skus(others)
    if active & sku.excludes:
        return EXCLUSIVE
    holds_seat = sku.sku_id in _active_skus(_states(user))
    if not holds_seat and sku.consumed >= sku.enabled_units:
        return COUNT
    return None


def _drop_states(
    state: State, user: DirectoryObject, *, through: str | None, sku_id: str | None = None
) -> bool:
    before = _states(user)
    kept = [
        entry
        for entry in before
        if entry["assignedByGroup"] != through or sku_id not in (None, entry["skuId"])
    ]
    if len(kept) == len(before):
        return False
    _put_states(state, user, kept)
    return True


def _put_states(state: State, user: DirectoryObject, states: list[AssignmentState]) -> None:
    before, after = _active_skus(_states(user)), _active_skus(states)
    for sku_id in before - after:
        state.skus[sku_id].consumed -= 1
    for sku_id in after - before:
        state.skus[sku_id].consumed += 1
    state.replace_props(
        user, {"assignedLicenses": in_force(states), "licenseAssignmentStates": states}
    )


def in_force(states: list[AssignmentState]) -> list[dict[str, Any]]:
    """`assignedLicenses`: a plan stays disabled only if every active path disables it."""
    disabled: dict[str, set[str]] = {}
    for entry in states:
        if entry["state"] == "Active":
            plans = set(entry["disabledPlans"])
            sku_id = entry["skuId"]
            disabled[sku_id] = disabled[sku_id] & plans if sku_id in disabled else plans
    return [{"disabledPlans": sorted(plans), "skuId": sku} for sku, plans in disabled.items()]


def _states(user: DirectoryObject) -> list[AssignmentState]:
    return user.props.get("licenseAssignmentStates") or []


def _active_skus(states: list[AssignmentState]) -> set[str]:
    return {entry["skuId"] for entry in states if entry["state"] == "Active"}


def _user_members(state: State, group: DirectoryObject) -> list[DirectoryObject]:
    users = state.objects[Kind.USER]
    return [users[member] for member in state.members.get(group.id, ()) if member in users]


def _note_member_errors(state: State, group: DirectoryObject) -> None:
    failing = any(_fails_through(user, group.id) for user in _user_members(state, group))
    if failing or group.props.get("hasMembersWithLicenseErrors") is not None:
        state.replace_props(group, {"hasMembersWithLicenseErrors": failing or None})


def _fails_through(user: DirectoryObject, group_id: str) -> bool:
    return any(
        entry["state"] == "Error" and entry["assignedByGroup"] == group_id
        for entry in _states(user)
    )


def _refresh_group_flag(state: State, group_id: str | None) -> None:
    group = state.find(group_id) if group_id else None
    if group is not None:
        _note_member_errors(state, group)
