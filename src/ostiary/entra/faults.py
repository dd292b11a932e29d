"""Graph's failures in the words and with the status of the connector."""

from __future__ import annotations

from ostiary.connector.status import ConnectorError, Status
from ostiary.entra.permissions import PERMISSION_MISSING, feature_of, missing
from ostiary.graph import GraphError, UnreadableTrust, faults

_STATUS: tuple[tuple[type[GraphError], Status], ...] = (
    (faults.CredentialRefused, Status.UNAUTHENTICATED),
    (faults.TokenRefused, Status.UNAUTHENTICATED),
    (faults.PermissionMissing, Status.PERMISSION_DENIED),
    (faults.NotLicensed, Status.FAILED_PRECONDITION),
    (faults.NotFound, Status.NOT_FOUND),
    (faults.BadRequest, Status.INVALID_ARGUMENT),
    (faults.ForeignLink, Status.INTERNAL),
    (faults.MalformedReply, Status.UNAVAILABLE),
    (faults.PageTokenExpired, Status.UNAVAILABLE),
    (faults.DeltaExpired, Status.UNAVAILABLE),
    (faults.Throttled, Status.UNAVAILABLE),
    (faults.ServiceUnavailable, Status.UNAVAILABLE),
    (UnreadableTrust, Status.INVALID_ARGUMENT),
    (faults.UntrustedCertificate, Status.UNAVAILABLE),
    (faults.Unreachable, Status.UNAVAILABLE),
)

_CAUSES: tuple[tuple[type[GraphError], str], ...] = (
    (faults.NotLicensed, "license_missing"),
    (faults.Throttled, "throttled"),
    (faults.UntrustedCertificate, "certificate_untrusted"),
    (faults.Unreachable, "unreachable"),
    (faults.ServiceUnavailable, "unreachable"),
)


def as_connector_error(error: GraphError) -> ConnectorError:
    """The same failure, with what to do about it."""
    if isinstance(error, faults.PermissionMissing):
        return _permission(error)
    status = next((s for kind, s in _STATUS if isinstance(error, kind)), Status.UNKNOWN)
    details = {"graph": error.technical} if error.technical else {}
    return ConnectorError(
        status, error.message, remedy=error.advice, details=details, cause=_cause(error)
    )


def _cause(error: GraphError) -> str:
    if isinstance(error, faults.CredentialRefused):
        return error.cause
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), "")


def _permission(error: faults.PermissionMissing) -> ConnectorError:
    feature = feature_of(_without_version(error.path))
    details = {"graph": error.technical}
    if feature is None:
        return ConnectorError(
            Status.PERMISSION_DENIED,
            error.message,
            remedy=error.advice,
            details=details,
            cause=PERMISSION_MISSING,
        )
    finding = missing(feature)
    named = ", ".join(error.permissions)
    message = f"{finding.message} Graph names {named}." if named else finding.message
    return ConnectorError(
        Status.PERMISSION_DENIED,
        message,
        remedy=finding.remedy,
        details=details,
        cause=finding.cause,
    )


def _without_version(path: str) -> str:
    for version in ("/v1.0", "/beta"):
        path = path.removeprefix(version)
    return path
