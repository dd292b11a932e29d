"""Who signs in, as a list and as facts, and the form that sets their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.permissions import Permission, Reach
from ostiary.server.kernel.authz.roles import ROLES, Role, roles_of
from ostiary.server.settings.store import ListedUser
from ostiary.server.web.components.cells import (
    NONE,
    Chip,
    Fact,
    Identifier,
    Link,
    Missing,
    Moment,
    Number,
    Several,
    Text,
    text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Bulk, Column, Empty, Filter, List
from ostiary.server.web.moments import counted

SET_ROLES: Final = Bulk("Set roles", "/settings/users/roles", "user-check")
STATUSES: Final = (("enabled", "May sign in"), ("disabled", "May not sign in"))
ORIGINS: Final = (
    ("local", "Here"),
    ("directory", "Directory"),
    ("oidc", "Sign-in"),
    ("system", "System"),
)


STATES: Final = {
    "enabled": Chip("May sign in", "circle-check"),
    "disabled": Chip("May not sign in", "ban", "person"),
}


def users(*, may_change: bool) -> List[ListedUser]:
    return List[ListedUser](
        name="users",
        noun="user",
        searchable="name or e-mail",
        columns=(
            Column("name", "User", lambda each: Link(each.display_name, user_path(each.id))),
            Column("email", "E-mail", lambda each: text(each.email), card=True),
            Column("roles", "Roles", lambda each: roles(each.role_ids), sortable=False, card=True),
            Column("status", "Sign-in", lambda each: STATES[each.status], card=True),
            Column("sessions", "Sessions", _sessions, sortable=False, number=True),
            Column("origin", "Known from", lambda each: Text(dict(ORIGINS)[each.origin])),
            Column("created", "First seen", lambda each: Moment(each.created_at), shown=False),
        ),
        key=lambda each: each.id,
        href=lambda each: user_path(each.id),
        filters=(
            Filter("role", "Role", [(role.id, role.display_name) for role in ROLES]),
            Filter("status", "Sign-in", STATUSES),
            Filter("origin", "Known from", ORIGINS),
        ),
        bulk=(SET_ROLES,) if may_change else (),
        empty=Empty("Nobody yet", "Users come from directories and from signing in.", icon="users"),
    )


def user_path(user_id: str) -> str:
    return f"/settings/users/{user_id}"


def roles(role_ids: Sequence[str]) -> Several:
    return Several([Text(role.display_name) for role in roles_of(role_ids)])


def user_facts(user: User, sessions: int) -> list[Fact]:
    return [
        Fact("E-mail", Identifier(user.email) if user.email else Missing(NONE)),
        Fact("Known from", Text(dict(ORIGINS)[user.origin])),
        Fact("Roles", roles(user.role_ids)),
        Fact("Signed in", Text(f"in {sessions} browser{'s' * (sessions != 1)}")),
        Fact("First seen", Moment(user.created_at)),
        Fact("Id", Identifier(user.public_id)),
    ]


def chips(user: User) -> list[Chip]:
    return [STATES[user.status]] if user.status in STATES else []


def roles_of_many(chosen: Sequence[ListedUser], role_ids: Sequence[str]) -> Form:
    number = counted(len(chosen), "user")
    return replace(
        role_form(SET_ROLES.path, role_ids),
        verb=f"Replace the roles of {number}",
        cancel="/settings/users",
        hidden=[("selected", each.id) for each in chosen],
    )


def role_form(action: str, role_ids: Sequence[str]) -> Form:
    fields = [
        Field(
            role.name,
            role.display_name,
            "checkbox",
            "on" if role.id in role_ids else "",
            what_it_may(role),
        )
        for role in ROLES
    ]
    return Form(action=action, verb="Set roles", fields=fields)


def _sessions(each: ListedUser) -> Number:
    return Number(each.sessions)


def what_it_may(role: Role) -> str:
    """In words, from the table of roles."""
    if role.allowances.keys() == set(Permission):
        return "Everything."
    managed = _objects(role, "manage")
    seen = [each for each in _objects(role, "view") if each not in managed]
    others = Reach.ALL in role.allowances.get(Permission.REQUEST_FOR_OTHERS, ())
    parts = (
        "Asks for access for anybody." if others else "",
        f"Manages {', '.join(managed)}." if managed else "",
        f"Sees {', '.join(seen)}." if seen else "",
    )
    return " ".join(filter(None, parts)) or "Sees what they have themselves."


def _objects(role: Role, verb: str) -> list[str]:
    """Such as `apps`, or `own apps` where it reaches no others."""
    return [
        f"{'' if Reach.ALL in reach else 'own '}{permission.partition(':')[0].replace('_', ' ')}"
        for permission, reach in role.allowances.items()
        if permission.endswith(f":{verb}")
    ]
