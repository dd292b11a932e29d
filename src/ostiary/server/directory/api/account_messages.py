"""Accounts on the wire: c1.api.app.v1.AppUser (c1-api reference 4.3), and ours beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, Literal

from pydantic import Field

from ostiary.server.directory.rules.standing import is_external
from ostiary.server.directory.rules.subjects import distinct
from ostiary.server.directory.store.reading import Found
from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import FieldMask, Message, Timestamp

AccountType = Literal[
    "APP_USER_TYPE_UNSPECIFIED",
    "APP_USER_TYPE_USER",
    "APP_USER_TYPE_SERVICE_ACCOUNT",
    "APP_USER_TYPE_SYSTEM_ACCOUNT",
]
Domain = Literal[
    "APP_USER_DOMAIN_UNSPECIFIED", "APP_USER_DOMAIN_EXTERNAL", "APP_USER_DOMAIN_TRUSTED"
]

STORED_TYPES: Final[dict[str, str]] = {
    "APP_USER_TYPE_USER": "user",
    "APP_USER_TYPE_SERVICE_ACCOUNT": "service",
    "APP_USER_TYPE_SYSTEM_ACCOUNT": "system",
}
_SAID_TYPES: Final[dict[str, AccountType]] = {
    "user": "APP_USER_TYPE_USER",
    "service": "APP_USER_TYPE_SERVICE_ACCOUNT",
    "system": "APP_USER_TYPE_SYSTEM_ACCOUNT",
}
_STATUSES: Final = frozenset({"enabled", "disabled", "deleted"})


class AppUserStatus(Message):
    status: str
    details: str


class AppUser(Message):
    """`ownerReason` is ours: created, manual, or the rule that found the owner."""

    id: str
    app_id: str
    app_user_type: AccountType
    display_name: str
    email: str
    emails: list[str]
    username: str
    usernames: list[str]
    employee_ids: list[str]
    identity_user_id: str
    owner_reason: str
    is_external: bool
    status: AppUserStatus
    profile: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp


class AppUserView(Message):
    app_user: AppUser
    app_path: str = ""
    identity_user_path: str = ""
    last_usage_path: str = ""


class AppUserReply(Message):
    app_user_view: AppUserView
    expanded: list[dict[str, Any]] = Field(default_factory=list)


class AppUserList(Message):
    expanded: list[dict[str, Any]] = Field(default_factory=list)
    next_page_token: str = ""
    list: list[AppUserView]


class AppUserInput(Message):
    identity_user_id: str = ""
    app_user_type: AccountType = "APP_USER_TYPE_UNSPECIFIED"


class UpdateAppUserRequest(Message):
    app_user: AppUserInput = Field(default_factory=AppUserInput)
    update_mask: FieldMask | None = None


class SearchOrphansRequest(PagedRequest):
    query: str = ""
    app_ids: list[str] = Field(default_factory=list, max_length=1000)
    app_user_types: list[AccountType] = Field(default_factory=list)
    app_user_domains: list[Domain] = Field(default_factory=list)

    @property
    def types(self) -> list[str]:
        return [STORED_TYPES[each] for each in self.app_user_types if each in STORED_TYPES]

    @property
    def external(self) -> bool | None:
        asked = {domain == "APP_USER_DOMAIN_EXTERNAL" for domain in self.app_user_domains}
        return asked.pop() if len(asked) == 1 else None


def app_user_view(found: Found, trusted: Collection[str]) -> AppUserView:
    said = found.traits.get("UserTrait") or {}
    status = found.status if found.status in _STATUSES else "unspecified"
    return AppUserView(
        app_user=AppUser(
            id=found.id,
            app_id=found.app_id,
            app_user_type=_SAID_TYPES[found.account_type],
            display_name=found.display_name,
            email=found.emails[0] if found.emails else "",
            emails=found.emails,
            username=found.login,
            usernames=list(distinct((found.login, *found.login_aliases))),
            employee_ids=said.get("employeeIds", []),
            identity_user_id=found.owner_id or "",
            owner_reason=found.reason or "",
            is_external=is_external(found.emails, found.login, trusted),
            status=AppUserStatus(status=f"STATUS_{status.upper()}", details=found.status_details),
            profile=dict(found.profile),
            created_at=found.created_at,
            updated_at=found.updated_at,
        )
    )
