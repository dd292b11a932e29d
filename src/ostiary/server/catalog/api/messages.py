"""Shapes of resource types, resources and entitlements: c1.api.app.v1 (c1-api reference 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from ostiary.server.catalog.api.searching import SearchRequest
from ostiary.server.catalog.store import inventory
from ostiary.server.kernel.expansion import Expanded, ExpandMask
from ostiary.server.kernel.rest import FieldMask, Int64, Message, Timestamp

PURPOSE = "APP_ENTITLEMENT_PURPOSE_VALUE_"


class ImmutableCode(StrEnum):
    """Connectors tell them in the metadata of `EntitlementImmutable`, as `code` in lower case.
    Unspecified: access can be given and taken. Other: it cannot, for a reason only text tells."""

    UNSPECIFIED = "IMMUTABLE_CODE_UNSPECIFIED"
    OTHER = "IMMUTABLE_CODE_OTHER"
    DYNAMIC_GROUP = "IMMUTABLE_CODE_DYNAMIC_GROUP"
    SYNCED_FROM_ON_PREMISES = "IMMUTABLE_CODE_SYNCED_FROM_ON_PREMISES"
    MAIL_ENABLED_SECURITY_GROUP = "IMMUTABLE_CODE_MAIL_ENABLED_SECURITY_GROUP"
    DISTRIBUTION_LIST = "IMMUTABLE_CODE_DISTRIBUTION_LIST"
    INHERITED = "IMMUTABLE_CODE_INHERITED"
    NOT_ASSIGNED_TO_PEOPLE = "IMMUTABLE_CODE_NOT_ASSIGNED_TO_PEOPLE"
    SUBSCRIPTION_INACTIVE = "IMMUTABLE_CODE_SUBSCRIPTION_INACTIVE"
    ROLE_INACTIVE = "IMMUTABLE_CODE_ROLE_INACTIVE"


IMMUTABLE_CODES: Final = frozenset(ImmutableCode)


def _ids() -> Any:
    return Field(default_factory=list, max_length=1000)


class Expandable(Message):
    expanded: Expanded = Field(default_factory=list)


class AppResourceType(Message):
    id: str
    app_id: str
    display_name: str
    trait_ids: list[str]
    created_at: Timestamp
    updated_at: Timestamp
    deleted_at: Timestamp | None = None


class AppResourceTypeView(Message):
    app_resource_type: AppResourceType
    app_path: str = ""


class AppResourceTypeReply(Expandable):
    app_resource_type_view: AppResourceTypeView


class AppResourceTypeViewList(Expandable):
    list: list[AppResourceTypeView]
    next_page_token: str = ""


class AppResourceTypeList(Message):
    list: list[AppResourceType]
    next_page_token: str = ""


class SearchAppResourceTypesRequest(SearchRequest):
    query: str = ""
    app_ids: list[str] = _ids()
    resource_type_ids: list[str] = _ids()
    exclude_resource_type_ids: list[str] = _ids()
    resource_type_trait_ids: list[str] = _ids()
    exclude_resource_type_trait_ids: list[str] = _ids()


class AppResource(Message):
    id: str
    app_id: str
    app_resource_type_id: str
    display_name: str
    description: str
    custom_description: str
    external_id: str
    parent_app_resource_id: str
    parent_app_resource_type_id: str
    profile: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp
    deleted_at: Timestamp | None = None


class AppResourceView(Message):
    app_resource: AppResource
    app_path: str = ""
    resource_type_path: str = ""
    parent_resource_path: str = ""
    parent_resource_type_path: str = ""


class AppResourceReply(Expandable):
    app_resource_view: AppResourceView


class AppResourceList(Expandable):
    list: list[AppResourceView]
    next_page_token: str = ""


class AppResourceRef(Message):
    app_id: str = ""
    app_resource_type_id: str = ""
    app_resource_id: str


class SearchAppResourcesRequest(SearchRequest):
    """`appId` and `appIds` add up. Of `ownerUserIds`, "none" means resources without an owner."""

    unsupported = frozenset(
        {
            "agent_statuses",
            "app_user_ids",
            "credential_types",
            "direction",
            "nhi_types",
            "secret_aging",
            "sort_field",
            "with_open_findings",
        }
    )

    query: str = ""
    app_id: str = ""
    app_ids: list[str] = _ids()
    refs: list[AppResourceRef] = _ids()
    owner_user_ids: list[str] = _ids()
    unowned_only: bool = False
    resource_ids: list[str] = _ids()
    exclude_resource_ids: list[str] = _ids()
    resource_type_ids: list[str] = _ids()
    resource_type_trait_ids: list[str] = _ids()
    exclude_resource_type_trait_ids: list[str] = _ids()
    expand_mask: ExpandMask = Field(default_factory=ExpandMask)


class AppEntitlement(Message):
    """`immutable`, `immutableReason` and `immutableCode` are ours: why access cannot be given or
    taken here, for people and for programs."""

    id: str = ""
    app_id: str = ""
    app_resource_id: str = ""
    app_resource_type_id: str = ""
    display_name: str = ""
    description: str = ""
    slug: str = ""
    alias: str = ""
    external_id: str = ""
    purpose: str = f"{PURPOSE}UNSPECIFIED"
    grant_count: Int64 = 0
    source_connector_ids: dict[str, str] = Field(default_factory=dict)
    user_edited_mask: str = ""
    system_builtin: bool = False
    is_manually_managed: bool = False
    immutable: bool = False
    immutable_reason: str = ""
    immutable_code: ImmutableCode = ImmutableCode.UNSPECIFIED
    created_at: Timestamp | None = None
    updated_at: Timestamp | None = None
    deleted_at: Timestamp | None = None


class AppEntitlementView(Message):
    app_entitlement: AppEntitlement
    app_path: str = ""
    app_resource_path: str = ""
    app_resource_type_path: str = ""


class AppEntitlementReply(Expandable):
    app_entitlement_view: AppEntitlementView


class AppEntitlementList(Expandable):
    list: list[AppEntitlementView]
    next_page_token: str = ""


class UpdateAppEntitlementRequest(Message):
    entitlement: AppEntitlement
    update_mask: FieldMask | None = None
    expand_mask: ExpandMask = Field(default_factory=ExpandMask)


class AppEntitlementRef(Message):
    app_id: str = ""
    id: str


class SearchAppEntitlementsRequest(SearchRequest):
    unsupported = frozenset(
        {
            "access_review_id",
            "compliance_framework_ids",
            "include_deleted",
            "is_automated",
            "membership_type",
            "only_get_expiring",
            "policy_refs",
            "request_schema_ids",
            "risk_level_ids",
        }
    )

    query: str = ""
    display_name: str = ""
    alias: str = ""
    app_ids: list[str] = _ids()
    exclude_app_ids: list[str] = _ids()
    app_user_ids: list[str] = _ids()
    exclude_app_user_ids: list[str] = _ids()
    resource_trait_ids: list[str] = _ids()
    resource_ids: list[str] = _ids()
    resource_type_ids: list[str] = _ids()
    exclude_resource_type_ids: list[str] = _ids()
    refs: list[AppEntitlementRef] = _ids()
    excluded_entitlement_refs: list[AppEntitlementRef] = _ids()
    source_connector_id: str = ""
    exclude_immutable: bool = False
    expand_mask: ExpandMask = Field(default_factory=ExpandMask)


def type_message(kind: inventory.ResourceType) -> AppResourceType:
    return AppResourceType(
        id=kind.id,
        app_id=kind.app_id,
        display_name=kind.display_name,
        trait_ids=list(kind.traits),
        created_at=kind.created_at,
        updated_at=kind.since,
    )


def resource_message(resource: inventory.Resource) -> AppResource:
    return AppResource(
        id=resource.id,
        app_id=resource.app_id,
        app_resource_type_id=resource.type_id,
        display_name=resource.display_name,
        description=resource.description,
        custom_description=resource.custom_description,
        external_id=resource.external_id,
        parent_app_resource_id=resource.parent_id or "",
        parent_app_resource_type_id=resource.parent_type_id or "",
        profile=dict(resource.profile),
        created_at=resource.created_at,
        updated_at=resource.since,
    )


def entitlement_message(
    entitlement: inventory.Entitlement, grant_counts: Mapping[int, int]
) -> AppEntitlement:
    return AppEntitlement(
        id=entitlement.id,
        app_id=entitlement.app_id,
        app_resource_id=entitlement.resource_id,
        app_resource_type_id=entitlement.type_id,
        display_name=entitlement.display_name,
        description=entitlement.description,
        slug=entitlement.slug,
        alias=entitlement.alias,
        external_id=entitlement.external_id,
        purpose=f"{PURPOSE}{entitlement.purpose.upper()}",
        grant_count=grant_counts.get(entitlement.key, 0),
        source_connector_ids=_source(entitlement),
        system_builtin=entitlement.connector_id is None and not _made_here(entitlement),
        is_manually_managed=_made_here(entitlement),
        user_edited_mask=",".join(entitlement.edited),
        immutable=entitlement.immutable_reason is not None,
        immutable_reason=entitlement.immutable_reason or "",
        immutable_code=immutable_code(
            None if entitlement.immutable_reason is None else entitlement.immutable_code or "other"
        ),
        created_at=entitlement.created_at,
        updated_at=entitlement.since,
    )


def immutable_code(told: str | None) -> ImmutableCode:
    """From the connectors' words; None: nothing is in the way."""
    if told is None:
        return ImmutableCode.UNSPECIFIED
    name = f"IMMUTABLE_CODE_{told.upper()}"
    return ImmutableCode(name) if name in IMMUTABLE_CODES else ImmutableCode.OTHER


def _made_here(entitlement: inventory.Entitlement) -> bool:
    """A role made from a linked group."""
    return entitlement.connector_id is None and entitlement.external_id != "credential:access"


def _source(entitlement: inventory.Entitlement) -> dict[str, str]:
    connector_id = entitlement.connector_id
    return {} if connector_id is None else {connector_id: entitlement.external_id}
