"""assignLicense: at once for a user, queued for a group."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from ostiary.tenant.directory import DirectoryObject, Kind, Sku
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request
from ostiary.tenant.surface.message import GraphResponse, json_response
from ostiary.tenant.surface.reads.handlers import shown
from ostiary.tenant.surface.reads.sources import entity_of
from ostiary.tenant.surface.writes.bodies import typed
from ostiary.tenant.surface.writes.links import holder_at
from ostiary.tenant.surface.writes.users import user_at


class Licence(msgspec.Struct):
    skuId: str  # noqa: N815
    disabledPlans: list[str] = []  # noqa: N815


class Licences(msgspec.Struct):
    addLicenses: list[Licence] | None = None  # noqa: N815
    removeLicenses: list[str] | None = None  # noqa: N815


Addition = tuple[Sku, list[str]]
"""A SKU and the service plans of it that stay disabled."""


def assign_to_user(call: Call) -> GraphResponse:
    user = user_at(call)
    additions, removals = _wanted(call)
    _check_removals(user, removals)
    for sku, _ in additions:
        _check_addition(user, sku, removals)
    for sku_id in removals:
        call.directory.remove_license(user.id, sku_id)
    for sku, disabled in additions:
        call.directory.assign_license(user.id, sku.sku_id, disabled)
    return json_response(shown(call, entity_of(call.backend, user), "$metadata#users"))


def assign_to_group(call: Call) -> GraphResponse:
    """202: the members get theirs later, and only their own states tell what went wrong."""
    group = holder_at(call, Kind.GROUP)
    additions, removals = _wanted(call)
    held = {each["skuId"]: each for each in group.props.get("assignedLicenses") or ()}
    if not set(removals) <= set(held):
        raise bad_request("Group does not have a corresponding license.")
    shown_now = {key: each for key, each in held.items() if key not in removals}
    shown_now |= {
        sku.sku_id: {"skuId": sku.sku_id, "disabledPlans": plans} for sku, plans in additions
    }
    answer = shown(call, entity_of(call.backend, group), "$metadata#groups")
    answer["assignedLicenses"] = list(shown_now.values())
    answer["licenseProcessingState"] = {"state": "QueuedForProcessing"}
    call.directory.update(group.id, {"licenseProcessingState": {"state": "QueuedForProcessing"}})
    due = call.backend.clock.now() + timedelta(seconds=call.backend.replica.lag)
    call.backend.later(due, lambda: _fan_out(call, group.id, additions, removals))
    return json_response(answer, 202)


def reprocess(call: Call) -> GraphResponse:
    user = user_at(call)
    call.directory.reprocess_license(user.id)
    return json_response(shown(call, entity_of(call.backend, user), "$metadata#users"))


def _fan_out(
    call: Call, group_id: str, additions: Sequence[Addition], removals: Sequence[str]
) -> None:
    directory = call.directory
    if directory.find(group_id) is None:
        return
    for sku_id in removals:
        directory.remove_license(group_id, sku_id)
    for sku, disabled in additions:
        directory.assign_license(group_id, sku.sku_id, disabled)
    directory.update(group_id, {"licenseProcessingState": {"state": "ProcessingComplete"}})


def _wanted(call: Call) -> tuple[list[Addition], list[str]]:
    body = typed(call, Licences)
    given = {"addLicenses": body.addLicenses, "removeLicenses": body.removeLicenses}
    missing = [name for name, value in given.items() if value is None]
    if missing:
        raise bad_request(
            "One or more parameters of the operation 'assignLicense' are missing from the request "
            f"payload. The missing parameters are: {', '.join(missing)}."
        )
    additions = [_addition(call, each) for each in body.addLicenses or ()]
    return additions, [_sku(call, sku_id).sku_id for sku_id in body.removeLicenses or ()]


def _addition(call: Call, given: Licence) -> Addition:
    sku = _sku(call, given.skuId)
    unknown = set(given.disabledPlans) - {plan.id for plan in sku.service_plans}
    if unknown:
        raise bad_request(f"The service plan {min(unknown)} is not part of the license.")
    return sku, given.disabledPlans


def _sku(call: Call, sku_id: str) -> Sku:
    sku = call.directory.skus.get(sku_id.lower())
    if sku is None:
        raise bad_request(f"License {sku_id} does not correspond to a valid company License.")
    return sku


def _check_removals(user: DirectoryObject, removals: Sequence[str]) -> None:
    states = user.props.get("licenseAssignmentStates") or ()
    for sku_id in removals:
        paths = [state["assignedByGroup"] for state in states if state["skuId"] == sku_id]
        if None in paths:
            continue
        if paths:
            raise bad_request(
                "User license is inherited from a group membership and it cannot be removed "
                "directly from the user."
            )
        raise bad_request("User does not have a corresponding license.")


def _check_addition(user: DirectoryObject, sku: Sku, removals: Sequence[str]) -> None:
    location = user.props.get("usageLocation")
    if not location or location in sku.prohibited_locations:
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    active = {each["skuId"] for each in user.props.get("assignedLicenses") or ()}
    clashes = (active - set(removals)) & sku.excludes
    if clashes:
        raise bad_request(
            "License assignment failed because it conflicts with another license: "
            "MutuallyExclusiveViolation."
        )
    if sku.sku_id not in active and sku.consumed >= sku.enabled_units:
        raise bad_request(
            f"Subscription with SKU {sku.sku_id} does not have any available licenses."
        )
