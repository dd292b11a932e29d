"""Why the login host gave no token, in an administrator's words.

Source: "Microsoft Entra authentication and authorization error codes" (AADSTS), and answers of
live tenants.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ostiary.graph.answers import is_html
from ostiary.graph.faults import CredentialRefused, GraphError, MalformedReply, ServiceUnavailable


@dataclass(frozen=True)
class Identity:
    """Who asks for a token and where; nothing in it is secret.

    `thumbprint` is the certificate's SHA-1 in hexadecimal, as the portal shows it.
    """

    login_domain: str
    tenant: str = ""
    app: str = ""
    graph_domain: str = ""
    thumbprint: str = ""
    token_file: str = ""
    secret_is_an_id: bool = False


class LoginError(msgspec.Struct):
    """The token endpoint's error body."""

    error: str = ""
    error_description: str = ""
    error_codes: list[int] = []
    timestamp: str = ""
    trace_id: str = ""
    correlation_id: str = ""


_login_error = msgspec.json.Decoder(LoginError)
_CODE = re.compile(r"AADSTS(\d+)")

_CONSENT = (
    "No administrator has consented to what app {app} asks for in tenant {tenant}.",
    "In the app registration, under API permissions, choose Grant admin consent.",
)
_USER_FLOW = (
    "Entra treats app {app} as a user who signs in, and refuses: {said}",
    "Use a secret, a certificate or a workload identity of the app itself.",
)
_CONDITIONAL_ACCESS = (
    "A Conditional Access policy of tenant {tenant} blocks app {app}.",
    "Exclude the app from the policy, or run the connector from a place that the policy allows.",
)
_FEDERATED = (
    "In Certificates & secrets, under Federated credentials, compare the {field} with {of}."
)

_WORDS: dict[int, tuple[str, str]] = {
    7000215: (
        "Entra refused the secret of app {app}: it is none of the app's secrets.",
        "It may have been cut while copying, or belong to another app. In Certificates & secrets, "
        "create a new one and copy its Value column (it is shown once).",
    ),
    7000222: (
        "The secret of app {app} has expired.",
        "In Certificates & secrets, create a new one, copy its Value column (it is shown once) "
        "and put it in the place of the old one.",
    ),
    7000112: (
        "App {app} is disabled in tenant {tenant}.",
        "Under Enterprise applications, open its Properties and enable it for sign-in.",
    ),
    7000229: (
        "App {app} is registered but not present in tenant {tenant}.",
        "Grant admin consent once in that tenant, which brings it there.",
    ),
    700016: (
        "Tenant {tenant} has no app {app}.",
        "Compare the Application (client) ID and the Directory (tenant) ID with the Overview page "
        "of the app registration.",
    ),
    700038: (
        "{app} is not the ID of an app.",
        "Copy the Application (client) ID from the Overview page of the app registration.",
    ),
    90002: (
        "There is no tenant {tenant} at {login}.",
        "Compare the tenant with the Directory (tenant) ID on the app registration's Overview "
        "page. Tenants of national clouds have login hosts of their own.",
    ),
    900023: (
        "{tenant} is neither the ID nor a domain name of a tenant.",
        "Copy the Directory (tenant) ID from the app registration's Overview page.",
    ),
    50194: (
        "App {app} belongs to one tenant and cannot sign in through {tenant}.",
        "Give the Directory (tenant) ID instead.",
    ),
    1002012: (
        "{login} does not issue tokens for {graph}.",
        "Check that the Graph domain and the login domain belong to the same cloud.",
    ),
    500011: (
        "Tenant {tenant} does not know {graph}.",
        "Check that the Graph domain and the login domain belong to the same cloud.",
    ),
    70003: (
        "{login} does not accept this way to sign in.",
        "Check the login domain, or use a secret or a certificate.",
    ),
    700027: (
        "Entra does not know the certificate of app {app} (thumbprint {thumbprint}).",
        "In Certificates & secrets, under Certificates, upload its public part, or configure the "
        "certificate whose thumbprint is listed there.",
    ),
    700024: (
        "Entra refused what app {app} signed because of its time: this machine's clock differs "
        "from Entra's.",
        "Set the clock by a time server (NTP).",
    ),
    70021: (
        "App {app} trusts no workload identity like this one.",
        "In Certificates & secrets, under Federated credentials, add one with the issuer, subject "
        "and audience of the token in {token_file}.",
    ),
    700211: (
        "App {app} trusts no workload identity of this issuer.",
        _FEDERATED.format(field="issuer", of="the iss of the token in {token_file}"),
    ),
    700212: (
        "App {app} trusts no workload identity for this audience.",
        _FEDERATED.format(field="audience", of="the aud of the token in {token_file}"),
    ),
    700213: (
        "App {app} trusts no workload identity with this subject.",
        _FEDERATED.format(field="subject", of="the sub of the token in {token_file}"),
    ),
    65001: _CONSENT,
    90094: _CONSENT,
    90095: _CONSENT,
    50034: _USER_FLOW,
    50055: _USER_FLOW,
    50057: _USER_FLOW,
    50076: _USER_FLOW,
    50079: _USER_FLOW,
    50126: _USER_FLOW,
    53003: _CONDITIONAL_ACCESS,
    530003: _CONDITIONAL_ACCESS,
}
CAUSES: dict[int, str] = {
    7000215: "secret_unknown",
    7000222: "secret_expired",
    7000112: "app_disabled",
    7000229: "app_not_in_tenant",
    700016: "app_unknown",
    700038: "app_unknown",
    90002: "tenant_unknown",
    900023: "tenant_unknown",
    50194: "tenant_unknown",
    1002012: "wrong_cloud",
    500011: "wrong_cloud",
    700027: "certificate_unknown",
    700024: "clock_wrong",
    70021: "federation_unknown",
    700211: "federation_unknown",
    700212: "federation_unknown",
    700213: "federation_unknown",
    65001: "consent_missing",
    90094: "consent_missing",
    90095: "consent_missing",
    53003: "conditional_access",
    530003: "conditional_access",
}
"""For programs, by AADSTS code. A secret's ID in the place of its value has no code of its own."""

SECRET_ID_CAUSE = "secret_id_given"  # noqa: S105 - the name of a mistake
_SECRET_ID = (
    "Entra refused the secret of app {app}: this looks like the secret's ID, not its value.",
    "In Certificates & secrets, copy the Value column (it is shown once) and paste it here.",
)
_STALE_FILE = (
    "Entra refused the workload identity of app {app}: the token in {token_file} is no longer "
    "valid, or this machine's clock differs from Entra's.",
    "Check that the platform keeps renewing the file, and set the clock by a time server (NTP).",
)
_OTHER = ("{login} gave app {app} no token: {said}", "")


def login_fault(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    identity: Identity,
    secrets: Sequence[str] = (),
) -> GraphError:
    """The exception for a reply of the token endpoint that holds no token.

    Should the host quote one of `secrets` back, it ends here.
    """
    if status == 429 or status >= 500:
        return ServiceUnavailable(f"{identity.login_domain} answered {status}.", status=status)
    try:
        answer = _login_error.decode(body)
    except msgspec.DecodeError:
        return _not_json(status, headers, body, identity)
    for secret in filter(None, secrets):
        answer.error = answer.error.replace(secret, "[secret]")
        answer.error_description = answer.error_description.replace(secret, "[secret]")
    code = _code_of(answer)
    what, advice = (text.format_map(_names(identity, answer)) for text in _words(code, identity))
    refusal = CredentialRefused(
        what,
        status=status,
        code=f"AADSTS{code}" if code else answer.error,
        request_id=answer.trace_id,
        client_request_id=answer.correlation_id,
        date=answer.timestamp,
        advice=advice,
    )
    refusal.cause = _cause(code, identity)
    return refusal


def _cause(code: int, identity: Identity) -> str:
    if code == 7000215 and identity.secret_is_an_id:
        return SECRET_ID_CAUSE
    return CAUSES.get(code, "")


def _code_of(answer: LoginError) -> int:
    named = _CODE.search(answer.error_description)
    if named is not None:
        return int(named[1])
    return answer.error_codes[0] if answer.error_codes else 0


def _words(code: int, identity: Identity) -> tuple[str, str]:
    if code == 7000215 and identity.secret_is_an_id:
        return _SECRET_ID
    if code == 700024 and identity.token_file:
        return _STALE_FILE
    return _WORDS.get(code, _OTHER)


def _names(identity: Identity, answer: LoginError) -> dict[str, str]:
    said = answer.error_description.partition("Trace ID:")[0].strip() or answer.error
    return {
        "app": identity.app or "(none)",
        "tenant": identity.tenant or "(none)",
        "login": identity.login_domain,
        "graph": identity.graph_domain,
        "thumbprint": identity.thumbprint or "unknown",
        "token_file": identity.token_file or "its file",
        "said": said or "it gave no reason.",
    }


def _not_json(
    status: int, headers: Mapping[str, str], body: bytes, identity: Identity
) -> GraphError:
    what = "An HTML page" if is_html(headers, body) else "Something that is not JSON"
    return MalformedReply(
        f"{what} came from {identity.login_domain} ({status}) where a token was expected.",
        status=status,
        advice="Check the login domain, and whether a proxy answers in its place.",
        transient=200 <= status < 300,
    )
