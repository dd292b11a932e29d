"""Privileged entitlements with who holds them."""

from __future__ import annotations

from typing import Final

from ostiary.server.access.views import states
from ostiary.server.catalog.resource_views import path_of
from ostiary.server.explore.store.bounds import MOST
from ostiary.server.explore.store.privilege import Holding
from ostiary.server.web.components.arranging import Arranging
from ostiary.server.web.components.cells import NONE, Cell, Chip, Link, Missing, Moment, Text, text
from ostiary.server.web.components.tables import Column, Empty, Filter, List

KINDS: Final = (("role", "Role"), ("group", "Group that roles can be assigned to"))
HOLDERS: Final = (("account", "Account"), ("other", "Group or other"))
_CHIPS: Final = {
    "role": Chip("Role", "shield-lock"),
    "group": Chip("Group", "users-group", hint="Roles can be assigned to it."),
}

ARRANGING: Final = Arranging[Holding](
    named=lambda each: f"{each.holder_name} {each.entitlement_name} {each.of_name}",
    orders={
        "name": lambda each: each.holder_name,
        "entitlement": lambda each: each.entitlement_name,
        "of": lambda each: each.of_name,
        "type": lambda each: each.holder_type,
        "kind": lambda each: each.kind,
        "app": lambda each: each.app_name,
        "status": lambda each: each.status,
        "since": lambda each: each.since,
    },
    filters={
        "kind": lambda each: each.kind,
        "holder": lambda each: "account" if each.is_account else "other",
        "status": lambda each: each.status,
    },
    most=MOST,
)


def entitlement_path(each: Holding) -> str:
    return f"/apps/{each.app_id}/entitlements/{each.entitlement_id}"


def holder_path(each: Holding) -> str:
    app_id, type_id = each.holder_app_id, each.holder_type_id
    return path_of(app_id, type_id, each.holder_id, account=each.is_account)


def why_path(each: Holding) -> str:
    return f"{entitlement_path(each)}/holders/{each.holder_id}"


def _status(each: Holding) -> Cell:
    return states.status(each.status) if each.is_account else Missing(NONE)


_COLUMNS: Final = (
    Column[Holding]("name", "Who", lambda each: Link(each.holder_name, holder_path(each))),
    Column[Holding](
        "entitlement",
        "Entitlement",
        lambda each: Link(each.entitlement_name, entitlement_path(each)),
        card=True,
    ),
    Column[Holding]("of", "Of", lambda each: text(each.of_name), card=True),
    Column[Holding]("type", "Type", lambda each: Text(each.holder_type)),
    Column[Holding]("status", "Status", _status),
    Column[Holding]("app", "App", lambda each: Text(each.app_name), shown=False),
    Column[Holding]("since", "Since", lambda each: Moment(each.since), card=True),
)


def standing() -> List[Holding]:
    kind = Column[Holding]("kind", "Privileged as", lambda each: _CHIPS[each.kind])
    return List[Holding](
        name="standing-privilege",
        noun="grant",
        searchable="name or entitlement",
        columns=(*_COLUMNS[:3], kind, *_COLUMNS[3:]),
        key=lambda each: each.id,
        href=why_path,
        filters=(
            Filter("kind", "Privileged as", KINDS),
            Filter("holder", "Held by", HOLDERS),
            Filter("status", "Status", states.STATUSES),
        ),
        empty=Empty(
            "Nobody holds a privileged entitlement for good",
            "Roles, and groups that roles can be assigned to, are looked at.",
            icon="shield-check",
        ),
    )


def eligible() -> List[Holding]:
    return List[Holding](
        name="eligible-never-active",
        noun="eligibility",
        plural="eligibilities",
        searchable="name or entitlement",
        columns=(*_COLUMNS, Column("active", "Seen active", _never, sortable=False)),
        key=lambda each: each.id,
        href=why_path,
        filters=(
            Filter("holder", "Held by", HOLDERS),
            Filter("status", "Status", states.STATUSES),
        ),
        empty=Empty(
            "No eligibility without an activation",
            "Everybody who may activate a role was seen with it, or nobody may.",
            icon="shield-check",
        ),
    )


def _never(each: Holding) -> Cell:
    return Text("never by a sync") if each.is_account else Missing()
