"""Users, roles and callers as the API says them: C1's schemas (c1-api reference 4.3)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ostiary.server.kernel.auth.user_store import User as StoredUser
from ostiary.server.kernel.authz.permissions import named
from ostiary.server.kernel.authz.roles import Role as BuiltinRole
from ostiary.server.kernel.rest import FieldMask, Message, Timestamp


class User(Message):
    """A person or service that signs in. What directories say about people is theirs to add."""

    id: str
    display_name: str
    email: str
    emails: list[str]
    username: str
    status: str
    directory_status: str
    type: str
    origin: str
    role_ids: list[str]
    directory_ids: list[str] = Field(default_factory=list)
    manager_ids: list[str] = Field(default_factory=list)
    department: str = ""
    job_title: str = ""
    created_at: Timestamp
    updated_at: Timestamp


_STATUS = {"enabled": "ENABLED", "disabled": "DISABLED", "deleted": "DELETED"}
_TYPES = {"human": "USER_TYPE_HUMAN", "service": "USER_TYPE_SERVICE"}
_ORIGINS = {
    "local": "USER_ORIGIN_LOCAL",
    "directory": "USER_ORIGIN_DIRECTORY",
    "oidc": "USER_ORIGIN_LOCAL",
    "system": "USER_ORIGIN_SYSTEM",
}


def user_message(user: StoredUser) -> User:
    return User(
        id=user.public_id,
        display_name=user.display_name,
        email=user.email,
        emails=[user.email] if user.email else [],
        username=user.email,
        status=_STATUS[user.status],
        directory_status=_STATUS[user.status],
        type=_TYPES[user.kind],
        origin=_ORIGINS[user.origin],
        role_ids=list(user.role_ids),
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


class UserView(Message):
    user: User
    roles_path: str = ""
    managers_path: str = ""
    directories_path: str = ""
    delegated_user_path: str = ""


class UserReply(Message):
    user_view: UserView
    expanded: list[dict[str, Any]] = Field(default_factory=list)


class UserRolesRequest(Message):
    role_ids: list[str] = Field(max_length=32)


class BulkRolesRequest(UserRolesRequest):
    user_ids: list[str] = Field(min_length=1, max_length=500)


class UserList(Message):
    list: list[UserView]


class CreateUserRequest(Message):
    email: str
    display_name: str = ""


class CreateUserReply(UserReply):
    password_link: str
    """Shown once; for the administrator to hand over."""
    password_link_expires_at: Timestamp


class PasswordLinkReply(Message):
    password_link: str
    password_link_expires_at: Timestamp


class SetStatusRequest(Message):
    enabled: bool


class Introspection(Message):
    """`principleId` is C1's spelling."""

    principle_id: str
    user_id: str
    tenant_id: str
    roles: list[str]
    permissions: list[str]
    features: list[str] = Field(default_factory=list)
    disabled_modules: list[str] = Field(default_factory=list)
    device_client_id: str = ""


class Role(Message):
    id: str
    name: str
    display_name: str
    permissions: list[str]
    service_roles: list[str] = Field(default_factory=list)
    system_builtin: bool = True
    system_api_only: bool = False
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


def role_message(role: BuiltinRole) -> Role:
    return Role(
        id=role.id,
        name=role.name,
        display_name=role.display_name,
        permissions=named(role.allowances),
    )


class RoleInput(Message):
    display_name: str = ""
    permissions: list[str] = Field(default_factory=list)
    service_roles: list[str] = Field(default_factory=list)


class UpdateRoleRequest(Message):
    role: RoleInput = Field(default_factory=RoleInput)
    update_mask: FieldMask | None = None


class RoleReply(Message):
    role: Role


class RoleList(Message):
    list: list[Role]
    next_page_token: str = ""
