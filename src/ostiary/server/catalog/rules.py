"""Limits of the catalogue, and what may be decided about linked groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from ostiary.server.kernel.errors import failed_precondition, invalid

MOST_OWNERS: Final = 32
"""Of each kind, people and entitlements."""

Choice = Literal["create_role", "provision", "skip"]


@dataclass(frozen=True)
class Decision:
    """Ids are public. What is gone has the time since when. `members_id` as in `LinkedGroup`."""

    group_id: str
    group_name: str
    group_gone_at: datetime | None
    choice: Choice
    entitlement_id: str
    entitlement_name: str
    entitlement_gone_at: datetime | None
    members_id: str | None
    trigger_scim: bool
    decided_at: datetime


@dataclass
class LinkedGroup:
    """`assigned_to`: id and name of each entitlement of the app that its members have because it
    is assigned; none when it is offered no more. `members_id`: what one is granted to become a
    member, empty when the connector does not tell. `immutable_reason`: why nobody can be granted
    that, None when they can. `member_count`: accounts, also of nested groups."""

    id: str
    name: str
    assigned_to: list[tuple[str, str]] = field(default_factory=list)
    members_id: str = ""
    member_count: int = 0
    immutable_reason: str | None = None
    decision: Decision | None = None


def check_owners(user_ids: Sequence[str], entitlement_ids: Sequence[str]) -> None:
    """`AppError` InvalidArgument when there are too many."""
    for kind, ids in (("people", user_ids), ("entitlements", entitlement_ids)):
        if len(set(ids)) > MOST_OWNERS:
            raise invalid(f"At most {MOST_OWNERS} {kind} can be owners; these are {len(set(ids))}.")


def check_choice(
    group: LinkedGroup, choice: Choice, entitlement_id: str, *, trigger_scim: bool
) -> None:
    """`AppError` InvalidArgument for what contradicts itself, FailedPrecondition for what the group
    does not allow."""
    if bool(entitlement_id) != (choice == "provision"):
        raise invalid("An entitlement is named where access to it is provisioned, and only there.")
    if choice == "skip":
        if trigger_scim:
            raise invalid("Where the group is skipped there is no SCIM job to start.")
        return
    if group.decision and group.decision.group_gone_at and not group.assigned_to:
        raise failed_precondition(f"The group {group.name} is gone.")
    if not group.members_id:
        raise failed_precondition(f"The connector of {group.name} does not tell who is in it.")
    if choice == "provision" and group.immutable_reason is not None:
        why = group.immutable_reason or "its connector says that its members are fixed."
        raise failed_precondition(f"Nobody can be put into {group.name}: {why}")
