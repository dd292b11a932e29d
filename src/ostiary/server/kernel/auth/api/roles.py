"""`/api/v1/iam/roles`. All roles are built in: what changes is who has them, by user."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.kernel.auth.api import messages as m
from ostiary.server.kernel.auth.api.permissions import Administrator, Viewer
from ostiary.server.kernel.authz.roles import ROLES, Role, find_role
from ostiary.server.kernel.errors import failed_precondition, not_found
from ostiary.server.kernel.rest import changes

router = APIRouter(prefix="/api/v1/iam", tags=["Role"])

WRITABLE = ("display_name", "permissions", "service_roles")


@router.get("/roles")
def list_roles(access: Viewer) -> m.RoleList:
    return m.RoleList(list=[m.role_message(role) for role in ROLES])


@router.get("/roles/{role_id}")
def get_role(access: Viewer, role_id: str) -> m.RoleReply:
    return m.RoleReply(role=m.role_message(_find(role_id)))


@router.post("/roles/{role_id}")
def update_role(access: Administrator, role_id: str, request: m.UpdateRoleRequest) -> m.RoleReply:
    """Declaring a role as it is changes nothing; anything else is refused."""
    role = m.role_message(_find(role_id))
    wanted = changes(request.role, request.update_mask, WRITABLE)
    if any(getattr(role, field) != value for field, value in wanted.items()):
        raise failed_precondition(f"the role {role.display_name} is built in and stays as it is")
    return m.RoleReply(role=role)


def _find(key: str) -> Role:
    role = find_role(key)
    if role is None:
        raise not_found("there is no such role")
    return role
