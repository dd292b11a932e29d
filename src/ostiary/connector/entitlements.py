"""Builders for entitlements and the stubs that grants refer to them by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from google.protobuf.message import Message

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.limits import DESCRIPTION_BYTES, DISPLAY_NAME_BYTES, checked_id, clip
from ostiary.connector.profile import struct


class Common(TypedDict, total=False):
    """What every entitlement may have.

    `id` replaces the conventional `<type>:<resource>:<slug>`. `display_name` defaults to the slug.
    """

    id: str
    display_name: str
    description: str
    grantable_to: Sequence[pb.ResourceType]
    annotations: Sequence[Message]


def assignment_entitlement(
    resource: pb.Resource, slug: str, **common: Unpack[Common]
) -> pb.Entitlement:
    """Being given something: membership, a role, a licence."""
    return _entitlement(resource, slug, pb.Entitlement.PURPOSE_VALUE_ASSIGNMENT, common)


def permission_entitlement(
    resource: pb.Resource, slug: str, **common: Unpack[Common]
) -> pb.Entitlement:
    """Being allowed to do something."""
    return _entitlement(resource, slug, pb.Entitlement.PURPOSE_VALUE_PERMISSION, common)


def ownership_entitlement(
    resource: pb.Resource, slug: str, **common: Unpack[Common]
) -> pb.Entitlement:
    """Being responsible for the resource."""
    return _entitlement(resource, slug, pb.Entitlement.PURPOSE_VALUE_OWNERSHIP, common)


def immutable_entitlement(reason: str, code: str = "") -> pb.EntitlementImmutable:
    """An annotation: this can be neither granted nor revoked, and why (metadata `reason`; for
    programs `code`, in lower case with underscores)."""
    told = {"reason": reason, "code": code} if code else {"reason": reason}
    return pb.EntitlementImmutable(metadata=struct(told))


def entitlement_stub(entitlement: pb.Entitlement) -> pb.Entitlement:
    """What a grant embeds: the entitlement's id and its resource's id."""
    return pb.Entitlement(id=entitlement.id, resource=pb.Resource(id=entitlement.resource.id))


def _entitlement(
    resource: pb.Resource, slug: str, purpose: pb.Entitlement.PurposeValue, common: Common
) -> pb.Entitlement:
    conventional = f"{resource.id.resource_type}:{resource.id.resource}:{slug}"
    return pb.Entitlement(
        resource=_reference(resource),
        id=checked_id("entitlement", common.get("id", conventional)),
        display_name=clip(common.get("display_name", slug), DISPLAY_NAME_BYTES),
        description=clip(common.get("description", ""), DESCRIPTION_BYTES),
        grantable_to=common.get("grantable_to", ()),
        annotations=[pack(message) for message in common.get("annotations", ())],
        purpose=purpose,
        slug=slug,
    )


def _reference(resource: pb.Resource) -> pb.Resource:
    return pb.Resource(
        id=resource.id,
        parent_resource_id=resource.parent_resource_id
        if resource.HasField("parent_resource_id")
        else None,
        display_name=resource.display_name,
    )
