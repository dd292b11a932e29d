"""Graph's error answers in all their styles."""

import json

import pytest

from ostiary.graph import (
    BadRequest,
    DeltaExpired,
    GraphError,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    PermissionMissing,
    ServiceUnavailable,
    Throttled,
    TokenRefused,
)
from ostiary.graph.answers import classify, fault_of

KINDS: list[tuple[int, str, str, type[GraphError]]] = [
    (400, "Request_BadRequest", "m", BadRequest),
    (400, "Request_UnsupportedQuery", "m", BadRequest),
    (400, "Directory_ExpiredPageToken", "m", PageTokenExpired),
    (400, "syncStateNotFound", "The sync state generation is not found.", DeltaExpired),
    (404, "SyncStateNotFound", "m", DeltaExpired),
    (400, "UnknownError", "The sync state generation is not found. The delta token…", DeltaExpired),
    (410, "resyncRequired", "m", DeltaExpired),
    (400, "AadPremiumLicenseRequired", "m", NotLicensed),
    (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "m", NotLicensed),
    (401, "InvalidAuthenticationToken", "m", TokenRefused),
    (403, "Authorization_RequestDenied", "m", PermissionMissing),
    (403, "AccessDenied", "m", PermissionMissing),
    (403, "Authentication_MSGraphPermissionMissing", "m", PermissionMissing),
    (404, "Request_ResourceNotFound", "m", NotFound),
    (429, "TooManyRequests", "m", Throttled),
    (500, "UnknownError", "m", ServiceUnavailable),
    (503, "Directory_ReplicaUnavailable", "m", ServiceUnavailable),
]


@pytest.mark.parametrize(("status", "code", "message", "kind"), KINDS)
def test_status_and_code_together_decide(
    status: int, code: str, message: str, kind: type[GraphError]
) -> None:
    fault = classify(status, code, message)
    assert type(fault) is kind
    assert (fault.status, fault.code) == (status, code)


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "Directory_QuotaExceeded"), (409, "Conflict"), (501, "NotImplemented")],
)
def test_the_rest_is_a_plain_error(status: int, code: str) -> None:
    assert type(classify(status, code, "m")) is GraphError


def envelope(code: str, message: object) -> bytes:
    inner = {"date": "2026-11-21T09:00:00", "request-id": "r", "client-request-id": "c"}
    return json.dumps({"error": {"code": code, "message": message, "innerError": inner}}).encode()


def test_scopes_nested_in_a_json_message_of_pim_are_named() -> None:
    nested = json.dumps(
        {
            "errorCode": "PermissionScopeNotGranted",
            "message": "Authorization failed due to missing permission scope "
            "RoleEligibilitySchedule.Read.Directory,RoleManagement.ReadWrite.Directory.",
            "instanceAnnotations": [],
        }
    )
    fault = fault_of(403, {}, envelope("UnknownError", nested), "/roleManagement")
    assert isinstance(fault, PermissionMissing)
    assert fault.code == "PermissionScopeNotGranted"
    assert fault.permissions == (
        "RoleEligibilitySchedule.Read.Directory",
        "RoleManagement.ReadWrite.Directory",
    )
    assert "add RoleEligibilitySchedule.Read.Directory or RoleManagement" in fault.advice
    assert "admin consent" in fault.advice


def test_a_permission_named_in_plain_words_is_found() -> None:
    message = (
        "The principal does not have required Microsoft Graph permission(s): AuditLog.Read.All"
    )
    fault = classify(403, "Authentication_MSGraphPermissionMissing", message)
    assert isinstance(fault, PermissionMissing)
    assert fault.permissions == ("AuditLog.Read.All",)


def test_an_unnamed_permission_still_gets_advice() -> None:
    fault = classify(403, "Authorization_RequestDenied", "Insufficient privileges to complete.")
    assert isinstance(fault, PermissionMissing)
    assert fault.permissions == ()
    assert "API permissions" in fault.advice


@pytest.mark.parametrize(
    ("code", "message", "feature"),
    [
        (
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance "
            "license.",
            "Microsoft Entra ID P2 or Microsoft Entra ID Governance",
        ),
        (
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
            "Microsoft Entra ID P1 or P2",
        ),
    ],
)
def test_a_missing_licence_is_named(code: str, message: str, feature: str) -> None:
    fault = classify(403, code, message)
    assert isinstance(fault, NotLicensed)
    assert fault.feature == feature
    assert feature in str(fault)


def test_what_support_asks_for_is_kept() -> None:
    fault = fault_of(400, {}, envelope("Request_BadRequest", "bad"), "/users")
    assert fault.technical == (
        "status=400 code=Request_BadRequest path=/users request-id=r client-request-id=c "
        "date=2026-11-21T09:00:00"
    )
    assert str(fault) == "Microsoft Graph answered 400 Request_BadRequest: bad"


@pytest.mark.parametrize(
    "body",
    [
        envelope("Request_BadRequest", None),
        b'{"error": {"code": "Request_BadRequest"}}',
        b'{"error": {"code": "Request_BadRequest", "message": "{not json", "innerError": null}}',
        b'{"error": {"code": "Request_BadRequest", "message": "m", "details": [{"code": "x"}]}}',
    ],
)
def test_sparse_envelopes_are_read(body: bytes) -> None:
    assert type(fault_of(400, {}, body, "/users")) is BadRequest


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, TokenRefused), (410, DeltaExpired), (429, Throttled), (503, ServiceUnavailable)],
)
def test_a_status_that_speaks_for_itself_needs_no_envelope(
    status: int, kind: type[GraphError]
) -> None:
    assert type(fault_of(status, {}, b"", "/users")) is kind
