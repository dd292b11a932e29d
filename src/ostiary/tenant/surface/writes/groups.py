"""Groups: create, update, delete."""

from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.directory import DirectoryObject, Kind, Properties
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, forbidden
from ostiary.tenant.surface.licensing import has_p1
from ostiary.tenant.surface.message import GraphResponse, json_response, no_content
from ostiary.tenant.surface.reads.handlers import shown
from ostiary.tenant.surface.reads.sources import entity_of
from ostiary.tenant.surface.schema.types import TYPES
from ostiary.tenant.surface.writes import guards
from ostiary.tenant.surface.writes.bodies import conflict, json_object, properties, required
from ostiary.tenant.surface.writes.links import (
    bound,
    check_target,
    holder_at,
    link,
    refuse_too_many_bound,
)

_GROUP = TYPES["group"]
_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")
MOST_ROLE_GROUPS = 500


def create_group(call: Call) -> GraphResponse:
    body = json_object(call)
    for name in _REQUIRED:
        required(body, name, "Group")
    props = properties(body, _GROUP)
    props["groupTypes"] = props.get("groupTypes") or []
    _check_kind_of_group(call, props)
    _check_nickname(call, props, None)
    owners, members = bound(call, body, "owners"), bound(call, body, "members")
    refuse_too_many_bound(owners, members)
    for relation, targets in (("owners", owners), ("members", members)):
        for target in targets:
            check_target(call, props, relation, target)
    now = graph_time(call.backend.clock.now())
    group = call.directory.create(Kind.GROUP, {"createdDateTime": now, **props})
    for owner in owners or _implied_owner(call):
        call.directory.add_owner(group.id, owner.id)
    for member in members:
        call.directory.add_member(group.id, member.id)
    answer = shown(call, entity_of(call.backend, group), "$metadata#groups")
    location = f"{call.request.service_root}/groups/{group.id}"
    return json_response(answer, 201, Location=location)


def update_group(call: Call) -> GraphResponse:
    group = holder_at(call, Kind.GROUP)
    body = json_object(call)
    props = properties(body, _GROUP)
    if props:
        guards.refuse_synced(group)
        guards.require_for_role_groups(call, group)
        _refuse_immutable(group, props)
        _check_nickname(call, props, group.id)
    owners, members = bound(call, body, "owners"), bound(call, body, "members")
    refuse_too_many_bound(owners, members)
    if members:
        link(call, group, "members", members)
    if owners:
        link(call, group, "owners", owners)
    call.directory.update(group.id, props)
    return no_content()


def delete_group(call: Call) -> GraphResponse:
    group = holder_at(call, Kind.GROUP)
    guards.refuse_fixed_membership(call, group)
    if group.props.get("assignedLicenses"):
        raise bad_request(
            "The group cannot be deleted because it has licenses assigned. Remove them first."
        )
    call.directory.soft_delete(group.id)
    return no_content()


def _check_kind_of_group(call: Call, props: Properties) -> None:
    unified = "Unified" in props["groupTypes"]
    dynamic = "DynamicMembership" in props["groupTypes"]
    if props["mailEnabled"] != unified or not (unified or props["securityEnabled"]):
        raise bad_request(
            "The service does not currently support writes of mail-enabled groups. Please ensure "
            "that the mail-enablement property is unset and the security-enablement property is "
            "set."
        )
    if dynamic and not props.get("membershipRule"):
        raise bad_request("A value is required for property 'membershipRule' of resource 'Group'.")
    if props.get("isAssignableToRole"):
        _check_role_group(call, dynamic=dynamic)
    if (dynamic or props.get("isAssignableToRole")) and not has_p1(call.directory):
        raise bad_request("The tenant does not have the license this kind of group asks for.")


def _check_role_group(call: Call, *, dynamic: bool) -> None:
    if guards.ROLE_WRITE not in call.caller.roles:
        raise forbidden()
    if dynamic:
        raise bad_request("A group with dynamic membership cannot be assignable to roles.")
    groups = call.directory.objects[Kind.GROUP].values()
    held = sum(bool(group.props.get("isAssignableToRole")) for group in groups)
    if held >= MOST_ROLE_GROUPS:
        raise guards.quota_exceeded(held + 1, MOST_ROLE_GROUPS, "isAssignableToRole")


def _refuse_immutable(group: DirectoryObject, props: Properties) -> None:
    name = "isAssignableToRole"
    if name in props and bool(props[name]) != bool(group.props.get(name)):
        raise bad_request(f"The property '{name}' is immutable and cannot be changed.")


def _check_nickname(call: Call, props: Properties, own_id: str | None) -> None:
    nickname: Any = props.get("mailNickname")
    if nickname is None:
        return
    for other in call.directory.objects[Kind.GROUP].values():
        taken = str(other.props.get("mailNickname") or "").lower()
        if other.id != own_id and taken == nickname.lower():
            raise conflict("mailNickname")


def _implied_owner(call: Call) -> list[DirectoryObject]:
    """Under Group.Create alone the app must own what it made, or it could not touch it again."""
    broader = {"Group.ReadWrite.All", "Directory.ReadWrite.All"}
    owner = call.directory.find(call.caller.sp_id) if call.caller.sp_id else None
    return [owner] if owner and not broader & call.caller.roles else []
