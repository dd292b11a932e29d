"""Users on the wire: c1.api.user.v1 (c1-api reference 4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import Field

from ostiary.server.directory.rules.subjects import Source
from ostiary.server.directory.store.everybody import PersonFilter
from ostiary.server.directory.store.person_search import Found
from ostiary.server.kernel.auth.api import messages as auth
from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import FieldMask, Message, Timestamp

Status = Literal["UNKNOWN", "ENABLED", "DISABLED", "DELETED"]
Origin = Literal[
    "USER_ORIGIN_UNSPECIFIED", "USER_ORIGIN_DIRECTORY", "USER_ORIGIN_LOCAL", "USER_ORIGIN_SYSTEM"
]
Type = Literal[
    "USER_TYPE_UNSPECIFIED",
    "USER_TYPE_SYSTEM",
    "USER_TYPE_HUMAN",
    "USER_TYPE_SERVICE",
    "USER_TYPE_AGENT",
]
DelegateStatus = Literal[
    "DELEGATE_STATUS_UNSPECIFIED", "DELEGATE_STATUS_HAS_DELEGATE", "DELEGATE_STATUS_NO_DELEGATE"
]

_ORIGINS: Final[Mapping[str, Sequence[str]]] = {
    "USER_ORIGIN_DIRECTORY": ("directory",),
    "USER_ORIGIN_LOCAL": ("local", "oidc"),
    "USER_ORIGIN_SYSTEM": ("system",),
}
_TYPES: Final = {"USER_TYPE_HUMAN": "human", "USER_TYPE_SERVICE": "service"}
_MOST_IDS: Final = 1000


class AttributeSource(Message):
    app_id: str
    app_user_id: str
    app_user_profile_attribute_key: str
    value: str
    priority: int


class User(auth.User):
    usernames: list[str]
    employee_ids: list[str]
    employment_status: str
    employment_type: str
    delegated_user_id: str = ""
    profile: dict[str, Any]
    department_sources: list[AttributeSource]
    directory_status_sources: list[AttributeSource]
    email_sources: list[AttributeSource]
    employee_id_sources: list[AttributeSource]
    employment_status_sources: list[AttributeSource]
    employment_type_sources: list[AttributeSource]
    job_title_sources: list[AttributeSource]
    manager_sources: list[AttributeSource]
    username_sources: list[AttributeSource]
    deleted_at: Timestamp | None = None


class UserView(Message):
    user: User
    user_id: str
    roles_path: str = ""
    managers_path: str = ""
    directories_path: str = ""
    delegated_user_path: str = ""


class UserReply(Message):
    user_view: UserView
    expanded: list[dict[str, Any]] = Field(default_factory=list)


class UserList(Message):
    expanded: list[dict[str, Any]] = Field(default_factory=list)
    next_page_token: str = ""
    list: list[UserView]


class UserRef(Message):
    id: str = ""


class IntrospectRequest(Message):
    expand_mask: FieldMask = Field(default_factory=list)


class SearchUsersRequest(PagedRequest):
    """Nobody has a delegate yet, and the filters by delegates say so."""

    query: str = ""
    email: str = ""
    ids: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    refs: list[UserRef] = Field(default_factory=list, max_length=_MOST_IDS)
    exclude_ids: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    departments: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    job_titles: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    manager_ids: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    role_ids: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    user_statuses: list[Status] = Field(default_factory=list)
    origins: list[Origin] = Field(default_factory=list)
    exclude_origins: list[Origin] = Field(default_factory=list)
    exclude_types: list[Type] = Field(default_factory=list)
    delegate_status: DelegateStatus = "DELEGATE_STATUS_UNSPECIFIED"
    delegated_user_ids: list[str] = Field(default_factory=list, max_length=_MOST_IDS)
    is_delegate: bool = False
    expand_mask: FieldMask = Field(default_factory=list)

    @property
    def about_delegates(self) -> bool:
        has_one = self.delegate_status == "DELEGATE_STATUS_HAS_DELEGATE"
        return has_one or bool(self.delegated_user_ids) or self.is_delegate

    @property
    def wanted(self) -> PersonFilter:
        excluded = {_TYPES.get(kind) for kind in self.exclude_types}
        kinds = [kind for kind in _TYPES.values() if kind not in excluded]
        if self.about_delegates:
            kinds = []
        return PersonFilter(
            ids=[*self.ids, *(ref.id for ref in self.refs)],
            excluded_ids=self.exclude_ids,
            query=self.query,
            email=self.email,
            departments=self.departments,
            job_titles=self.job_titles,
            manager_ids=self.manager_ids,
            role_ids=self.role_ids,
            statuses=[status.lower() for status in self.user_statuses],
            origins=_stored(self.origins),
            excluded_origins=_stored(self.exclude_origins),
            kinds=[] if len(kinds) == len(_TYPES) else kinds or ["nobody"],
        )


def user_message(found: Found) -> User:
    person = found.person
    sources = {name: _sources(each) for name, each in person.sources.items()}
    return User(
        id=person.id,
        display_name=person.display_name,
        email=person.email,
        emails=list(person.emails),
        username=person.username,
        usernames=list(person.usernames),
        employee_ids=list(person.employee_ids),
        status=found.status.upper(),
        directory_status=found.directory_status.upper(),
        type=f"USER_TYPE_{found.kind.upper()}",
        origin=next(name for name, stored in _ORIGINS.items() if found.origin in stored),
        role_ids=list(found.role_ids),
        directory_ids=list(found.directory_ids),
        manager_ids=list(person.manager_ids),
        department=person.department,
        job_title=person.job_title,
        employment_status=person.employment_status,
        employment_type=person.employment_type,
        profile=dict(person.profile),
        department_sources=sources.get("department", []),
        directory_status_sources=sources.get("directory_status", []),
        email_sources=sources.get("email", []),
        employee_id_sources=sources.get("employee_id", []),
        employment_status_sources=sources.get("employment_status", []),
        employment_type_sources=sources.get("employment_type", []),
        job_title_sources=sources.get("job_title", []),
        manager_sources=sources.get("manager", []),
        username_sources=sources.get("username", []),
        created_at=found.created_at,
        updated_at=found.updated_at,
        deleted_at=found.deleted_at,
    )


def _sources(sources: Sequence[Source]) -> list[AttributeSource]:
    return [
        AttributeSource(
            app_id=source.app_id,
            app_user_id=source.account_id,
            app_user_profile_attribute_key=source.key,
            value=source.value,
            priority=priority,
        )
        for priority, source in enumerate(sources)
    ]


def _stored(origins: Sequence[str]) -> list[str]:
    return [stored for origin in origins for stored in _ORIGINS.get(origin, ())]
