"""Our own routes to manage who signs in; who people are is the directory's to answer."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.kernel.auth import links, users
from ostiary.server.kernel.auth.api import messages as m
from ostiary.server.kernel.auth.api.permissions import Administrator
from ostiary.server.kernel.rest import KernelOf

router = APIRouter(prefix="/api/v1", tags=["User"])


@router.post("/users")
def create_user(
    kernel: KernelOf, access: Administrator, request: m.CreateUserRequest
) -> m.CreateUserReply:
    """Ours, not C1's: a local account, with a link to choose its password."""
    with kernel.work(access.caller.actor) as unit:
        user = users.create_person(unit, request.email, request.display_name, "local")
        link, expires = links.password_link(unit, user, kernel.settings)
    view = m.UserView(user=m.user_message(user))
    return m.CreateUserReply(user_view=view, password_link=link, password_link_expires_at=expires)


@router.post("/users/{id}/password_link")
def create_password_link(kernel: KernelOf, access: Administrator, id: str) -> m.PasswordLinkReply:
    """Ours: for a local account whose password was lost."""
    with kernel.work(access.caller.actor) as unit:
        user = users.find(unit.connection, id, "human")
        link, expires = links.password_link(unit, user, kernel.settings)
    return m.PasswordLinkReply(password_link=link, password_link_expires_at=expires)


@router.put("/users/{id}/roles")
def set_roles(
    kernel: KernelOf, access: Administrator, id: str, request: m.UserRolesRequest
) -> m.UserReply:
    """Ours: replaces the roles of a person or service principal. Role ids or names."""
    role_ids = users.check_roles(request.role_ids)
    with kernel.work(access.caller.actor) as unit:
        user = users.set_roles(unit, users.find(unit.connection, id), role_ids)
    return m.UserReply(user_view=m.UserView(user=m.user_message(user)))


@router.post("/users/bulk/roles")
def set_roles_of_many(
    kernel: KernelOf, access: Administrator, request: m.BulkRolesRequest
) -> m.UserList:
    """Ours: replaces the roles of all of them, or of none."""
    role_ids = users.check_roles(request.role_ids)
    with kernel.work(access.caller.actor) as unit:
        changed = [
            users.set_roles(unit, users.find(unit.connection, key), role_ids)
            for key in dict.fromkeys(request.user_ids)
        ]
    return m.UserList(list=[m.UserView(user=m.user_message(user)) for user in changed])


@router.put("/users/{id}/status")
def set_status(
    kernel: KernelOf, access: Administrator, id: str, request: m.SetStatusRequest
) -> m.UserReply:
    """Ours: whether somebody may sign in. Disabling ends sessions and tokens at once."""
    with kernel.work(access.caller.actor) as unit:
        user = users.set_status(unit, users.find(unit.connection, id), enabled=request.enabled)
    return m.UserReply(user_view=m.UserView(user=m.user_message(user)))
