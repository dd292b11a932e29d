"""Refusals of the token endpoint: AADSTS numbers, OAuth error names, HTTP statuses.

Numbers and meanings: Microsoft's page on Entra authentication and authorization error codes.
Pairings of number, name and status were taken from answers of live tenants quoted in public issues.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_WITHOUT_ERROR_URI = frozenset({70003, 700038})

_ANSWERS: dict[int, tuple[int, str]] = {
    50034: (400, "invalid_grant"),
    50057: (400, "invalid_grant"),
    50058: (400, "login_required"),
    50059: (400, "invalid_request"),
    50126: (400, "invalid_grant"),
    50194: (400, "invalid_request"),
    54005: (400, "invalid_grant"),
    65001: (400, "invalid_grant"),
    65004: (400, "access_denied"),
    70000: (400, "invalid_grant"),
    70003: (400, "unsupported_grant_type"),
    70008: (400, "invalid_grant"),
    70011: (400, "invalid_scope"),
    70021: (400, "invalid_request"),
    90002: (400, "invalid_request"),
    90094: (400, "consent_required"),
    500011: (400, "invalid_resource"),
    501481: (400, "invalid_grant"),
    700003: (400, "invalid_grant"),
    700016: (400, "unauthorized_client"),
    700021: (401, "invalid_client"),
    700023: (401, "invalid_client"),
    700024: (401, "invalid_client"),
    700027: (401, "invalid_client"),
    700038: (400, "unauthorized_client"),
    700082: (400, "invalid_grant"),
    700211: (401, "invalid_client"),
    700212: (401, "invalid_client"),
    700213: (401, "invalid_client"),
    700054: (400, "unsupported_response_type"),
    900023: (400, "invalid_request"),
    900144: (400, "invalid_request"),
    1002012: (400, "invalid_scope"),
    7000215: (401, "invalid_client"),
    7000216: (401, "invalid_client"),
    7000218: (401, "invalid_client"),
    7000222: (401, "invalid_client"),
    50011: (400, "invalid_request"),
    501491: (400, "invalid_grant"),
}


class SignInError(Exception):
    """A refusal with its AADSTS number; `message` is what follows the number in the text."""

    def __init__(self, number: int, message: str, *, suberror: str | None = None) -> None:
        super().__init__(f"AADSTS{number}: {message}")
        self.number = number
        self.suberror = suberror
        self.status, self.error = _ANSWERS[number]


@dataclass(frozen=True, slots=True)
class Trace:
    """What identifies one exchange in the text of an error and in the response headers."""

    trace_id: str
    correlation_id: str
    at: datetime

    @property
    def timestamp(self) -> str:
        return self.at.strftime("%Y-%m-%d %H:%M:%SZ")

    def describe(self, error: SignInError) -> str:
        return (
            f"{error} Trace ID: {self.trace_id} Correlation ID: {self.correlation_id} "
            f"Timestamp: {self.timestamp}"
        )


def error_body(error: SignInError, trace: Trace) -> dict[str, Any]:
    """JSON of a refused token request."""
    body: dict[str, Any] = {
        "error": error.error,
        "error_description": trace.describe(error),
        "error_codes": [error.number],
        "timestamp": trace.timestamp,
        "trace_id": trace.trace_id,
        "correlation_id": trace.correlation_id,
    }
    if error.number not in _WITHOUT_ERROR_URI:
        body["error_uri"] = f"https://login.microsoftonline.com/error?code={error.number}"
    if error.suberror:
        body["suberror"] = error.suberror
    return body
