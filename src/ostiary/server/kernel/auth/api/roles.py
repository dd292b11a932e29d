"""`GET /api/v1/iam/roles`. All roles are built in; changing one is refused by not existing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from ostiary.server.kernel.auth.api import messages as m
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.authz.roles import ROLES, find_role
from ostiary.server.kernel.errors import not_found

router = APIRouter(prefix="/api/v1/iam", tags=["Role"])

Viewer = Annotated[Access, requires(Permission.USERS_VIEW)]


@router.get("/roles")
def list_roles(access: Viewer) -> m.RoleList:
    return m.RoleList(list=[m.role_message(role) for role in ROLES])


@router.get("/roles/{role_id}")
def get_role(access: Viewer, role_id: str) -> m.RoleReply:
    role = find_role(role_id)
    if role is None:
        raise not_found("there is no such role")
    return m.RoleReply(role=m.role_message(role))
