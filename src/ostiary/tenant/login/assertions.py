"""Signed assertions as client credentials: the app's own certificate, or an outside issuer."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, RSAKey
from joserfc.jws import JWSRegistry

from ostiary.tenant.login.errors import SignInError
from ostiary.tenant.login.registrations import AppRegistration, FederatedCredential, Registrations

ALGORITHMS = ["RS256", "PS256"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_TOLERANCE = 300
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _AnyHeader(JWSRegistry):
    """A header may carry a whole certificate chain, and names of the client's own."""

    max_header_length = 16_384


_TOLERANT = _AnyHeader(algorithms=ALGORITHMS, strict_check_header=False)


class Assertions:
    """Checks `client_assertion`. `now` is the time of whoever signs, not the tenant's clock."""

    def __init__(self, registrations: Registrations, now: Callable[[], datetime]) -> None:
        self._registrations = registrations
        self._now = now

    def check(self, app: AppRegistration, assertion: str, audiences: Iterable[str]) -> None:
        """Raises SignInError unless `assertion` proves to be from `app`."""
        header, claims = _peek(assertion)
        if claims.get("iss") == app.app_id:
            self._check_own(app, assertion, header, claims, audiences)
        else:
            self._check_federated(app, assertion, header, claims)

    def _check_own(
        self,
        app: AppRegistration,
        assertion: str,
        header: dict[str, Any],
        claims: dict[str, Any],
        audiences: Iterable[str],
    ) -> None:
        if claims.get("sub") != app.app_id:
            raise SignInError(
                700021,
                "Client assertion application identifier doesn't match 'client_id' parameter.",
            )
        certificate = _registered(app, header)
        if certificate is None or not _verifies(assertion, _public_key(certificate)):
            raise SignInError(700027, _no_such_key(app, header, found=certificate is not None))
        self._check_times(claims)
        if not set(_strings(claims.get("aud"))) & set(audiences):
            raise SignInError(
                700023,
                f"Client assertion audience claim does not match Realm issuer. "
                f"It was '{claims.get('aud')}'; use the token endpoint.",
            )

    def _check_federated(
        self,
        app: AppRegistration,
        assertion: str,
        header: dict[str, Any],
        claims: dict[str, Any],
    ) -> None:
        _match(app.federated, claims)
        keys = self._registrations.issuers.get(str(claims["iss"]), [])
        candidates = [
            key for key in keys if None in (header.get("kid"), key.kid) or header["kid"] == key.kid
        ]
        if not any(_verifies(assertion, key) for key in candidates):
            raise SignInError(
                700027,
                "Client assertion failed signature validation: no key published by "
                f"'{claims['iss']}' verifies it.",
            )
        self._check_times(claims)

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._now()
        starts = _moment(claims.get("nbf"), _EPOCH)
        ends = _moment(claims.get("exp"), _EPOCH)
        early = (starts - now).total_seconds() > _TOLERANCE
        late = (now - ends).total_seconds() > _TOLERANCE
        if early or late:
            raise SignInError(
                700024,
                "Client assertion is not within its valid time range. "
                f"Current time: {_precise(now)}, assertion valid from {_precise(starts)}, "
                f"expiry time of assertion {_precise(ends)}.",
            )


def _match(credentials: list[FederatedCredential], claims: dict[str, Any]) -> None:
    issuer, subject = claims.get("iss"), claims.get("sub")
    audiences = _strings(claims.get("aud"))
    advice = "Compare issuer, subject and audience with the app's federated credentials."
    if not credentials:
        raise SignInError(
            70021,
            "No matching federated identity record found for presented assertion. "
            f"Assertion Issuer: '{issuer}'. Assertion Subject: '{subject}'. "
            f"Assertion Audience: '{', '.join(audiences)}'.",
        )
    by_issuer = [one for one in credentials if one.issuer == issuer]
    if not by_issuer:
        raise _no_record(700211, f"issuer '{issuer}'", advice)
    by_subject = [one for one in by_issuer if one.subject == subject]
    if not by_subject:
        raise _no_record(700213, f"subject '{subject}'", advice)
    if not any(one.audience in audiences for one in by_subject):
        raise _no_record(700212, f"audience '{', '.join(audiences)}'", advice)


def _no_record(number: int, what: str, advice: str) -> SignInError:
    return SignInError(
        number,
        f"No matching federated identity record found for presented assertion {what}. {advice}",
    )


def _peek(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        unpadded = assertion.replace("=", "").encode()
        parts = jws.extract_compact(unpadded, registry=_TOLERANT)
        return dict(parts.headers()), _json_object(parts.payload)
    except (JoseError, ValueError) as error:
        raise SignInError(
            700027, "Client assertion is malformed: it must be a signed JWT in compact form."
        ) from error


def _json_object(payload: bytes) -> dict[str, Any]:
    value = json.loads(payload)
    if not isinstance(value, dict):
        raise ValueError("claims are not an object")
    return value


def _verifies(assertion: str, key: Key) -> bool:
    """Over the text as it came: azure-identity's asynchronous credentials pad their base64."""
    header, _ = _peek(assertion)
    signed, _, signature = assertion.rpartition(".")
    try:
        algorithm = _TOLERANT.get_alg(str(header.get("alg")))
        return algorithm.verify(signed.encode(), _either_base64(signature), key)
    except (JoseError, ValueError):
        return False


def _registered(app: AppRegistration, header: dict[str, Any]) -> x509.Certificate | None:
    """The app's certificate named by `x5t#S256`, `x5t` (either base64) or the `x5c` leaf."""
    wanted = set(_thumbprints(header))
    for certificate in app.certificates:
        ours = {certificate.fingerprint(hashes.SHA1()), certificate.fingerprint(hashes.SHA256())}  # noqa: S303
        if ours & wanted:
            return certificate
    return None


def _thumbprints(header: dict[str, Any]) -> Iterator[bytes]:
    for name in ("x5t", "x5t#S256"):
        if header.get(name):
            yield _either_base64(str(header[name]))
    chain = header.get("x5c")
    if isinstance(chain, list) and chain:
        try:
            leaf = x509.load_der_x509_certificate(base64.b64decode(str(chain[0])))
        except ValueError:
            return
        yield leaf.fingerprint(hashes.SHA256())


def _either_base64(text: str) -> bytes:
    url_safe = text.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(url_safe + "=" * (-len(url_safe) % 4))
    except binascii.Error:
        return b""


def _public_key(certificate: x509.Certificate) -> RSAKey:
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return RSAKey.import_key(pem)


def _no_such_key(app: AppRegistration, header: dict[str, Any], *, found: bool) -> str:
    reason = (
        "Key was found, but use of the key to verify the signature failed."
        if found
        else "The key was not found."
    )
    prints = ", ".join(one.hex().upper() for one in _thumbprints(header)) or "none"
    return (
        "The certificate with identifier used to sign the client assertion is not registered on "
        f"application. [Reason - {reason}, Thumbprint of key used by client: '{prints}', "
        f"app id '{app.app_id}']"
    )


def _strings(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def _moment(value: object, default: datetime) -> datetime:
    if not isinstance(value, (int, float)):
        return default
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return default


def _precise(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
