"""An OpenID Connect provider that never leaves the process."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey

from ostiary.server.kernel.clock import Clock

ISSUER = "https://login.corp.test/tenant/v2.0"
CLIENT_ID = "ostiary"


class Provider(httpx2.BaseTransport):
    """`claims` go into the next ID token, over what a right one would hold; None leaves one out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.signing_key = self.key
        self.metadata_issuer = ISSUER
        self.claims: dict[str, Any] = {}
        self._asked: dict[str, str] = {}
        self.is_down = False

    def authorize(self, url: str) -> str:
        """As the person's browser does; returns the query of the redirect back."""
        self._asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert self._asked["response_type"] == "code"
        assert self._asked["code_challenge_method"] == "S256"
        return f"state={self._asked['state']}&code=the-code"

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.is_down:
            raise httpx2.ConnectError("down")
        path = request.url.path
        if path.endswith("/openid-configuration"):
            return httpx2.Response(200, json=self._metadata())
        if path.endswith("/keys"):
            return httpx2.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        assert path.endswith("/token"), path
        return self._token(parse_qs(request.read().decode()))

    def _metadata(self) -> dict[str, str]:
        return {
            "issuer": self.metadata_issuer,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
        }

    def _token(self, form: dict[str, list[str]]) -> httpx2.Response:
        verifier = form["code_verifier"][0]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
        proven = challenge.rstrip(b"=").decode() == self._asked["code_challenge"]
        if form["code"] != ["the-code"] or form["client_secret"] != ["s3cret"] or not proven:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        answer = {"access_token": "x", "token_type": "Bearer", "id_token": self._id_token()}
        return httpx2.Response(200, content=json.dumps(answer))

    def _id_token(self) -> str:
        now = int(self._clock.now().timestamp())
        right = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": "subject-1",
            "iat": now,
            "exp": now + 600,
            "nonce": self._asked["nonce"],
            "email": "dana@corp.test",
            "email_verified": True,
            "name": "Dana",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signing_key)
