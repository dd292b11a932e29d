"""What is so in a tenant, in neutral Graph terms, for comparing with what a reader made of it."""

from dataclasses import asdict
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import Directory, Kind, RoleScheduleInstance


def export_truth(directory: Directory, *, closure: bool = True) -> dict[str, Any]:
    """A JSON-able picture of the live tenant; what has run out by the clock is gone from it.

    `members`, `owners`: holder id to ids, in order. `transitiveMembers` (left out without
    `closure`): group id to the sorted ids of everything below it, of any kind, not itself.
    `licenses`: one entry per user, SKU and path, in force or in error. `deleted`: soft-deleted ids.
    """
    directory.expire()
    truth: dict[str, Any] = {
        "organization": dict(directory.organization),
        "objects": _objects(directory),
        "deleted": {one.id: one.kind.value for one in directory.deleted.values()},
        "members": {holder: list(held) for holder, held in directory.members.items() if held},
        "owners": {owned: list(held) for owned, held in directory.owners.items() if held},
        "managers": dict(directory.managers),
        "signInActivity": dict(directory.sign_ins),
        "synchronizationJobs": {sp: jobs for sp, jobs in directory.sync_jobs.items() if jobs},
    }
    truth |= _access(directory)
    if closure:
        groups = directory.objects[Kind.GROUP]
        truth["transitiveMembers"] = {one: sorted(below(directory, one)) for one in groups}
    return truth


def below(directory: Directory, group_id: str) -> set[str]:
    """Everything a group holds, directly or through nested groups, whatever circles they form."""
    found: set[str] = set()
    queue = [group_id]
    while queue:
        for member in directory.members.get(queue.pop(), ()):
            if member not in found:
                found.add(member)
                queue.append(member)
    return found - {group_id}


def _objects(directory: Directory) -> dict[str, dict[str, dict[str, Any]]]:
    return {
        kind.value: {one.id: dict(one.props) for one in live.values()}
        for kind, live in directory.objects.items()
    }


def _access(directory: Directory) -> dict[str, Any]:
    return {
        "appRoleAssignments": [
            _camel(asdict(one))
            for held in directory.app_role_assignments.values()
            for one in held.values()
        ],
        "roleDefinitions": [_camel(asdict(one)) for one in directory.role_definitions.values()],
        "roleAssignments": [_camel(asdict(one)) for one in directory.role_assignments.values()],
        "roleAssignmentScheduleInstances": [
            _instance(one) for one in directory.assignment_instances.values()
        ],
        "roleEligibilityScheduleInstances": [
            _instance(one) for one in directory.eligibility_instances.values()
        ],
        "subscribedSkus": [
            {
                "skuId": sku.sku_id,
                "skuPartNumber": sku.sku_part_number,
                "enabledUnits": sku.enabled_units,
                "consumedUnits": sku.consumed,
            }
            for sku in directory.skus.values()
        ],
        "licenses": _licenses(directory),
    }


def _instance(one: RoleScheduleInstance) -> dict[str, Any]:
    shown = _camel(asdict(one))
    shown["start"] = graph_time(one.start)
    shown["end"] = graph_time(one.end) if one.end else None
    return shown


def _licenses(directory: Directory) -> list[dict[str, Any]]:
    shown = ("skuId", "assignedByGroup", "state", "error", "disabledPlans")
    return [
        {"userId": user.id} | {name: entry[name] for name in shown}
        for user in directory.objects[Kind.USER].values()
        for entry in user.props.get("licenseAssignmentStates") or ()
    ]


def _camel(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        _camel_name(name): list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
    }


def _camel_name(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
