"""Every message and enum of c1.connector.v2. Generated; do not edit."""

from ostiary.baton.pb.c1.connector.v2.action_pb2 import (
    ACTION_TYPE_ACCOUNT as ACTION_TYPE_ACCOUNT,
    ACTION_TYPE_ACCOUNT_DISABLE as ACTION_TYPE_ACCOUNT_DISABLE,
    ACTION_TYPE_ACCOUNT_ENABLE as ACTION_TYPE_ACCOUNT_ENABLE,
    ACTION_TYPE_ACCOUNT_UPDATE_PROFILE as ACTION_TYPE_ACCOUNT_UPDATE_PROFILE,
    ACTION_TYPE_DYNAMIC as ACTION_TYPE_DYNAMIC,
    ACTION_TYPE_RESOURCE_CREATE as ACTION_TYPE_RESOURCE_CREATE,
    ACTION_TYPE_RESOURCE_DELETE as ACTION_TYPE_RESOURCE_DELETE,
    ACTION_TYPE_RESOURCE_DISABLE as ACTION_TYPE_RESOURCE_DISABLE,
    ACTION_TYPE_RESOURCE_ENABLE as ACTION_TYPE_RESOURCE_ENABLE,
    ACTION_TYPE_UNSPECIFIED as ACTION_TYPE_UNSPECIFIED,
    ActionType as ActionType,
    BATON_ACTION_STATUS_COMPLETE as BATON_ACTION_STATUS_COMPLETE,
    BATON_ACTION_STATUS_FAILED as BATON_ACTION_STATUS_FAILED,
    BATON_ACTION_STATUS_PENDING as BATON_ACTION_STATUS_PENDING,
    BATON_ACTION_STATUS_RUNNING as BATON_ACTION_STATUS_RUNNING,
    BATON_ACTION_STATUS_UNKNOWN as BATON_ACTION_STATUS_UNKNOWN,
    BATON_ACTION_STATUS_UNSPECIFIED as BATON_ACTION_STATUS_UNSPECIFIED,
    BatonActionSchema as BatonActionSchema,
    BatonActionStatus as BatonActionStatus,
    GetActionSchemaRequest as GetActionSchemaRequest,
    GetActionSchemaResponse as GetActionSchemaResponse,
    GetActionStatusRequest as GetActionStatusRequest,
    GetActionStatusResponse as GetActionStatusResponse,
    InvokeActionRequest as InvokeActionRequest,
    InvokeActionResponse as InvokeActionResponse,
    ListActionSchemasRequest as ListActionSchemasRequest,
    ListActionSchemasResponse as ListActionSchemasResponse,
)
from ostiary.baton.pb.c1.connector.v2.annotation_baton_id_pb2 import (
    BatonID as BatonID,
    ExternalResourceMatch as ExternalResourceMatch,
    ExternalResourceMatchAll as ExternalResourceMatchAll,
    ExternalResourceMatchID as ExternalResourceMatchID,
)
from ostiary.baton.pb.c1.connector.v2.annotation_entitlement_pb2 import (
    EntitlementImmutable as EntitlementImmutable,
)
from ostiary.baton.pb.c1.connector.v2.annotation_etag_pb2 import (
    ETag as ETag,
    ETagMatch as ETagMatch,
    ETagMetadata as ETagMetadata,
)
from ostiary.baton.pb.c1.connector.v2.annotation_exclusion_group_pb2 import (
    EntitlementExclusionGroup as EntitlementExclusionGroup,
)
from ostiary.baton.pb.c1.connector.v2.annotation_external_link_pb2 import (
    ExternalLink as ExternalLink,
)
from ostiary.baton.pb.c1.connector.v2.annotation_external_ticket_pb2 import (
    ExternalTicketRef as ExternalTicketRef,
    ExternalTicketSettings as ExternalTicketSettings,
)
from ostiary.baton.pb.c1.connector.v2.annotation_grant_pb2 import (
    GrantAlreadyExists as GrantAlreadyExists,
    GrantAlreadyRevoked as GrantAlreadyRevoked,
    GrantExpandable as GrantExpandable,
    GrantImmutable as GrantImmutable,
    GrantMetadata as GrantMetadata,
    InsertResourceGrants as InsertResourceGrants,
)
from ostiary.baton.pb.c1.connector.v2.annotation_grant_replaced_pb2 import (
    GrantReplaced as GrantReplaced,
)
from ostiary.baton.pb.c1.connector.v2.annotation_id_alias_pb2 import (
    Aliases as Aliases,
)
from ostiary.baton.pb.c1.connector.v2.annotation_ratelimit_pb2 import (
    RateLimitDescription as RateLimitDescription,
    RateLimitWaitReport as RateLimitWaitReport,
)
from ostiary.baton.pb.c1.connector.v2.annotation_raw_id_pb2 import (
    RawId as RawId,
)
from ostiary.baton.pb.c1.connector.v2.annotation_request_pb2 import (
    RequestId as RequestId,
)
from ostiary.baton.pb.c1.connector.v2.annotation_resource_deleted_pb2 import (
    ResourceDeleted as ResourceDeleted,
)
from ostiary.baton.pb.c1.connector.v2.annotation_resource_pb2 import (
    ResourceDoesNotExist as ResourceDoesNotExist,
)
from ostiary.baton.pb.c1.connector.v2.annotation_resource_tree_pb2 import (
    ChildResourceType as ChildResourceType,
    SkipEntitlements as SkipEntitlements,
    SkipEntitlementsAndGrants as SkipEntitlementsAndGrants,
    SkipGrants as SkipGrants,
)
from ostiary.baton.pb.c1.connector.v2.annotation_security_insight_pb2 import (
    Issue as Issue,
    RiskFactor as RiskFactor,
    RiskScore as RiskScore,
    SecurityInsightTrait as SecurityInsightTrait,
)
from ostiary.baton.pb.c1.connector.v2.annotation_session_pb2 import (
    SessionStoreUsage as SessionStoreUsage,
)
from ostiary.baton.pb.c1.connector.v2.annotation_source_cache_pb2 import (
    SourceCacheCapability as SourceCacheCapability,
    SourceCacheLookupAnswers as SourceCacheLookupAnswers,
    SourceCacheLookupAsk as SourceCacheLookupAsk,
    SourceCacheLookupOffer as SourceCacheLookupOffer,
    SourceCacheRecord as SourceCacheRecord,
    SourceCacheReplay as SourceCacheReplay,
)
from ostiary.baton.pb.c1.connector.v2.annotation_trait_pb2 import (
    AgentTrait as AgentTrait,
    AppTrait as AppTrait,
    DeviceOS as DeviceOS,
    GroupTrait as GroupTrait,
    LicenseProfileTrait as LicenseProfileTrait,
    ManagedDeviceTrait as ManagedDeviceTrait,
    NonHumanIdentityTrait as NonHumanIdentityTrait,
    RoleScopeCondition as RoleScopeCondition,
    RoleScopeConditions as RoleScopeConditions,
    RoleTrait as RoleTrait,
    ScopeBindingTrait as ScopeBindingTrait,
    SecretTrait as SecretTrait,
    UserTrait as UserTrait,
)
from ostiary.baton.pb.c1.connector.v2.annotation_type_scoped_entitlements_pb2 import (
    TypeScopedEntitlements as TypeScopedEntitlements,
)
from ostiary.baton.pb.c1.connector.v2.annotation_type_scoped_grants_pb2 import (
    EnqueuePageTokens as EnqueuePageTokens,
    TypeScopedGrants as TypeScopedGrants,
)
from ostiary.baton.pb.c1.connector.v2.annotation_v1_identifier_pb2 import (
    V1Identifier as V1Identifier,
)
from ostiary.baton.pb.c1.connector.v2.annotation_vendor_agreement_pb2 import (
    LineItem as LineItem,
    VendorAgreementTrait as VendorAgreementTrait,
)
from ostiary.baton.pb.c1.connector.v2.annotation_vendor_pb2 import (
    Money as Money,
    VendorTrait as VendorTrait,
)
from ostiary.baton.pb.c1.connector.v2.asset_pb2 import (
    AssetRef as AssetRef,
    AssetServiceGetAssetRequest as AssetServiceGetAssetRequest,
    AssetServiceGetAssetResponse as AssetServiceGetAssetResponse,
)
from ostiary.baton.pb.c1.connector.v2.config_pb2 import (
    ConfigSchema as ConfigSchema,
    Field as Field,
    FileField as FileField,
    RandomStringField as RandomStringField,
    SchemaServiceGetSchemaRequest as SchemaServiceGetSchemaRequest,
    SchemaServiceGetSchemaResponse as SchemaServiceGetSchemaResponse,
    SelectField as SelectField,
    StringField as StringField,
)
from ostiary.baton.pb.c1.connector.v2.connector_pb2 import (
    CAPABILITY_ACCOUNT_PROVISIONING as CAPABILITY_ACCOUNT_PROVISIONING,
    CAPABILITY_ACTIONS as CAPABILITY_ACTIONS,
    CAPABILITY_CREDENTIAL_ISSUE as CAPABILITY_CREDENTIAL_ISSUE,
    CAPABILITY_CREDENTIAL_ROTATION as CAPABILITY_CREDENTIAL_ROTATION,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_API_KEY as CAPABILITY_DETAIL_CREDENTIAL_OPTION_API_KEY,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_CLIENT_SECRET as CAPABILITY_DETAIL_CREDENTIAL_OPTION_CLIENT_SECRET,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_ENCRYPTED_PASSWORD as CAPABILITY_DETAIL_CREDENTIAL_OPTION_ENCRYPTED_PASSWORD,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_KEYPAIR as CAPABILITY_DETAIL_CREDENTIAL_OPTION_KEYPAIR,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_NO_PASSWORD as CAPABILITY_DETAIL_CREDENTIAL_OPTION_NO_PASSWORD,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_RANDOM_PASSWORD as CAPABILITY_DETAIL_CREDENTIAL_OPTION_RANDOM_PASSWORD,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_SSO as CAPABILITY_DETAIL_CREDENTIAL_OPTION_SSO,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_TOKEN as CAPABILITY_DETAIL_CREDENTIAL_OPTION_TOKEN,
    CAPABILITY_DETAIL_CREDENTIAL_OPTION_UNSPECIFIED as CAPABILITY_DETAIL_CREDENTIAL_OPTION_UNSPECIFIED,
    CAPABILITY_EVENT_FEED as CAPABILITY_EVENT_FEED,
    CAPABILITY_EVENT_FEED_V2 as CAPABILITY_EVENT_FEED_V2,
    CAPABILITY_PROVISION as CAPABILITY_PROVISION,
    CAPABILITY_RESOURCE_CREATE as CAPABILITY_RESOURCE_CREATE,
    CAPABILITY_RESOURCE_DELETE as CAPABILITY_RESOURCE_DELETE,
    CAPABILITY_SERVICE_MODE_TARGETED_SYNC as CAPABILITY_SERVICE_MODE_TARGETED_SYNC,
    CAPABILITY_SYNC as CAPABILITY_SYNC,
    CAPABILITY_SYNC_SECRETS as CAPABILITY_SYNC_SECRETS,
    CAPABILITY_TARGETED_SYNC as CAPABILITY_TARGETED_SYNC,
    CAPABILITY_TICKETING as CAPABILITY_TICKETING,
    CAPABILITY_UNSPECIFIED as CAPABILITY_UNSPECIFIED,
    Capability as Capability,
    CapabilityDetailCredentialOption as CapabilityDetailCredentialOption,
    CapabilityPermission as CapabilityPermission,
    CapabilityPermissions as CapabilityPermissions,
    ConnectorAccountCreationSchema as ConnectorAccountCreationSchema,
    ConnectorCapabilities as ConnectorCapabilities,
    ConnectorMetadata as ConnectorMetadata,
    ConnectorServiceCleanupRequest as ConnectorServiceCleanupRequest,
    ConnectorServiceCleanupResponse as ConnectorServiceCleanupResponse,
    ConnectorServiceGetMetadataRequest as ConnectorServiceGetMetadataRequest,
    ConnectorServiceGetMetadataResponse as ConnectorServiceGetMetadataResponse,
    ConnectorServiceValidateRequest as ConnectorServiceValidateRequest,
    ConnectorServiceValidateResponse as ConnectorServiceValidateResponse,
    CredentialDetails as CredentialDetails,
    CredentialDetailsAccountProvisioning as CredentialDetailsAccountProvisioning,
    CredentialDetailsCredentialIssue as CredentialDetailsCredentialIssue,
    CredentialDetailsCredentialRotation as CredentialDetailsCredentialRotation,
    CredentialIssueOptionDescriptor as CredentialIssueOptionDescriptor,
    Deprecated as Deprecated,
    IssuanceExpiryCapability as IssuanceExpiryCapability,
    OptInRequired as OptInRequired,
    ResourceTypeCapability as ResourceTypeCapability,
    SkipSyncAnomalyDetection as SkipSyncAnomalyDetection,
)
from ostiary.baton.pb.c1.connector.v2.entitlement_pb2 import (
    Entitlement as Entitlement,
    EntitlementsServiceListEntitlementsRequest as EntitlementsServiceListEntitlementsRequest,
    EntitlementsServiceListEntitlementsResponse as EntitlementsServiceListEntitlementsResponse,
    EntitlementsServiceListStaticEntitlementsRequest as EntitlementsServiceListStaticEntitlementsRequest,
    EntitlementsServiceListStaticEntitlementsResponse as EntitlementsServiceListStaticEntitlementsResponse,
)
from ostiary.baton.pb.c1.connector.v2.event_feed_pb2 import (
    CreateGrantEvent as CreateGrantEvent,
    CreateRevokeEvent as CreateRevokeEvent,
    EVENT_TYPE_CREATE_GRANT as EVENT_TYPE_CREATE_GRANT,
    EVENT_TYPE_CREATE_REVOKE as EVENT_TYPE_CREATE_REVOKE,
    EVENT_TYPE_RESOURCE_CHANGE as EVENT_TYPE_RESOURCE_CHANGE,
    EVENT_TYPE_UNSPECIFIED as EVENT_TYPE_UNSPECIFIED,
    EVENT_TYPE_USAGE as EVENT_TYPE_USAGE,
    Event as Event,
    EventFeedMetadata as EventFeedMetadata,
    EventType as EventType,
    GrantEvent as GrantEvent,
    ListEventFeedsRequest as ListEventFeedsRequest,
    ListEventFeedsResponse as ListEventFeedsResponse,
    ListEventsRequest as ListEventsRequest,
    ListEventsResponse as ListEventsResponse,
    ResourceChangeEvent as ResourceChangeEvent,
    RevokeEvent as RevokeEvent,
    UsageEvent as UsageEvent,
)
from ostiary.baton.pb.c1.connector.v2.grant_pb2 import (
    Grant as Grant,
    GrantManagerServiceGrantRequest as GrantManagerServiceGrantRequest,
    GrantManagerServiceGrantResponse as GrantManagerServiceGrantResponse,
    GrantManagerServiceRevokeRequest as GrantManagerServiceRevokeRequest,
    GrantManagerServiceRevokeResponse as GrantManagerServiceRevokeResponse,
    GrantSources as GrantSources,
    GrantsServiceListGrantsRequest as GrantsServiceListGrantsRequest,
    GrantsServiceListGrantsResponse as GrantsServiceListGrantsResponse,
)
from ostiary.baton.pb.c1.connector.v2.resource_pb2 import (
    AccountInfo as AccountInfo,
    CREDENTIAL_RESOURCE_MODE_DISCOVERABLE as CREDENTIAL_RESOURCE_MODE_DISCOVERABLE,
    CREDENTIAL_RESOURCE_MODE_UNSPECIFIED as CREDENTIAL_RESOURCE_MODE_UNSPECIFIED,
    CREDENTIAL_RESOURCE_MODE_VIRTUAL as CREDENTIAL_RESOURCE_MODE_VIRTUAL,
    CreateAccountRequest as CreateAccountRequest,
    CreateAccountResponse as CreateAccountResponse,
    CreateResourceRequest as CreateResourceRequest,
    CreateResourceResponse as CreateResourceResponse,
    CredentialIssueOptions as CredentialIssueOptions,
    CredentialOptions as CredentialOptions,
    CredentialResourceMode as CredentialResourceMode,
    DeleteResourceRequest as DeleteResourceRequest,
    DeleteResourceResponse as DeleteResourceResponse,
    DeleteResourceV2Request as DeleteResourceV2Request,
    DeleteResourceV2Response as DeleteResourceV2Response,
    EncryptedData as EncryptedData,
    EncryptionConfig as EncryptionConfig,
    ExternalId as ExternalId,
    IssueCredentialRequest as IssueCredentialRequest,
    IssueCredentialResponse as IssueCredentialResponse,
    KeyGenerationProfile as KeyGenerationProfile,
    LocalCredentialOptions as LocalCredentialOptions,
    PasswordConstraint as PasswordConstraint,
    PlaintextData as PlaintextData,
    Resource as Resource,
    ResourceGetterServiceGetResourceRequest as ResourceGetterServiceGetResourceRequest,
    ResourceGetterServiceGetResourceResponse as ResourceGetterServiceGetResourceResponse,
    ResourceId as ResourceId,
    ResourceType as ResourceType,
    ResourceTypesServiceListResourceTypesRequest as ResourceTypesServiceListResourceTypesRequest,
    ResourceTypesServiceListResourceTypesResponse as ResourceTypesServiceListResourceTypesResponse,
    ResourcesServiceListResourcesRequest as ResourcesServiceListResourcesRequest,
    ResourcesServiceListResourcesResponse as ResourcesServiceListResourcesResponse,
    RotateCredentialRequest as RotateCredentialRequest,
    RotateCredentialResponse as RotateCredentialResponse,
    Status as Status,
)
from ostiary.baton.pb.c1.connector.v2.ticket_pb2 import (
    Ticket as Ticket,
    TicketCustomField as TicketCustomField,
    TicketCustomFieldBoolValue as TicketCustomFieldBoolValue,
    TicketCustomFieldNumberValue as TicketCustomFieldNumberValue,
    TicketCustomFieldObjectValue as TicketCustomFieldObjectValue,
    TicketCustomFieldPickMultipleObjectValues as TicketCustomFieldPickMultipleObjectValues,
    TicketCustomFieldPickMultipleStringValues as TicketCustomFieldPickMultipleStringValues,
    TicketCustomFieldPickObjectValue as TicketCustomFieldPickObjectValue,
    TicketCustomFieldPickStringValue as TicketCustomFieldPickStringValue,
    TicketCustomFieldStringValue as TicketCustomFieldStringValue,
    TicketCustomFieldStringValues as TicketCustomFieldStringValues,
    TicketCustomFieldTimestampValue as TicketCustomFieldTimestampValue,
    TicketRequest as TicketRequest,
    TicketSchema as TicketSchema,
    TicketStatus as TicketStatus,
    TicketType as TicketType,
    TicketsServiceBulkCreateTicketsRequest as TicketsServiceBulkCreateTicketsRequest,
    TicketsServiceBulkCreateTicketsResponse as TicketsServiceBulkCreateTicketsResponse,
    TicketsServiceBulkGetTicketsRequest as TicketsServiceBulkGetTicketsRequest,
    TicketsServiceBulkGetTicketsResponse as TicketsServiceBulkGetTicketsResponse,
    TicketsServiceCreateTicketRequest as TicketsServiceCreateTicketRequest,
    TicketsServiceCreateTicketResponse as TicketsServiceCreateTicketResponse,
    TicketsServiceGetTicketRequest as TicketsServiceGetTicketRequest,
    TicketsServiceGetTicketResponse as TicketsServiceGetTicketResponse,
    TicketsServiceGetTicketSchemaRequest as TicketsServiceGetTicketSchemaRequest,
    TicketsServiceGetTicketSchemaResponse as TicketsServiceGetTicketSchemaResponse,
    TicketsServiceListTicketSchemasRequest as TicketsServiceListTicketSchemasRequest,
    TicketsServiceListTicketSchemasResponse as TicketsServiceListTicketSchemasResponse,
)
