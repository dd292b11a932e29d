"""Members and owners: adding and removing references, one at a time or bound in a body."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ostiary.tenant.directory import DirectoryObject, Kind
from ostiary.tenant.surface.backend import Call
from ostiary.tenant.surface.errors import bad_request, forbidden, malformed, not_found
from ostiary.tenant.surface.message import GraphResponse, no_content
from ostiary.tenant.surface.reads.keys import require
from ostiary.tenant.surface.reads.sets import BY_KIND
from ostiary.tenant.surface.routing import Handler
from ostiary.tenant.surface.writes import guards
from ostiary.tenant.surface.writes.bodies import reference, reference_id, referenced

MOST_BOUND = 20
MOST_OWNERS = 100
_OWNERS = (Kind.USER, Kind.SERVICE_PRINCIPAL)
_MEMBERS = (
    Kind.USER,
    Kind.GROUP,
    Kind.DEVICE,
    Kind.SERVICE_PRINCIPAL,
    Kind.ORG_CONTACT,
)
_MEMBER_RIGHTS = {
    Kind.GROUP: ("Group.ReadWrite.All", "Directory.ReadWrite.All"),
    Kind.DEVICE: ("Device.ReadWrite.All", "Directory.ReadWrite.All"),
    Kind.SERVICE_PRINCIPAL: ("Application.ReadWrite.All", "Directory.ReadWrite.All"),
    Kind.ORG_CONTACT: ("OrgContact.Read.All", "Directory.ReadWrite.All"),
}
"""A member that is no user asks for a permission over its own kind besides."""


def add_link(kind: Kind, relation: str) -> Handler:
    def handle(call: Call) -> GraphResponse:
        holder = holder_at(call, kind)
        target = referenced(call, reference(call))
        link(call, holder, relation, [target])
        return no_content()

    return handle


def remove_link(kind: Kind, relation: str) -> Handler:
    def handle(call: Call) -> GraphResponse:
        holder = holder_at(call, kind)
        target_id = call.args[1].lower()
        if call.directory.find(target_id) is None:
            raise not_found(call.args[1])
        _check_holder(call, holder, relation)
        held = _held(call, holder, relation)
        if target_id not in held:
            raise bad_request(
                "One or more removed object references do not exist for the following modified "
                f"properties: '{relation}'."
            )
        if relation == "owners" and kind is Kind.GROUP and len(held) == 1:
            raise bad_request(
                "The group must have at least one owner, hence this owner cannot be removed."
            )
        _verbs(call, relation)[1](holder.id, target_id)
        return no_content()

    return handle


def delete_member_itself(call: Call) -> GraphResponse:
    """`DELETE /groups/{id}/members/{id}` without /$ref reaches the member, not the link."""
    holder_at(call, Kind.GROUP)
    target = referenced(call, call.args[1].lower())
    if target.kind is not Kind.USER:
        raise forbidden()
    guards.require_any(call, "User.ReadWrite.All", "Directory.ReadWrite.All")
    guards.require_power_over(call, target)
    call.directory.soft_delete(target.id)
    return no_content()


def link(
    call: Call, holder: DirectoryObject, relation: str, targets: Sequence[DirectoryObject]
) -> None:
    """All or nothing."""
    _check_holder(call, holder, relation)
    held = _held(call, holder, relation)
    for target in targets:
        check_target(call, holder.props, relation, target)
        if target.id == holder.id:
            raise bad_request("An object cannot be a member of itself.")
    if relation == "owners" and len(held) + len(targets) > MOST_OWNERS:
        raise guards.quota_exceeded(len(held) + len(targets), MOST_OWNERS, "owners")
    if any(target.id in held for target in targets):
        raise bad_request(
            "One or more added object references already exist for the following modified "
            f"properties: '{relation}'."
        )
    add, _ = _verbs(call, relation)
    for target in targets:
        add(holder.id, target.id)


def check_target(
    call: Call, holder_props: Mapping[str, Any], relation: str, target: DirectoryObject
) -> None:
    if target.kind not in (_OWNERS if relation == "owners" else _MEMBERS):
        raise bad_request(f"Invalid object kind for '{relation}': {target.kind.value}.")
    if relation == "owners":
        return
    unified = "Unified" in (holder_props.get("groupTypes") or ())
    flat = unified or holder_props.get("isAssignableToRole")
    if flat and target.kind is Kind.GROUP:
        raise bad_request("Nesting is not supported for this type of group.")
    rights = _MEMBER_RIGHTS.get(target.kind)
    if rights:
        guards.require_any(call, *rights)


def bound(call: Call, body: Mapping[str, Any], relation: str) -> list[DirectoryObject]:
    """What `members@odata.bind` or `owners@odata.bind` names."""
    links = body.get(f"{relation}@odata.bind") or []
    if not isinstance(links, list):
        raise malformed(f"'{relation}@odata.bind' has to be a list of references.")
    ids = [reference_id(each) for each in links]
    if len(set(ids)) < len(ids):
        raise bad_request(
            f"A reference in '{relation}' can only be present once as an add/remove change."
        )
    return [referenced(call, each) for each in ids]


def refuse_too_many_bound(*bindings: Sequence[DirectoryObject]) -> None:
    total = sum(map(len, bindings))
    if total > MOST_BOUND:
        raise bad_request(
            f"The request contains {total} relationships; at most {MOST_BOUND} are allowed."
        )


def holder_at(call: Call, kind: Kind) -> DirectoryObject:
    return call.directory.get(require(call.backend, BY_KIND[kind], call.args[0]).id)


def _check_holder(call: Call, holder: DirectoryObject, relation: str) -> None:
    if holder.kind is not Kind.GROUP:
        return
    guards.refuse_fixed_membership(call, holder)
    if relation == "members":
        guards.refuse_dynamic(holder)


def _held(call: Call, holder: DirectoryObject, relation: str) -> Mapping[str, None]:
    links = call.directory.owners if relation == "owners" else call.directory.members
    return links.get(holder.id, {})


def _verbs(
    call: Call, relation: str
) -> tuple[Callable[[str, str], bool], Callable[[str, str], bool]]:
    directory = call.directory
    if relation == "owners":
        return directory.add_owner, directory.remove_owner
    return directory.add_member, directory.remove_member
