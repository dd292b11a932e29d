"""Workload federation as the API says it: C1's schemas (c1.api.workload_federation.v1)."""

from __future__ import annotations

from typing import Final

from pydantic import Field

from ostiary.server.kernel.auth.client_ids import ClientId
from ostiary.server.kernel.auth.federation.checks import Step
from ostiary.server.kernel.auth.federation.platforms import Platform
from ostiary.server.kernel.auth.federation.store import Provider as StoredProvider
from ostiary.server.kernel.auth.federation.store import Trust as StoredTrust
from ostiary.server.kernel.auth.federation.trusts import KIND
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.paging import PagedRequest
from ostiary.server.kernel.rest import FieldMask, Message, Timestamp

_PREFIX = "WELL_KNOWN_WORKLOAD_PROVIDER_"
_PLATFORMS: Final[dict[str, Platform]] = {
    f"{_PREFIX}CUSTOM": "custom",
    f"{_PREFIX}GITHUB_ACTIONS": "github_actions",
    f"{_PREFIX}GITLAB_CI": "gitlab_ci",
    f"{_PREFIX}HCP_TERRAFORM": "hcp_terraform",
    f"{_PREFIX}AWS_IAM_OUTBOUND": "aws",
    f"{_PREFIX}SPIFFE": "spiffe",
}
_NAMES = {platform: name for name, platform in _PLATFORMS.items()}


def platform_named(name: str) -> Platform:
    platform = _PLATFORMS.get(name)
    if platform is None:
        raise invalid(f"wellKnownProvider must be one of {', '.join(_PLATFORMS)}")
    return platform


class OidcSettings(Message):
    pass


class SpiffeSettings(Message):
    bundle_endpoint_url: str = ""


class Provider(Message):
    id: str
    display_name: str
    description: str
    issuer_url: str
    well_known_provider: str
    disabled: bool
    oidc: OidcSettings | None = None
    spiffe: SpiffeSettings | None = None
    created_at: Timestamp
    updated_at: Timestamp


def provider_message(provider: StoredProvider) -> Provider:
    is_spiffe = provider.platform == "spiffe"
    return Provider(
        id=provider.public_id,
        display_name=provider.display_name,
        description=provider.description,
        issuer_url=provider.issuer,
        well_known_provider=_NAMES[provider.platform],
        disabled=provider.disabled,
        oidc=None if is_spiffe else OidcSettings(),
        spiffe=SpiffeSettings(bundle_endpoint_url=provider.bundle_url) if is_spiffe else None,
        created_at=provider.created_at,
        updated_at=provider.updated_at,
    )


class CreateProviderRequest(Message):
    display_name: str = ""
    description: str = ""
    issuer_url: str = ""
    well_known_provider: str = ""
    oidc: OidcSettings | None = None
    spiffe: SpiffeSettings | None = None


class ProviderInput(Message):
    display_name: str = ""
    description: str = ""
    disabled: bool = False
    spiffe: SpiffeSettings = Field(default_factory=SpiffeSettings)


class UpdateProviderRequest(Message):
    provider: ProviderInput
    update_mask: FieldMask | None = None


class ProviderReply(Message):
    provider: Provider


class ProviderList(Message):
    list: list[Provider]
    next_page_token: str = ""


class Trust(Message):
    """`lastUsedAt` is ours."""

    client_id: str
    service_principal_id: str
    provider_id: str
    display_name: str
    description: str
    condition_expression: str
    scoped_role_ids: list[str]
    allow_source_cidrs: list[str]
    passthrough_claims: list[str]
    disabled: bool
    created_at: Timestamp
    updated_at: Timestamp
    last_used_at: Timestamp | None = None


def trust_message(trust: StoredTrust, authority: str) -> Trust:
    return Trust(
        client_id=str(ClientId(trust.name, authority, KIND)),
        service_principal_id=trust.owner,
        provider_id=trust.provider,
        display_name=trust.display_name,
        description=trust.description,
        condition_expression=trust.condition,
        scoped_role_ids=trust.scoped_roles,
        allow_source_cidrs=trust.networks,
        passthrough_claims=trust.passthrough_claims,
        disabled=trust.disabled,
        created_at=trust.created_at,
        updated_at=trust.updated_at,
        last_used_at=trust.last_used_at,
    )


class TrustInput(Message):
    display_name: str = ""
    description: str = ""
    condition_expression: str = ""
    scoped_role_ids: list[str] = Field(default_factory=list)
    allow_source_cidrs: list[str] = Field(default_factory=list)
    passthrough_claims: list[str] = Field(default_factory=list)
    disabled: bool = False


class CreateTrustRequest(TrustInput):
    provider_id: str = ""


class UpdateTrustRequest(Message):
    trust: TrustInput
    update_mask: FieldMask | None = None


class TrustReply(Message):
    trust: Trust


class TrustList(Message):
    list: list[Trust]
    next_page_token: str = ""


class SearchTrustsRequest(PagedRequest):
    query: str = ""
    provider_id: str = ""
    service_principal_id: str = ""


class TestTokenRequest(Message):
    subject_token: str = Field(default="", max_length=64 * 1024)
    source_ip: str = ""


class StepResult(Message):
    step_name: str
    passed: bool = False
    skipped: bool = False
    detail: str = ""
    expected: str = ""
    actual: str = ""


def step_message(title: str, step: Step) -> StepResult:
    return StepResult(
        step_name=title,
        passed=step.passed,
        detail=step.detail,
        expected=step.expected,
        actual=step.actual,
    )


class TestTokenReply(Message):
    overall_result: bool
    jwt_decode: StepResult
    issuer_match: StepResult
    signature_validation: StepResult
    audience_validation: StepResult
    token_freshness: StepResult
    subject_validation: StepResult
    cel_evaluation: StepResult
    cidr_check: StepResult
    decoded_claims_json: str = ""


class TestCelRequest(Message):
    expression: str = ""
    claims_json: str = Field(default="", max_length=64 * 1024)


class TestCelReply(Message):
    expression: str
    matched: bool = False
    error: str = ""
