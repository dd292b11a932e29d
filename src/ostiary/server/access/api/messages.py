"""Shapes of accounts and grants: c1.api.app.v1 (c1-api reference 4.3 and 1.6)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ostiary.server.access.facts import Grant
from ostiary.server.access.store.accounts import Account
from ostiary.server.catalog.api.messages import AppEntitlementView
from ostiary.server.catalog.api.searching import SearchRequest
from ostiary.server.kernel.expansion import Expanded, ExpandMask
from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import Message, Timestamp

_STATUS = {
    "enabled": "STATUS_ENABLED",
    "disabled": "STATUS_DISABLED",
    "deleted": "STATUS_DELETED",
}
_TYPES = {
    "user": "APP_USER_TYPE_USER",
    "service": "APP_USER_TYPE_SERVICE_ACCOUNT",
    "system": "APP_USER_TYPE_SYSTEM_ACCOUNT",
}

DOMAIN = "APP_USER_DOMAIN_"
PURPOSE = "APP_ENTITLEMENT_PURPOSE_VALUE_"


def _ids() -> Any:
    return Field(default_factory=list, max_length=1000)


class NamedApp(Message):
    """What access tells of c1.api.app.v1.App."""

    id: str
    display_name: str


class Expandable(Message):
    expanded: Expanded = Field(default_factory=list)


class AppUserStatus(Message):
    status: str
    details: str = ""


class AppUser(Message):
    """c1.api.app.v1.AppUser. `ownerReason` is ours: created, manual, or the rule that found the
    owner."""

    id: str
    app_id: str
    display_name: str
    username: str
    usernames: list[str]
    email: str
    emails: list[str]
    employee_ids: list[str]
    app_user_type: str
    identity_user_id: str
    owner_reason: str
    is_external: bool
    status: AppUserStatus
    profile: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp
    deleted_at: Timestamp | None = None


class AppUserView(Message):
    app_user: AppUser
    app_path: str = ""
    identity_user_path: str = ""
    last_usage_path: str = ""


class AppUserList(Expandable):
    list: list[AppUserView]
    next_page_token: str = ""


class AppUserReply(Expandable):
    app_user_view: AppUserView


class AppUserRef(Message):
    app_id: str = ""
    id: str


class SearchAppUsersRequest(SearchRequest):
    """Accounts of deleted apps are never found, and no account has findings."""

    unsupported = frozenset({"agent_statuses", "nhi_types", "sort_by"})

    query: str = ""
    app_id: str = ""
    app_ids: list[str] = _ids()
    refs: list[AppUserRef] = _ids()
    app_user_ids: list[str] = _ids()
    exclude_app_user_ids: list[str] = _ids()
    user_ids: list[str] = _ids()
    app_user_statuses: list[str] = _ids()
    expand_mask: ExpandMask = Field(default_factory=ExpandMask)
    app_user_types: list[str] = _ids()
    app_user_status_details: list[str] = _ids()
    app_user_domains: list[str] = _ids()
    without_responsible_party: bool = False
    with_open_findings: bool = False

    @property
    def in_apps(self) -> list[str]:
        return [*self.app_ids, *([self.app_id] if self.app_id else [])]

    @property
    def accounts(self) -> list[str]:
        return [*self.app_user_ids, *(ref.id for ref in self.refs)]

    @property
    def external(self) -> bool | None:
        """None: wherever their addresses are."""
        asked = {domain == f"{DOMAIN}EXTERNAL" for domain in self.app_user_domains}
        return asked.pop() if len(asked) == 1 else None


class EntitlementRef(Message):
    app_id: str = ""
    id: str


class UserBinding(Message):
    """c1.api.app.v1.AppEntitlementUserBinding; without a grant only the first two are set."""

    app_id: str
    app_user_id: str
    app_entitlement_id: str = ""
    grant_sources: list[EntitlementRef] = Field(default_factory=list)
    created_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


class UserBindings(Message):
    bindings: list[UserBinding]


class GrantToAccount(Message):
    """c1.api.app.v1.AppEntitlementWithExpired. `direct` is ours."""

    app_user: AppUser | None = None
    app_id: str
    app_entitlement_id: str
    app_user_id: str
    direct: bool
    grant_sources: list[EntitlementRef]
    discovered: Timestamp
    expired: Timestamp | None = None


class GrantsToAccounts(Message):
    list: list[GrantToAccount]
    next_page_token: str = ""


class GrantView(Message):
    """c1.api.app.v1.AppEntitlementUserView."""

    app_id: str
    app_entitlement_id: str
    app_user_id: str
    app_user: AppUserView | None
    grant_sources: list[EntitlementRef]
    app_entitlement_user_binding_created_at: Timestamp


class FoundGrant(Message):
    """c1.api.app.v1.AppEntitlementWithUserBinding."""

    entitlement: AppEntitlementView
    app_entitlement_user_binding: GrantView


class FoundGrants(Expandable):
    list: list[FoundGrant]
    next_page_token: str = ""


class SearchGrantsRequest(PagedRequest):
    app_ids: list[str] = _ids()
    app_user_ids: list[str] = _ids()
    entitlement_refs: list[EntitlementRef] = _ids()
    resource_ids: list[str] = _ids()
    resource_type_ids: list[str] = _ids()
    entitlement_slugs: list[str] = _ids()
    purpose: list[str] = _ids()
    user_id: str = ""
    expand_mask: ExpandMask = Field(default_factory=ExpandMask)


def statuses_asked(names: list[str]) -> list[str]:
    """In the words of connectors; unknown names match nothing."""
    return [next((ours for ours, c1 in _STATUS.items() if c1 == name), "?") for name in names]


def types_asked(names: list[str]) -> list[str]:
    return [next((ours for ours, c1 in _TYPES.items() if c1 == name), "?") for name in names]


def purposes_asked(names: list[str]) -> list[str]:
    """In the words of connectors."""
    return [name.removeprefix(PURPOSE).lower() for name in names]


def account_message(account: Account) -> AppUser:
    status = AppUserStatus(
        status=_STATUS.get(account.status, "STATUS_UNSPECIFIED"), details=account.status_details
    )
    return AppUser(
        id=account.id,
        app_id=account.app_id,
        display_name=account.display_name,
        username=account.login,
        usernames=list(dict.fromkeys(filter(None, (account.login, *account.login_aliases)))),
        email=account.emails[0] if account.emails else "",
        emails=list(account.emails),
        employee_ids=list(account.employee_ids),
        app_user_type=_TYPES[account.account_type],
        identity_user_id=account.owner_id,
        owner_reason=account.owner_reason,
        is_external=account.external,
        status=status,
        profile=dict(account.profile),
        created_at=account.created_at,
        updated_at=account.since,
    )


def sources(grant: Grant, app_id: str) -> list[EntitlementRef]:
    return [EntitlementRef(app_id=app_id, id=source.entitlement.id) for source in grant.sources]


def binding(grant: Grant, app_id: str) -> UserBinding:
    return UserBinding(
        app_id=app_id,
        app_user_id=grant.principal.id,
        app_entitlement_id=grant.entitlement.id,
        grant_sources=sources(grant, app_id),
        created_at=grant.granted_at,
        deleted_at=grant.ended_at,
    )
