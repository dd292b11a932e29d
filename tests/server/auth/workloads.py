"""A platform that gives its jobs tokens, as a CI system does, and what its jobs do with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.federation.fetching import get_json
from ostiary.server.kernel.auth.federation.issuers import Issuers
from ostiary.server.kernel.clock import Clock
from tests.server.auth.people import People, encoded

ISSUER = "https://ci.corp.test/oidc"
SUBJECT = "repo:acme/infra:ref:refs/heads/main"
CONDITION = f'claims.sub == "{SUBJECT}"'
PROVIDERS = "/api/v1/workload_federation/providers"
TOKEN = "/auth/v1/token"

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
OTHER_RSA = RSAKey.generate_key(2048, {"kid": "rsa"})

SigningKey = RSAKey | ECKey | OKPKey


class Platform(httpx2.BaseTransport):
    """Publishes `published` and signs with what it is told to."""

    def __init__(self, clock: Clock, issuer: str = ISSUER) -> None:
        self.clock = clock
        self.issuer = issuer
        self.published: list[dict[str, Any]] = [public(RSA)]
        self.metadata: dict[str, Any] = {"issuer": issuer, "jwks_uri": f"{issuer}/keys"}
        self.asked: list[str] = []
        self.is_down = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path.rpartition("/")[2])
        if self.is_down:
            raise httpx2.ConnectError("down")
        if request.url.path.endswith("/openid-configuration"):
            return answer(self.metadata)
        return answer({"keys": self.published})

    def claims(self, **other: Any) -> dict[str, Any]:
        """None leaves one out."""
        now = int(self.clock.now().timestamp())
        right = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": "127.0.0.1",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": "job-1",
            "repository": "acme/infra",
            "run_attempt": 1,
        }
        return {name: value for name, value in (right | other).items() if value is not None}

    def token(
        self,
        key: SigningKey = RSA,
        algorithm: str = "RS256",
        header: Mapping[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        head = {"typ": "JWT", "alg": algorithm, "kid": key.kid} | dict(header or {})
        return signed_with(key, algorithm, head, self.claims(**claims))


def answer(body: object) -> httpx2.Response:
    """As it comes from a socket: not read yet."""
    return httpx2.Response(200, stream=httpx2.ByteStream(json.dumps(body).encode()))


def signed_with(
    key: SigningKey, algorithm: str, header: Mapping[str, Any], claims: Mapping[str, Any]
) -> str:
    text = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    signature = JWSRegistry.algorithms[algorithm].sign(text.encode(), key)
    return f"{text}.{encoded(signature)}"


def public(key: SigningKey, **other: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), **other}


def trust_platform(app: FastAPI, platform: Platform) -> None:
    """The server asks this platform, whatever the host."""
    issuers = Issuers(lambda url: get_json(platform, url))
    app.state.authentication = replace(app.state.authentication, issuers=issuers)


def raw_ed25519(key: OKPKey) -> Ed25519PrivateKey:
    private = key.private_key
    assert isinstance(private, Ed25519PrivateKey)
    return private


class Workload:
    """A service principal, a provider, and a trust between them."""

    def __init__(self, people: People, admin: TestClient, **trust: Any) -> None:
        self.people = people
        self.admin = admin
        provider = {
            "displayName": "CI",
            "issuerUrl": ISSUER,
            "wellKnownProvider": "WELL_KNOWN_WORKLOAD_PROVIDER_CUSTOM",
            "oidc": {},
        }
        self.provider = _answer(admin.post(PROVIDERS, json=provider))["provider"]
        made = _answer(admin.post("/api/v1/service_principals", json={"displayName": "deployer"}))
        self.service = made["servicePrincipal"]["id"]
        self.trusts = f"/api/v1/service_principals/{self.service}/trusts"
        wish = {
            "providerId": self.provider["id"],
            "displayName": "main branch",
            "conditionExpression": CONDITION,
        }
        self.trust = _answer(admin.post(self.trusts, json=wish | trust))["trust"]
        self.client_id: str = self.trust["clientId"]
        self.path = f"{self.trusts}/{self.client_id.partition('@')[0]}"

    def give_roles(self, *names: str) -> None:
        _answer(self.admin.put(f"/api/v1/users/{self.service}/roles", json={"roleIds": names}))

    def form(self, token: str, **other: str) -> dict[str, str]:
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "client_id": self.client_id,
        } | other

    def exchange(self, token: str, address: str = "10.1.2.3", **other: str) -> httpx2.Response:
        client = self.people.anonymous(address=address)
        return client.post(TOKEN, data=self.form(token, **other))

    def bearer(self, token: str) -> TestClient:
        return self.people.bearer(_answer(self.exchange(token))["access_token"])

    def test(self, token: str, **other: str) -> dict[str, Any]:
        body = {"subjectToken": token, **other}
        return _answer(self.admin.post(f"{self.path}/test", json=body))

    def change(self, **trust: Any) -> None:
        _answer(self.admin.patch(self.path, json={"trust": trust}))


def refusal(reply: httpx2.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["error"]


def _answer(reply: httpx2.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer
