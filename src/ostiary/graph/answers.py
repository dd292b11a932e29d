"""Graph's error answers, read into exceptions.

Graph's services style their errors differently (the directory, PIM, reports), so neither status
nor code decides alone. Source: "Microsoft Graph error responses and resource types", and answers
of live tenants.
"""

import re
from collections.abc import Mapping

import msgspec

from ostiary.graph import faults
from ostiary.graph.faults import GraphError

_PERMISSION = re.compile(r"\b[A-Z][A-Za-z]*(?:-[A-Z][A-Za-z]*)?(?:\.[A-Z][A-Za-z]+){1,3}\b")
_LICENSE_CODES = frozenset(
    {
        "AadPremiumLicenseRequired",
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
    }
)
_LICENSE_NAMED = re.compile(r"needs to have (?:an? |the )?(?P<feature>.+?) licen[cs]es?\b")
_RESYNC = re.compile(r"sync ?state ?(generation is )?not ?found", re.IGNORECASE)
_QUOTA = "Directory_QuotaExceeded"
_ADVICE: dict[type[GraphError], str] = {
    faults.TokenRefused: "Check that the Graph domain and the login domain belong to the same "
    "cloud, and that the app is still enabled.",
    faults.Throttled: "Something else may be using up this app's allowance in the tenant. Find "
    "out what, or run again later.",
    faults.ServiceUnavailable: "Look at the Microsoft 365 service health, and run again later.",
}


class InnerError(msgspec.Struct, rename={"request_id": "request-id"}):
    date: str = ""
    request_id: str = ""
    client_request_id: str = msgspec.field(default="", name="client-request-id")


class ErrorBody(msgspec.Struct, rename="camel"):
    code: str = ""
    message: str | None = None
    inner_error: InnerError | None = None


class Envelope(msgspec.Struct):
    error: ErrorBody


class NestedError(msgspec.Struct, rename="camel"):
    """PIM answers with this as a JSON string in `message`."""

    error_code: str = ""
    message: str = ""


_envelope = msgspec.json.Decoder(Envelope)
_nested = msgspec.json.Decoder(NestedError)


def fault_of(status: int, headers: Mapping[str, str], body: bytes, path: str) -> GraphError:
    """The exception that a reply outside 2xx stands for."""
    try:
        error = _envelope.decode(body).error
    except msgspec.DecodeError:
        return _without_envelope(status, headers, body, path)
    code, message = _unnested(error.code, error.message or "")
    fault = classify(status, code, message)
    inner = error.inner_error or InnerError()
    fault.path = path
    fault.request_id = headers.get("request-id") or inner.request_id
    fault.client_request_id = headers.get("client-request-id") or inner.client_request_id
    fault.date = inner.date or headers.get("Date", "")
    if isinstance(fault, faults.DeltaExpired):
        fault.restart_link = headers.get("Location")
    return fault


def classify(status: int, code: str, message: str) -> GraphError:
    kind = _kind(status, code, message)
    advice = _ADVICE.get(kind, "")
    fault = kind(_sentence(status, code, message), status=status, code=code, advice=advice)
    if isinstance(fault, faults.PermissionMissing):
        fault.permissions = tuple(dict.fromkeys(_PERMISSION.findall(message)))
        fault.advice = _permission_advice(fault.permissions)
    if isinstance(fault, faults.NotLicensed):
        fault.feature = _feature(message)
        fault.advice = f"This needs {fault.feature} in the tenant."
    return fault


def _kind(status: int, code: str, message: str) -> type[GraphError]:
    if code in _LICENSE_CODES:
        return faults.NotLicensed
    if code == "Directory_ExpiredPageToken":
        return faults.PageTokenExpired
    if status == 410 or (400 <= status < 410 and _RESYNC.search(f"{code} {message}")):
        return faults.DeltaExpired
    if status == 403 and code != _QUOTA:
        return faults.PermissionMissing
    if status >= 500 and status != 501:
        return faults.ServiceUnavailable
    return {
        400: faults.BadRequest,
        401: faults.TokenRefused,
        404: faults.NotFound,
        429: faults.Throttled,
    }.get(status, GraphError)


def _sentence(status: int, code: str, message: str) -> str:
    said = f": {message}" if message else "."
    return f"Microsoft Graph answered {status} {code}".rstrip() + said


def _unnested(code: str, message: str) -> tuple[str, str]:
    if not message.lstrip().startswith("{"):
        return code, message
    try:
        nested = _nested.decode(message)
    except msgspec.DecodeError:
        return code, message
    return nested.error_code or code, nested.message or message


def _permission_advice(permissions: tuple[str, ...]) -> str:
    if not permissions:
        return (
            "The app lacks a permission for this. In the app registration, under API permissions, "
            "add the application permission that the feature needs and grant admin consent."
        )
    return (
        f"In the app registration, under API permissions, add {' or '.join(permissions)} as "
        "application permission and grant admin consent."
    )


def _feature(message: str) -> str:
    named = _LICENSE_NAMED.search(message)
    return named["feature"] if named else "Microsoft Entra ID P1 or P2"


def _without_envelope(
    status: int, headers: Mapping[str, str], body: bytes, path: str
) -> GraphError:
    """Replies whose status speaks for itself, and strangers' pages, which prove nothing."""
    request_id = headers.get("request-id", "")
    if status in (401, 429) or status >= 500 or status == 410:
        fault = classify(status, "", "an HTML page" if is_html(headers, body) else "")
        fault.path, fault.request_id, fault.date = path, request_id, headers.get("Date", "")
        if isinstance(fault, faults.DeltaExpired):
            fault.restart_link = headers.get("Location")
        return fault
    return not_json(status, headers, body, path, transient=False)


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    return "html" in headers.get("Content-Type", "").lower() or body.lstrip()[:1] == b"<"


def not_json(
    status: int, headers: Mapping[str, str], body: bytes, path: str, *, transient: bool
) -> faults.MalformedReply:
    if is_html(headers, body):
        what = f"An HTML page came ({status}) where Microsoft Graph's JSON was expected."
        advice = "Something on the way answers for Graph, such as a proxy or a sign-in page."
    else:
        what = f"Microsoft Graph's reply ({status}) is not whole JSON."
        advice = ""
    return faults.MalformedReply(
        what,
        status=status,
        request_id=headers.get("request-id", ""),
        path=path,
        advice=advice,
        transient=transient,
    )
