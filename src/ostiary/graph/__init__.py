"""A client for Microsoft Graph: tokens, throttle budget, paging, delta, batch, faults."""

from ostiary.graph.batch import BatchPart
from ostiary.graph.budget import Budget
from ostiary.graph.client import GraphClient
from ostiary.graph.clock import Clock, SystemClock
from ostiary.graph.clouds import UnknownCloud, login_domain
from ostiary.graph.credentials import (
    Credential,
    EntraCredential,
    Hosts,
    certificate,
    client_secret,
    managed_identity,
    workload_identity,
)
from ostiary.graph.domains import InvalidDomain, parse_domain
from ostiary.graph.faults import (
    BadRequest,
    CredentialRefused,
    DeltaExpired,
    ForeignLink,
    GraphError,
    MalformedReply,
    NotFound,
    NotLicensed,
    PageTokenExpired,
    PermissionMissing,
    ServiceUnavailable,
    Throttled,
    TokenRefused,
    Unreachable,
    UntrustedCertificate,
)
from ostiary.graph.observer import Ledger, Observer, StreamTotals
from ostiary.graph.pages import Page
from ostiary.graph.retry import RetryPolicy
from ostiary.graph.together import side_by_side
from ostiary.graph.tokens import AccessToken
from ostiary.graph.transport import Timeouts
from ostiary.graph.trust import UnreadableTrust

__all__ = [
    "AccessToken",
    "BadRequest",
    "BatchPart",
    "Budget",
    "Clock",
    "Credential",
    "CredentialRefused",
    "DeltaExpired",
    "EntraCredential",
    "ForeignLink",
    "GraphClient",
    "GraphError",
    "Hosts",
    "InvalidDomain",
    "Ledger",
    "MalformedReply",
    "NotFound",
    "NotLicensed",
    "Observer",
    "Page",
    "PageTokenExpired",
    "PermissionMissing",
    "RetryPolicy",
    "ServiceUnavailable",
    "StreamTotals",
    "SystemClock",
    "Throttled",
    "Timeouts",
    "TokenRefused",
    "UnknownCloud",
    "Unreachable",
    "UnreadableTrust",
    "UntrustedCertificate",
    "certificate",
    "client_secret",
    "login_domain",
    "managed_identity",
    "parse_domain",
    "side_by_side",
    "workload_identity",
]
