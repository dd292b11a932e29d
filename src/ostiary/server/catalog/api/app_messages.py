"""Shapes of apps on the wire: c1.api.app.v1 (c1-api reference 4.3), and ours beside them."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from ostiary.server.catalog.api.searching import SearchRequest
from ostiary.server.catalog.store.app_search import App as StoredApp
from ostiary.server.catalog.store.apps import Cascade
from ostiary.server.kernel.auth.api.messages import User
from ostiary.server.kernel.rest import FieldMask, Int64, Message, Timestamp


class App(Message):
    id: str = ""
    display_name: str = ""
    description: str = ""
    parent_app_id: str = ""
    is_manually_managed: bool = False
    is_managed: bool = True
    """Ours: C1 shows unmanaged apps as bindings of the resource they were discovered as."""
    user_count: Int64 = 0
    created_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


class AppReply(Message):
    app: App


class AppList(Message):
    list: list[App]
    next_page_token: str = ""


class CreateAppRequest(Message):
    display_name: str
    description: str = ""
    owners: list[str] = Field(default_factory=list, max_length=100)


class UpdateAppRequest(Message):
    app: App
    update_mask: FieldMask | None = None


class SearchAppsRequest(SearchRequest):
    """`managed` is ours: without it, managed apps only, as C1 lists them."""

    unsupported = frozenset({"policy_refs"})

    query: str = ""
    display_name: str = ""
    app_ids: list[str] = Field(default_factory=list, max_length=1000)
    exclude_app_ids: list[str] = Field(default_factory=list, max_length=1000)
    parent_app_ids: list[str] = Field(default_factory=list, max_length=1000)
    only_directories: bool = False
    managed: bool = True


class OwnerList(Message):
    list: list[User]
    next_page_token: str = ""


class OwnerIds(Message):
    user_ids: list[str]


class OwnersRequest(Message):
    user_ids: list[str] = Field(default_factory=list, max_length=100)


class OwnerRequest(Message):
    user_id: str = ""


class DeletionPreview(Message):
    """The apps discovered through this one, at whatever depth, and how much is in all of them."""

    managed_apps: int
    unmanaged_apps: int
    apps_with_connectors: int
    accounts: Int64 = 0
    resources: Int64 = 0
    entitlements: Int64 = 0
    grants: Int64 = 0
    connectors: int = 0
    linked_groups: int = 0


class DeleteAppRequest(Message):
    """Ours: with what the preview told, nothing is deleted once it is more than that."""

    expected: DeletionPreview | None = None


class ManageRequest(Message):
    owner_ids: list[str] = Field(default_factory=list, max_length=100)


class ManageManyRequest(ManageRequest):
    app_ids: list[str] = Field(min_length=1, max_length=1000)


class ManagedApps(Message):
    list: list[App]


def app_message(app: StoredApp) -> App:
    return App(
        id=app.id,
        display_name=app.display_name,
        description=app.description,
        parent_app_id=app.parent_app_id,
        is_manually_managed=app.is_manually_managed,
        is_managed=app.managed,
        user_count=app.user_count,
        created_at=app.created_at,
    )


def preview_message(
    cascade: Cascade, counts: Mapping[str, int], ending: tuple[int, int]
) -> DeletionPreview:
    connectors, linked_groups = ending
    return DeletionPreview(
        managed_apps=cascade.managed,
        unmanaged_apps=cascade.unmanaged,
        apps_with_connectors=cascade.with_connectors,
        accounts=counts.get("accounts", 0),
        resources=counts.get("resources", 0),
        entitlements=counts.get("entitlements", 0),
        grants=counts.get("grants", 0),
        connectors=connectors,
        linked_groups=linked_groups,
    )


def expected_cascade(preview: DeletionPreview) -> Cascade:
    return Cascade(preview.unmanaged_apps, preview.managed_apps, preview.apps_with_connectors)
