"""Shapes of linked groups on the wire, ours."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from ostiary.server.catalog.rules import Choice, LinkedGroup
from ostiary.server.kernel.rest import Int64, Message, Timestamp

ChoiceName = Literal[
    "LINKED_GROUP_CHOICE_CREATE_ROLE",
    "LINKED_GROUP_CHOICE_PROVISION",
    "LINKED_GROUP_CHOICE_SKIP",
]
CHOICES: Final[dict[ChoiceName, Choice]] = {
    "LINKED_GROUP_CHOICE_CREATE_ROLE": "create_role",
    "LINKED_GROUP_CHOICE_PROVISION": "provision",
    "LINKED_GROUP_CHOICE_SKIP": "skip",
}
UNDECIDED: Final = "LINKED_GROUP_CHOICE_UNSPECIFIED"
_NAMES: Final[dict[Choice, ChoiceName]] = {choice: name for name, choice in CHOICES.items()}


class Assigned(Message):
    """An entitlement of the app that members of the group have through it."""

    entitlement_id: str
    display_name: str


class LinkedGroupMessage(Message):
    """`assignedTo` says why the group is offered; empty when it is assigned no more.
    `groupDeletedAt` and `entitlementDeletedAt` say since when what was decided about is gone.
    `entitlementId` is the role made from the group, or what is provisioned through it."""

    group_id: str
    display_name: str
    assigned_to: list[Assigned]
    member_count: Int64
    members_entitlement_id: str
    immutable: bool
    immutable_reason: str
    choice: str
    entitlement_id: str = ""
    entitlement_display_name: str = ""
    trigger_scim: bool = False
    decided_at: Timestamp | None = None
    group_deleted_at: Timestamp | None = None
    entitlement_deleted_at: Timestamp | None = None


class LinkedGroupReply(Message):
    linked_group: LinkedGroupMessage


class LinkedGroupList(Message):
    list: list[LinkedGroupMessage]
    next_page_token: str = ""


class DecideRequest(Message):
    """`entitlementId`: of what is provisioned, and only then. `displayName`: of the role, by
    default the group's. `triggerScim`: after somebody was put into the group, the app's SCIM job
    is started where the connector offers that."""

    choice: ChoiceName
    entitlement_id: str = ""
    display_name: str | None = Field(None, min_length=1, max_length=512)
    trigger_scim: bool = False


def linked_group_message(group: LinkedGroup) -> LinkedGroupMessage:
    message = LinkedGroupMessage(
        group_id=group.id,
        display_name=group.name,
        assigned_to=[
            Assigned(entitlement_id=key, display_name=name) for key, name in group.assigned_to
        ],
        member_count=group.member_count,
        members_entitlement_id=group.members_id,
        immutable=group.immutable_reason is not None,
        immutable_reason=group.immutable_reason or "",
        choice=UNDECIDED,
    )
    if decision := group.decision:
        message.choice = _NAMES[decision.choice]
        message.entitlement_id = decision.entitlement_id
        message.entitlement_display_name = decision.entitlement_name
        message.trigger_scim = decision.trigger_scim
        message.decided_at = decision.decided_at
        message.group_deleted_at = decision.group_gone_at
        message.entitlement_deleted_at = decision.entitlement_gone_at
    return message
