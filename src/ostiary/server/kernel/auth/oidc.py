"""Sign-in with an OpenID Connect provider: authorization code flow with PKCE, state and nonce."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ostiary.server.kernel.auth.digests import derived
from ostiary.server.kernel.errors import AppError, Code, unavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
SCOPE = "openid profile email"
SKEW = timedelta(seconds=60)
TIMEOUT_SECONDS = 10.0
SHARED_ENTRA_TENANTS = frozenset({"common", "organizations", "consumers"})


class OidcSettings(BaseSettings):
    """`OSTIARY_OIDC_*`. Without an issuer or a tenant nobody signs in this way."""

    model_config = SettingsConfigDict(env_prefix="OSTIARY_OIDC_", frozen=True)

    provider: Literal["oidc", "entra"] = "oidc"
    tenant: str = Field(default="", description="Entra tenant id; stands for its issuer")
    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr | None = None
    display_name: str = ""
    trust_email: bool = Field(
        default=False,
        description="take e-mail addresses for verified although the provider does not say so",
    )

    @model_validator(mode="after")
    def _complete(self) -> OidcSettings:
        if not self.effective_issuer:
            return self
        if not self.client_id:
            raise ValueError("OSTIARY_OIDC_CLIENT_ID is missing")
        if self.tenant in SHARED_ENTRA_TENANTS:
            raise ValueError("OSTIARY_OIDC_TENANT must be one tenant, or anybody could sign in")
        if urlsplit(self.effective_issuer).scheme != "https":
            raise ValueError("the issuer must be an https URL")
        return self

    @property
    def effective_issuer(self) -> str:
        if self.provider == "entra" and self.tenant:
            return self.issuer or f"https://login.microsoftonline.com/{self.tenant}/v2.0"
        return self.issuer

    @property
    def label(self) -> str:
        """For the button."""
        return self.display_name or ("Microsoft Entra ID" if self.provider == "entra" else "SSO")


def configured_oidc() -> Oidc | None:
    """From the environment; None when no provider is set up."""
    settings = OidcSettings()
    return Oidc(settings) if settings.effective_issuer else None


@dataclass(frozen=True)
class Identity:
    """Whom the provider says somebody is."""

    issuer: str
    subject: str
    email: str
    email_is_verified: bool
    display_name: str


class OidcError(AppError):
    """The provider's answer proves nothing. The message is safe to show."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.UNAUTHENTICATED, message)


class Oidc:
    """`secret` is a random one per attempt, kept in a cookie of the browser that made it.

    State, nonce and PKCE verifier follow from it: an answer is good in that browser only.
    """

    def __init__(
        self, settings: OidcSettings, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.settings = settings
        self._transport = transport

    def authorization_url(self, secret: str, redirect_uri: str) -> str:
        metadata = self._discover()
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=derived(secret, "state"),
                nonce=derived(secret, "nonce"),
                code_verifier=derived(secret, "verifier"),
            )
        return str(url)

    def identify(
        self, secret: str, *, state: str, code: str, redirect_uri: str, now: datetime
    ) -> Identity:
        """OidcError unless the answer belongs to the attempt and the provider signed it for us."""
        if not hmac.compare_digest(state.encode(), derived(secret, "state").encode()):
            raise OidcError("This sign-in was not started here, or too long ago. Try again.")
        metadata = self._discover()
        id_token = self._redeem(metadata["token_endpoint"], code, secret, redirect_uri)
        claims = self._verified(id_token, self._get(metadata["jwks_uri"]))
        self._check(claims, derived(secret, "nonce"), now)
        return self._identity(claims)

    def _client(self, redirect_uri: str) -> Any:
        secret = self.settings.client_secret
        return OAuth2Client(
            client_id=self.settings.client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_post" if secret else "none",
            scope=SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            timeout=TIMEOUT_SECONDS,
        )

    def _discover(self) -> dict[str, Any]:
        issuer = self.settings.effective_issuer
        found = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise OidcError("The provider's metadata is of another issuer.")
        return found

    def _get(self, url: str) -> dict[str, Any]:
        try:
            with httpx2.Client(transport=self._transport, timeout=TIMEOUT_SECONDS) as client:
                answer: dict[str, Any] = client.get(url).raise_for_status().json()
                return answer
        except (httpx2.HTTPError, ValueError) as error:
            raise unavailable("The sign-in provider cannot be reached.") from error

    def _redeem(self, endpoint: str, code: str, secret: str, redirect_uri: str) -> str:
        try:
            with self._client(redirect_uri) as client:
                answer = client.fetch_token(
                    endpoint, code=code, code_verifier=derived(secret, "verifier")
                )
        except httpx2.HTTPError as error:
            raise unavailable("The sign-in provider cannot be reached.") from error
        except Exception as error:  # authlib raises what the provider says, in several classes
            raise OidcError("The sign-in provider refused. Try again.") from error
        return str(answer.get("id_token", ""))

    def _verified(self, id_token: str, keys: dict[str, Any]) -> dict[str, Any]:
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            return dict(jwt.decode(id_token, key_set, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError) as error:
            raise OidcError("The sign-in provider's answer is not signed by it.") from error

    def _check(self, claims: dict[str, Any], nonce: str, now: datetime) -> None:
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        client_id = self.settings.client_id
        if claims.get("iss") != self.settings.effective_issuer:
            raise OidcError("The answer is of another issuer.")
        if client_id not in audiences or claims.get("azp", client_id) != client_id:
            raise OidcError("The answer was meant for another application.")
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise OidcError("The answer belongs to another sign-in.")
        expires = claims.get("exp")
        if (
            not isinstance(expires, int | float)
            or expires + SKEW.total_seconds() <= now.timestamp()
        ):
            raise OidcError("The answer has expired.")

    def _identity(self, claims: dict[str, Any]) -> Identity:
        """Entra's `sub` differs per application; its `oid` is the object that directories know."""
        subject = claims.get("oid" if self.settings.provider == "entra" else "sub")
        if not isinstance(subject, str) or not subject:
            raise OidcError("The provider does not say who this is.")
        email = claims.get("email") or claims.get("preferred_username") or ""
        return Identity(
            issuer=self.settings.effective_issuer,
            subject=subject,
            email=str(email).strip(),
            email_is_verified=self._vouches_for_email(claims),
            display_name=str(claims.get("name") or email),
        )

    def _vouches_for_email(self, claims: dict[str, Any]) -> bool:
        """Entra says `xms_edov` (domain owner verified) where others say `email_verified`."""
        said = [claims.get("email_verified"), claims.get("xms_edov")] if "email" in claims else []
        return self.settings.trust_email or any(value in (True, "true", "1") for value in said)
