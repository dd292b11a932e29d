"""Entra's side of a sign-in: where to send the browser, and what its answer proves.

Authorization code with PKCE and admin consent (Microsoft identity platform, v2.0 endpoints). State,
nonce and verifier follow from one random secret that stays here.
"""

from __future__ import annotations

import hmac
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.util import urlsafe_b64encode

from ostiary.server.connectors.oauth.application import EntraApplication
from ostiary.server.connectors.oauth.refusals import refused
from ostiary.server.kernel.auth.digests import derived, digest, new_token

ANY_TENANT: Final = "organizations"
SCOPE: Final = "openid profile"
SKEW: Final = timedelta(minutes=5)
TIMEOUT_SECONDS: Final = 15.0
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """Who signed in: `tenant_id` and `subject` (the object id) are lower-case GUIDs."""

    tenant_id: str
    subject: str
    login: str
    name: str


@dataclass(frozen=True)
class Login:
    """`tenant` narrows it to one; `redirect_uri` is registered with the application."""

    application: EntraApplication
    redirect_uri: str
    secret: str
    tenant: str = ""

    @property
    def url(self) -> str:
        """Where somebody signs in."""
        return self._url(
            "oauth2/v2.0/authorize",
            response_type="code",
            response_mode="query",
            scope=SCOPE,
            nonce=derived(self.secret, "nonce"),
            code_challenge=_challenge(derived(self.secret, "verifier")),
            code_challenge_method="S256",
            prompt="select_account",
        )

    @property
    def consent_url(self) -> str:
        """Where an administrator lets the application in."""
        return self._url(
            "v2.0/adminconsent", scope=f"https://{self.application.graph_domain}/.default"
        )

    def person(self, code: str, now: datetime) -> Person:
        """Who came back with `code`. AppError unless Entra signed it, for us, for this sign-in."""
        metadata = self._ask("GET", f"{self._realm}/v2.0/.well-known/openid-configuration")
        token = self._redeem(code, now)
        keys = self._get(str(metadata.get("jwks_uri", "")))
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            claims = dict(jwt.decode(token, key_set, algorithms=["RS256"]).claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise refused("token_untrusted", "it is not signed by it") from error
        return self._checked(claims, now)

    def _checked(self, claims: Mapping[str, Any], now: datetime) -> Person:
        tenant, subject = str(claims.get("tid", "")), str(claims.get("oid", ""))
        nonce = derived(self.secret, "nonce")
        issuer = f"https://{self.application.login_domain}/{tenant}/v2.0"
        seconds = now.timestamp()
        faults = {
            "it names no tenant": not GUID.fullmatch(tenant) or not subject,
            "it is of another issuer": claims.get("iss") != issuer,
            "it is for another application": claims.get("aud") != self.application.client_id,
            "it is of another sign-in": not hmac.compare_digest(
                str(claims.get("nonce", "")).encode(), nonce.encode()
            ),
            "it has expired": seconds > _number(claims, "exp", 0) + SKEW.total_seconds(),
            "it is not valid yet": seconds < _number(claims, "nbf", 0) - SKEW.total_seconds(),
        }
        if wrong := [fault for fault, holds in faults.items() if holds]:
            raise refused("token_untrusted", ", ".join(wrong))
        login = str(claims.get("preferred_username") or "")
        return Person(tenant.lower(), subject.lower(), login, str(claims.get("name") or login))

    def _redeem(self, code: str, now: datetime) -> str:
        path = f"{self._realm}/oauth2/v2.0/token"
        answer = self._ask(
            "POST",
            path,
            grant_type="authorization_code",
            client_id=self.application.client_id,
            code=code,
            redirect_uri=self.redirect_uri,
            code_verifier=derived(self.secret, "verifier"),
            scope=SCOPE,
            **self._proof(f"https://{self.application.login_domain}/{path}", now),
        )
        return str(answer.get("id_token", ""))

    def _proof(self, audience: str, now: datetime) -> dict[str, str]:
        secret = self.application.client_secret
        if secret is not None:
            return {"client_secret": secret.get_secret_value()}
        return {
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion(self.application, audience, now),
        }

    def _ask(self, method: str, path: str, **form: str) -> dict[str, Any]:
        return self._get(f"https://{self.application.login_domain}/{path}", method, form)

    def _get(
        self, url: str, method: str = "GET", form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Never to another host than the operator named: metadata may name any."""
        if not url.startswith(f"https://{self.application.login_domain}/"):
            raise refused("token_untrusted", "its keys are elsewhere")
        try:
            with httpx2.Client(
                verify=ssl.create_default_context(), timeout=TIMEOUT_SECONDS
            ) as client:
                reply = client.request(method, url, data=dict(form) if form else None)
            answer = reply.json()
        except httpx2.HTTPError as error:
            raise refused("login_unreachable", str(error)) from error
        except ValueError as error:
            raise refused("login_unreachable", "it does not answer as Entra does") from error
        if reply.status_code >= 400 or not isinstance(answer, dict):
            said = answer.get("error_description", "") if isinstance(answer, dict) else ""
            raise refused("code_refused", str(said))
        return answer

    def _url(self, path: str, **query: str) -> str:
        given = {
            "client_id": self.application.client_id,
            "redirect_uri": self.redirect_uri,
            "state": state_of(self.secret),
            **query,
        }
        return f"https://{self.application.login_domain}/{self._realm}/{path}?{urlencode(given)}"

    @property
    def _realm(self) -> str:
        return self.tenant or ANY_TENANT


def state_of(secret: str) -> str:
    return derived(secret, "state")


def assertion(application: EntraApplication, audience: str, now: datetime) -> str:
    """A client assertion signed by the certificate's key (RS256, x5t#S256)."""
    certificate = x509.load_pem_x509_certificate(application.pem)
    moment = int(now.timestamp())
    thumbprint = urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).decode()
    claims = {
        "aud": audience,
        "iss": application.client_id,
        "sub": application.client_id,
        "jti": new_token(),
        "nbf": moment,
        "exp": moment + 300,
    }
    header = {"alg": "RS256", "typ": "JWT", "x5t#S256": thumbprint}
    return jwt.encode(header, claims, RSAKey.import_key(_key_of(application.pem)))


def _key_of(pem: bytes) -> bytes:
    """The private key among the blocks."""
    found = re.search(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [^\n]*", pem, re.DOTALL)
    if found is None:
        raise refused("code_refused", "the operator's certificate comes without its key")
    return found[0]


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(digest(verifier)).decode()


def _number(claims: Mapping[str, Any], name: str, default: float) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else default
