"""What is asked of accounts: C1's update of an app user (c1-api reference 4.3), and orphans."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import FieldMask, Message

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
