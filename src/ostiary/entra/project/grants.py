"""Grants, and how far the access of a group reaches its members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.protobuf.message import Message

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import GrantSheet
from ostiary.baton.ids import grant_id
from ostiary.baton.pb import connector_v2 as pb
from ostiary.entra.types import GROUP

Grants = Iterator[pb.Grant | GrantSheet]


def stub(type_id: str, resource: str, entitlement: str) -> pb.Entitlement:
    """An entitlement as a grant names it."""
    return pb.Entitlement(
        id=entitlement,
        resource=pb.Resource(id=pb.ResourceId(resource_type=type_id, resource=resource)),
    )


def grant(
    entitlement: pb.Entitlement, type_id: str, principal: str, *annotations: Message
) -> pb.Grant:
    """One principal holds one entitlement."""
    return pb.Grant(
        id=grant_id(entitlement.id, type_id, principal),
        entitlement=entitlement,
        principal=pb.Resource(id=pb.ResourceId(resource_type=type_id, resource=principal)),
        annotations=[pack(annotation) for annotation in annotations],
    )


def through_members(
    group: str, *, shallow: bool, reaching: Iterable[str] = ()
) -> pb.GrantExpandable:
    """What a group holds, its members hold.

    ``shallow``: only those who are members directly, as Entra treats app roles, directory roles and
    licences. ``reaching``: only principals of these resource types; none means any.
    """
    return pb.GrantExpandable(
        entitlement_ids=[members_id(group)], shallow=shallow, resource_type_ids=list(reaching)
    )


def members_id(group: str) -> str:
    return f"{GROUP}:{group}:members"


def owners_id(type_id: str, object_id: str) -> str:
    return f"{type_id}:{object_id}:owners"
