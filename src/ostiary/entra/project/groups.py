"""Groups, their members and their owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from google.protobuf.message import Message

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.entitlements import (
    assignment_entitlement,
    immutable_entitlement,
    permission_entitlement,
)
from ostiary.connector.resources import group_resource
from ostiary.entra.image import Image, Kind, Relation
from ostiary.entra.project.grants import Grants, grant, members_id, owners_id, stub, through_members
from ostiary.entra.project.links import portal_group
from ostiary.entra.project.principals import Principals
from ostiary.entra.project.tally import AD_GROUP, Tally
from ostiary.entra.project.times import parse
from ostiary.entra.records import Group
from ostiary.entra.types import ENTERPRISE_APPLICATION, GROUP, MANAGED_IDENTITY, USER, grantable_to

Why = tuple[str, str]
"""The reason for people and its code for programs."""
Ends = Mapping[int, tuple[str, Kind, bool]]

_HOLDERS = grantable_to(USER, GROUP, ENTERPRISE_APPLICATION, MANAGED_IDENTITY)
_OWNERS = grantable_to(USER, ENTERPRISE_APPLICATION, MANAGED_IDENTITY)


class Groups:
    """The groups of the image that the options show."""

    def __init__(self, image: Image, principals: Principals, tally: Tally) -> None:
        self._image = image
        self._principals = principals
        self._tally = tally

    def _shown(self) -> Iterator[tuple[int, Group]]:
        hidden = self._principals.hidden_groups
        for ix, group in self._image.objects.all(Kind.GROUP, Group):
            if group.id not in hidden:
                yield ix, group

    def resources(self) -> Iterator[pb.Resource]:
        self._tally.add("groups", AD_GROUP, len(self._principals.hidden_groups))
        for _, group in self._shown():
            yield _resource(group)

    def entitlements(self) -> Iterator[pb.Entitlement]:
        for _, group in self._shown():
            yield from _entitlements(group)

    def grants(self) -> Grants:
        ends = self._image.objects.ends()
        for ix, group in self._shown():
            members = stub(GROUP, group.id, members_id(group.id))
            yield from self._holders(ends, ix, Relation.MEMBER, members)
            owners = stub(GROUP, group.id, owners_id(GROUP, group.id))
            yield from self._holders(ends, ix, Relation.OWNER, owners)

    def _holders(
        self, ends: Ends, ix: int, relation: Relation, entitlement: pb.Entitlement
    ) -> Grants:
        is_member = relation is Relation.MEMBER
        resolve = self._principals.member if is_member else self._principals.resolve
        holders: dict[str, list[str]] = defaultdict(list)
        for target in self._image.links.target_rows(ix, relation):
            object_id, kind, live = ends[target]
            type_id = resolve(object_id, kind, live=live)
            if type_id is not None:
                holders[type_id].append(object_id)
        nested = holders.pop(GROUP, []) if is_member else []
        for child in nested:
            yield grant(entitlement, GROUP, child, through_members(child, shallow=False))
        for type_id, ids in holders.items():
            yield GrantSheet(entitlement, type_id, ids)


def _resource(group: Group) -> pb.Resource:
    profile = {
        "object_id": group.id,
        "group_type": group_type(group),
        "membership_type": "dynamic" if group.is_dynamic else "assigned",
        "membership_rule": group.membershipRule,
        "mail_enabled": bool(group.mailEnabled),
        "security_enabled": bool(group.securityEnabled),
        "is_assignable_to_role": bool(group.isAssignableToRole),
        "security_identifier": group.securityIdentifier,
        "mail": group.mail,
        "classification": group.classification,
        "visibility": group.visibility,
        "on_premises_security_identifier": group.onPremisesSecurityIdentifier,
        "on_premises_sync_enabled": group.onPremisesSyncEnabled,
    }
    return group_resource(
        GROUP,
        group.id,
        group.displayName or group.id,
        description=group.description or "",
        source_type=group_type(group),
        raw_source_type=",".join(group.groupTypes or ()),
        profile={name: value for name, value in profile.items() if value is not None},
        external_url=portal_group(group.id),
        created_at=parse(group.createdDateTime),
    )


def group_type(group: Group) -> str:
    """By the matrix of mailEnabled, securityEnabled and groupTypes; "" for none of the known."""
    if group.is_unified:
        return "microsoft_365"
    match bool(group.mailEnabled), bool(group.securityEnabled):
        case True, True:
            return "mail_enabled_security"
        case True, False:
            return "distribution"
        case False, True:
            return "security"
    return ""


def _entitlements(group: Group) -> Iterator[pb.Entitlement]:
    resource = pb.Resource(
        id=pb.ResourceId(resource_type=GROUP, resource=group.id),
        display_name=group.displayName or group.id,
    )
    name = resource.display_name
    yield assignment_entitlement(
        resource,
        "members",
        display_name=f"{name} member",
        description=f"Member of the group {name}",
        grantable_to=_HOLDERS,
        annotations=_immutable(_why_members_fixed(group)),
    )
    yield permission_entitlement(
        resource,
        "owners",
        display_name=f"{name} owner",
        description=f"Owner of the group {name}",
        grantable_to=_OWNERS,
        annotations=_immutable(_why_mastered_elsewhere(group)),
    )


def _immutable(why: Why | None) -> list[Message]:
    return [immutable_entitlement(*why)] if why else []


def _why_members_fixed(group: Group) -> Why | None:
    if group.is_dynamic:
        rule = f": {group.membershipRule}" if group.membershipRule else ""
        reason = f"Entra computes the members of this dynamic group by its rule{rule}"
        return reason, "dynamic_group"
    return _why_mastered_elsewhere(group)


def _why_mastered_elsewhere(group: Group) -> Why | None:
    if group.onPremisesSyncEnabled:
        reason = "This group is synced from Active Directory and can only be changed there"
        return reason, "synced_from_on_premises"
    if group_type(group) == "mail_enabled_security":
        reason = "Exchange manages mail-enabled security groups; Graph cannot change them"
        return reason, "mail_enabled_security_group"
    if group_type(group) == "distribution":
        reason = "Exchange manages distribution lists; Graph cannot change them"
        return reason, "distribution_list"
    return None
