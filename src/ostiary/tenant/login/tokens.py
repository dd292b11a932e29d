"""Access and identity tokens: minted here, checked here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError

from ostiary.tenant.directory.objects import DirectoryObject
from ostiary.tenant.login.caller import Caller, TokenRejected
from ostiary.tenant.login.keys import SigningKey, base64url
from ostiary.tenant.login.registrations import AppRegistration
from ostiary.tenant.login.tenant_view import GRAPH_APP_ID, TenantView

_SHORTEST = 3599
_LONG_LIVED = 20 * 3600
_REMEMBERED_TOKENS = 4096
# In `wids` of every token, beside the roles held: what any app, any member may do.
_ANY_APP = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
_ANY_MEMBER = "b79fbf4d-3ef9-4689-8143-76b194e85509"


class Tokens:
    """v1.0-style Graph tokens of one tenant; lifetimes follow the tenant's clock."""

    def __init__(
        self,
        tenant: TenantView,
        key: SigningKey,
        now: Callable[[], datetime],
        graph_hosts: Iterable[str],
    ) -> None:
        self._tenant = tenant
        self._key = key
        self._now = now
        self._minted = count(1)
        self._known: dict[str, tuple[Caller, int]] = {}
        self._graph_hosts = {"graph.microsoft.com", *graph_hosts}

    @property
    def issuer(self) -> str:
        return f"https://sts.windows.net/{self._tenant.tenant_id}/"

    def for_app(
        self, app: AppRegistration, audience: str, *, proof: str, long_lived: bool = False
    ) -> tuple[str, int]:
        """Token and lifetime in seconds. `proof` is 1 for a secret, 2 for an assertion."""
        sp_id = self._tenant.service_principal_id(app.app_id)
        claims = {
            "app_displayname": app.display_name,
            "appid": app.app_id,
            "appidacr": proof,
            "idp": self.issuer,
            "idtyp": "app",
            "oid": sp_id,
            "roles": sorted(app.roles) if self.is_graph(audience) else [],
            "sub": sp_id,
            "wids": [*sorted(self._tenant.active_roles(sp_id)), _ANY_APP],
        }
        return self._access_token(audience, claims, long_lived)

    def for_user(
        self, app: AppRegistration, user: DirectoryObject, audience: str, scopes: Iterable[str]
    ) -> tuple[str, int]:
        """Delegated token and lifetime in seconds."""
        claims = {
            "app_displayname": app.display_name,
            "appid": app.app_id,
            "appidacr": "0" if app.public else "1",
            "idtyp": "user",
            "name": user.display_name,
            "oid": user.id,
            "scp": " ".join(sorted(scopes)),
            "sub": pairwise(app.app_id, user.id),
            "unique_name": user.props.get("userPrincipalName"),
            "upn": user.props.get("userPrincipalName"),
            "wids": [*sorted(self._tenant.active_roles(user.id)), _ANY_MEMBER],
        }
        return self._access_token(audience, claims, long_lived=False)

    def identity(
        self, app: AppRegistration, user: DirectoryObject, authority: str, nonce: str | None
    ) -> str:
        """OpenID Connect id_token, v2.0, for the app itself."""
        issued = int(self._now().timestamp())
        claims = {
            "aud": app.app_id,
            "iss": f"{authority}/{self._tenant.tenant_id}/v2.0",
            "iat": issued,
            "nbf": issued,
            "exp": issued + _SHORTEST + 1,
            "name": user.display_name,
            "oid": user.id,
            "preferred_username": user.props.get("userPrincipalName"),
            "sub": pairwise(app.app_id, user.id),
            "tid": self._tenant.tenant_id,
            "uti": self._unique(),
            "ver": "2.0",
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self._sign(claims)

    def is_graph(self, audience: str) -> bool:
        """Graph by its app id, its public name, or any name this simulator goes by."""
        if audience == GRAPH_APP_ID:
            return True
        try:
            return urlsplit(audience).hostname in self._graph_hosts
        except ValueError:  # not a URL at all
            return False

    def authorize(self, token: str) -> Caller:
        """Whose Graph access token this is; raises TokenRejected with Graph's reason."""
        known = self._known.get(token)
        caller, expires = known or self._read(token)
        if self._now().timestamp() >= expires:
            raise TokenRejected("Lifetime validation failed, the token is expired.")
        if known is None:
            if len(self._known) >= _REMEMBERED_TOKENS:
                self._known.clear()
            self._known[token] = caller, expires
        return caller

    def _read(self, token: str) -> tuple[Caller, int]:
        if token.count(".") != 2:
            raise TokenRejected("IDX14100: JWT is not well formed, there are no dots (.).")
        try:
            claims = jwt.decode(token, self._key.key, algorithms=["RS256"]).claims
        except (JoseError, ValueError) as error:
            raise TokenRejected("Access token validation failure.") from error
        if claims.get("iss") != self.issuer:
            raise TokenRejected("Access token validation failure. Invalid issuer.")
        if not self.is_graph(str(claims.get("aud"))):
            raise TokenRejected("Access token validation failure. Invalid audience.")
        return self._caller(claims), int(claims["exp"])

    def _caller(self, claims: dict[str, Any]) -> Caller:
        delegated = claims.get("idtyp") == "user"
        granted = str(claims.get("scp", "")).split() if delegated else claims["roles"]
        app_id = str(claims["appid"])
        return Caller(
            app_id=app_id,
            roles=frozenset(granted),
            tenant_id=str(claims["tid"]),
            sp_id=self._tenant.service_principal_id(app_id),
            directory_roles=frozenset(claims["wids"]) - {_ANY_APP, _ANY_MEMBER},
            user_id=str(claims["oid"]) if delegated else None,
        )

    def _access_token(
        self, audience: str, claims: dict[str, Any], long_lived: bool
    ) -> tuple[str, int]:
        unique = self._unique()
        issued = int(self._now().timestamp())
        lifetime = _lifetime(unique, long_lived)
        standard = {
            "aud": audience,
            "iss": self.issuer,
            "iat": issued,
            "nbf": issued,
            "exp": issued + lifetime,
            "tid": self._tenant.tenant_id,
            "tenant_region_scope": self._tenant.region_scope,
            "uti": unique,
            "ver": "1.0",
        }
        if long_lived:
            standard["xms_cc"] = ["CP1"]
        return self._sign(standard | claims), lifetime

    def _unique(self) -> str:
        seed = f"{self._tenant.tenant_id}/{next(self._minted)}".encode()
        return base64url(hashlib.sha256(seed).digest()[:16])

    def _sign(self, claims: dict[str, Any]) -> str:
        header = {"typ": "JWT", "alg": "RS256", "x5t": self._key.kid, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key.key)


def pairwise(app_id: str, user_id: str) -> str:
    """`sub` of a person, different for every app."""
    return base64url(hashlib.sha256(f"{app_id}/{user_id}".encode()).digest())


def _lifetime(unique: str, long_lived: bool) -> int:
    """60 to 90 minutes, or 20 to 28 hours for clients that take revocation events (cp1)."""
    spread = hashlib.sha256(unique.encode()).digest()
    share = int.from_bytes(spread[:4], "big") / 2**32
    if long_lived:
        return _LONG_LIVED + int(share * 8 * 3600)
    return _SHORTEST + int(share * 1800)
