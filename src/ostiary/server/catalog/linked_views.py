"""Groups of the identity provider that an app is assigned to, as a list and as a set-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ostiary.server.catalog.rules import LinkedGroup
from ostiary.server.web.components.arranging import Arranging
from ostiary.server.web.components.cells import (
    NONE,
    Cell,
    Chip,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Bulk, Column, Empty, Filter, List
from ostiary.server.web.moments import counted

UNDECIDED: Final = "undecided"
CHOICES: Final = (
    ("create_role", "Create role"),
    ("provision", "Provision access for"),
    ("skip", "Skip"),
    (UNDECIDED, "Decide later"),
)
_CHIPS: Final = {
    "create_role": Chip("Role", "key", "accent"),
    "provision": Chip("Provisions access", "route", "accent"),
    "skip": Chip("Skipped", "eye-off"),
    UNDECIDED: Chip("Not set up", "circle-dashed", "person"),
}


def path(app_id: str) -> str:
    return f"/apps/{app_id}/linked_groups"


def choice_of(group: LinkedGroup) -> str:
    return group.decision.choice if group.decision else UNDECIDED


def listing(app_id: str, *, managed: bool, may_change: bool, manage: str = "") -> List[LinkedGroup]:
    """`manage`: where an unmanaged app is taken under management, for those who may."""
    set_up = f"{path(app_id)}/set_up"

    def name(group: LinkedGroup) -> Cell:
        if not may_change:
            return Text(group.name)
        return Link(group.name, f"{set_up}?selected={group.id}")

    return List[LinkedGroup](
        name="linked-groups",
        noun="linked group",
        searchable="name",
        columns=(
            Column("name", "Group", name),
            Column("assigned", "Assigned to", _assigned, sortable=False),
            Column(
                "members", "Accounts in it", lambda each: Number(each.member_count), number=True
            ),
            Column("choice", "Set-up", lambda each: _CHIPS[choice_of(each)], card=True),
            Column("gives", "Gives", lambda each: _gives(app_id, each), sortable=False, card=True),
            Column("note", "Note", _note, sortable=False),
            Column("decided", "Decided", _decided, sortable=False, shown=False),
        ),
        key=lambda group: group.id,
        href=(lambda group: f"{set_up}?selected={group.id}") if may_change else None,
        filters=(Filter("choice", "Set-up", CHOICES),),
        bulk=(Bulk("Set up", set_up, "adjustments-horizontal"),) if may_change else (),
        empty=_NO_GROUPS if managed else _unmanaged(manage),
    )


_NO_GROUPS: Final = Empty(
    "No linked group",
    "A group shows here when it is assigned to this app where the app was discovered, such as in "
    "Entra under Users and groups.",
    icon="users-group",
)


def _unmanaged(manage: str) -> Empty:
    return Empty(
        "Manage this app first",
        "Groups are set up for apps under management.",
        action="Manage" if manage else "",
        href=manage,
        icon="shield-check",
    )


ARRANGING: Final = Arranging[LinkedGroup](
    named=lambda each: each.name,
    orders={
        "name": lambda each: each.name,
        "members": lambda each: each.member_count,
        "choice": lambda each: list(_CHIPS).index(choice_of(each)),
    },
    filters={"choice": lambda each: choice_of(each)},
)


def set_up_form(
    app_id: str, groups: Sequence[LinkedGroup], grantable: Sequence[tuple[str, str]]
) -> Form:
    """`grantable`: what can be provisioned. One group comes with what was decided about it."""
    only = groups[0] if len(groups) == 1 else None
    decision = only.decision if only else None
    role = Field(
        "role_name",
        "Name of the role",
        help="Only where a role is created. Without one it is called as the group.",
        value=decision.entitlement_name if decision and decision.choice == "create_role" else "",
    )
    return Form(
        action=f"{path(app_id)}/set_up",
        verb=f"Set up {counted(len(groups), 'group')}",
        cancel=path(app_id),
        hidden=[("selected", group.id) for group in groups],
        fields=(
            Field(
                "choice",
                "What to do",
                "select",
                choice_of(only) if only and decision else "create_role",
                options=CHOICES,
                required=True,
            ),
            *([role] if only else []),
            Field(
                "entitlement",
                "Provision access for",
                "select",
                decision.entitlement_id if decision else "",
                help="Only where access is provisioned: what people ask for.",
                options=(("", "Choose an entitlement"), *grantable),
            ),
            Field(
                "scim",
                "Then start the app's SCIM job",
                "checkbox",
                "on" if decision and decision.trigger_scim else "",
                help="Where the connector offers that: the app hears of the new member at once.",
            ),
        ),
    )


def effects(groups: Sequence[LinkedGroup]) -> list[tuple[str, str]]:
    """What each choice would do, in words."""
    members = sum(group.member_count for group in groups)
    roles = counted(len(groups), "role")
    return [
        (
            "Create role",
            f"Makes {roles} of this app. {counted(members, 'account')} in the "
            f"{'group' if len(groups) == 1 else 'groups'} hold{'s' * (members == 1)} "
            "it from now on; granting it means putting somebody into the group.",
        ),
        (
            "Provision access for",
            "Granting the entitlement that you choose puts the person into the group. Nobody "
            "gains or loses anything now.",
        ),
        ("Skip", "The group is left aside. A role that was made of it ends."),
        ("Decide later", "Takes the decision back. A role that was made of it ends."),
    ]


def described(group: LinkedGroup) -> str:
    """One line of the set-up's list of groups."""
    note = _note(group)
    said = f"{group.name}, {counted(group.member_count, 'account')}"
    return f"{said}: {note.plain}" if isinstance(note, Text) else said


def _assigned(group: LinkedGroup) -> Several:
    return Several([Text(name) for _, name in group.assigned_to])


def _gives(app_id: str, group: LinkedGroup) -> Cell:
    decision = group.decision
    if decision is None or not decision.entitlement_id:
        return Missing(NONE)
    if decision.choice == "create_role":
        return Link(
            decision.entitlement_name, f"/apps/{app_id}/entitlements/{decision.entitlement_id}"
        )
    return Text(decision.entitlement_name)


def _note(group: LinkedGroup) -> Cell:
    decision = group.decision
    if decision and decision.group_gone_at and not group.assigned_to:
        return Text("The group is gone.")
    if not group.assigned_to:
        return Text("Not assigned any more.")
    if decision and decision.entitlement_gone_at:
        return Text("What it provisions is gone.")
    if not group.members_id:
        return Text("Its connector does not tell who is in it.")
    if group.immutable_reason is not None:
        return Text(group.immutable_reason or "Its members are fixed.")
    return Missing(NONE)


def _decided(group: LinkedGroup) -> Moment:
    return Moment(group.decision.decided_at if group.decision else None, NONE)
