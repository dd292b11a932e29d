from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from ostiary.tenant.login.assertions import ASSERTION_TYPE
from ostiary.tenant.login.registrations import (
    FEDERATION_AUDIENCE,
    AppRegistration,
    FederatedCredential,
)
from ostiary.tenant.login.service import Login
from tests.tenant.login.conftest import CLIENT_NOW, GRAPH_SCOPE, TENANT_ID, Browser, ask_token

ISSUER = "https://token.ci.example"
SUBJECT = "repo:contoso/ostiary:ref:refs/heads/main"


class AnyHeader(JWSRegistry):
    max_header_length = 16_384


SIGNING = AnyHeader(algorithms=["RS256", "PS256"], strict_check_header=False)


class Certified:
    """A private key and its self-signed certificate."""

    def __init__(self) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "connector")])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(private.public_key())
            .serial_number(7)
            .not_valid_before(CLIENT_NOW - timedelta(days=1))
            .not_valid_after(CLIENT_NOW + timedelta(days=30))
            .sign(private, hashes.SHA256())
        )
        self.pem = private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + self.certificate.public_bytes(serialization.Encoding.PEM)
        self.key = RSAKey.import_key(self.pem.split(b"-----BEGIN CERT")[0], {"kid": "key-1"})

    def thumbprint(self, algorithm: hashes.HashAlgorithm) -> bytes:
        return self.certificate.fingerprint(algorithm)

    def header(self, style: str) -> dict[str, Any]:
        """The ways clients name their certificate."""
        sha1 = self.thumbprint(hashes.SHA1())
        sha256 = self.thumbprint(hashes.SHA256())
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        styles: dict[str, dict[str, Any]] = {
            "x5t base64url": {"x5t": base64.urlsafe_b64encode(sha1).decode().rstrip("=")},
            "x5t base64": {"x5t": base64.b64encode(sha1).decode()},
            "x5t#S256": {"x5t#S256": base64.urlsafe_b64encode(sha256).decode().rstrip("=")},
            "x5c": {"x5c": [base64.b64encode(der).decode()]},
        }
        return styles[style]


@pytest.fixture(scope="module")
def certified() -> Certified:
    return Certified()


@pytest.fixture(scope="module")
def stranger() -> Certified:
    return Certified()


def own_claims(app: AppRegistration, browser: Browser, **changes: Any) -> dict[str, Any]:
    now = int(CLIENT_NOW.timestamp())
    claims = {
        "aud": f"http://127.0.0.1:{browser.port}/{TENANT_ID}/oauth2/v2.0/token",
        "iss": app.app_id,
        "sub": app.app_id,
        "jti": "one",
        "nbf": now,
        "exp": now + 600,
    }
    return claims | changes


def sign(certified: Certified, claims: dict[str, Any], alg: str, **header: Any) -> str:
    return jwt.encode({"alg": alg, **header}, claims, certified.key, registry=SIGNING)


def form_for(app: AppRegistration, assertion: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": app.app_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": GRAPH_SCOPE,
    }


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
@pytest.mark.parametrize("style", ["x5t base64url", "x5t base64", "x5t#S256", "x5c"])
async def test_a_registered_certificate_signs_in_however_it_is_named(
    browser: Browser, app: AppRegistration, certified: Certified, alg: str, style: str
) -> None:
    app.certificates = [certified.certificate]
    assertion = sign(certified, own_claims(app, browser), alg, **certified.header(style))
    status, body = await ask_token(browser, form_for(app, assertion))
    assert status == 200, body


@pytest.mark.parametrize("path", ["v2.0", "oauth2/token", ""])
async def test_other_names_of_the_tenant_are_good_audiences(
    browser: Browser, app: AppRegistration, certified: Certified, path: str
) -> None:
    app.certificates = [certified.certificate]
    claims = own_claims(app, browser, aud=f"http://127.0.0.1:{browser.port}/{TENANT_ID}/{path}")
    assertion = sign(certified, claims, "RS256", **certified.header("x5t base64url"))
    assert (await ask_token(browser, form_for(app, assertion)))[0] == 200


async def test_a_certificate_that_is_not_registered_is_refused(
    browser: Browser, app: AppRegistration, certified: Certified, stranger: Certified
) -> None:
    app.certificates = [certified.certificate]
    header = stranger.header("x5t base64url")
    assertion = sign(stranger, own_claims(app, browser), "RS256", **header)
    status, body = await ask_token(browser, form_for(app, assertion))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [700027])
    assert "The key was not found" in body["error_description"]
    assert stranger.thumbprint(hashes.SHA1()).hex().upper() in body["error_description"]


async def test_a_signature_by_another_key_is_refused(
    browser: Browser, app: AppRegistration, certified: Certified, stranger: Certified
) -> None:
    app.certificates = [certified.certificate]
    header = certified.header("x5t base64url")
    assertion = sign(stranger, own_claims(app, browser), "RS256", **header)
    _, body = await ask_token(browser, form_for(app, assertion))
    assert body["error_codes"] == [700027]
    assert "Key was found" in body["error_description"]


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_skewed_clock_is_named_with_all_three_times(
    browser: Browser, app: AppRegistration, certified: Certified, shift: timedelta
) -> None:
    app.certificates = [certified.certificate]
    starts = int((CLIENT_NOW + shift).timestamp())
    claims = own_claims(app, browser, nbf=starts, exp=starts + 600)
    assertion = sign(certified, claims, "RS256", **certified.header("x5t base64url"))
    status, body = await ask_token(browser, form_for(app, assertion))
    assert (status, body["error_codes"]) == (401, [700024])
    assert "Current time: 2026-11-21T12:00:00.0000000Z" in body["error_description"]


@pytest.mark.parametrize(
    ("claims", "number"),
    [
        ({"aud": "https://login.microsoftonline.com/other/v2.0"}, 700023),
        ({"sub": "someone else"}, 700021),
    ],
)
async def test_an_assertion_for_someone_else_is_refused(
    browser: Browser,
    app: AppRegistration,
    certified: Certified,
    claims: dict[str, str],
    number: int,
) -> None:
    app.certificates = [certified.certificate]
    changed = own_claims(app, browser, **claims)
    assertion = sign(certified, changed, "RS256", **certified.header("x5t base64url"))
    status, body = await ask_token(browser, form_for(app, assertion))
    assert (status, body["error_codes"]) == (401, [number])


@pytest.mark.parametrize("assertion", ["rubbish", "a.b.c", "e30.e30.e30"])
async def test_what_is_not_a_jwt_is_refused(
    browser: Browser, app: AppRegistration, assertion: str
) -> None:
    status, body = await ask_token(browser, form_for(app, assertion))
    assert status in (400, 401)
    assert body["error_codes"][0] in (700027, 70021)


def outside_claims(**changes: Any) -> dict[str, Any]:
    now = int(CLIENT_NOW.timestamp())
    claims = {"iss": ISSUER, "sub": SUBJECT, "aud": FEDERATION_AUDIENCE, "exp": now + 300}
    return claims | changes


async def test_a_federated_token_signs_in_by_issuer_subject_and_audience(
    browser: Browser, app: AppRegistration, login: Login, certified: Certified
) -> None:
    app.federated = [FederatedCredential(ISSUER, SUBJECT)]
    login.registrations.issuers[ISSUER] = [certified.key]
    assertion = sign(certified, outside_claims(), "RS256", kid="key-1")
    status, body = await ask_token(browser, form_for(app, assertion))
    assert status == 200, body


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"iss": "https://elsewhere.example"}, 700211),
        ({"sub": "repo:contoso/other"}, 700213),
        ({"sub": SUBJECT.upper()}, 700213),
        ({"aud": "https://graph.microsoft.com"}, 700212),
    ],
)
async def test_a_federated_token_that_matches_no_record_says_which_part_differs(
    browser: Browser,
    app: AppRegistration,
    login: Login,
    certified: Certified,
    changes: dict[str, str],
    number: int,
) -> None:
    app.federated = [FederatedCredential(ISSUER, SUBJECT)]
    login.registrations.issuers[ISSUER] = [certified.key]
    assertion = sign(certified, outside_claims(**changes), "RS256")
    status, body = await ask_token(browser, form_for(app, assertion))
    assert (status, body["error"], body["error_codes"]) == (401, "invalid_client", [number])


async def test_an_app_without_federated_credentials_has_no_record_at_all(
    browser: Browser, app: AppRegistration, certified: Certified
) -> None:
    assertion = sign(certified, outside_claims(), "RS256")
    status, body = await ask_token(browser, form_for(app, assertion))
    assert (status, body["error"], body["error_codes"]) == (400, "invalid_request", [70021])


async def test_a_federated_token_needs_a_key_of_its_issuer(
    browser: Browser, app: AppRegistration, login: Login, certified: Certified, stranger: Certified
) -> None:
    app.federated = [FederatedCredential(ISSUER, SUBJECT)]
    login.registrations.issuers[ISSUER] = [certified.key]
    assertion = sign(stranger, outside_claims(), "RS256")
    _, body = await ask_token(browser, form_for(app, assertion))
    assert body["error_codes"] == [700027]


@pytest.mark.parametrize("exp", [1e300, "tomorrow", None])
async def test_an_expiry_that_is_no_time_is_no_validity(
    browser: Browser, app: AppRegistration, certified: Certified, exp: object
) -> None:
    app.certificates = [certified.certificate]
    claims = own_claims(app, browser, exp=exp)
    assertion = sign(certified, claims, "RS256", **certified.header("x5t base64url"))
    _, body = await ask_token(browser, form_for(app, assertion))
    assert body["error_codes"] == [700024]


async def test_an_expired_federated_token_is_refused(
    browser: Browser, app: AppRegistration, login: Login, certified: Certified
) -> None:
    app.federated = [FederatedCredential(ISSUER, SUBJECT)]
    login.registrations.issuers[ISSUER] = [certified.key]
    claims = outside_claims(exp=int(CLIENT_NOW.timestamp()) - 3600)
    _, body = await ask_token(browser, form_for(app, sign(certified, claims, "RS256")))
    assert body["error_codes"] == [700024]
