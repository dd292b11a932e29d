"""People with roles, and the ways they reach the server."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from starlette.testclient import TestClient

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import sessions, user_store, users
from ostiary.server.kernel.auth.caller import actor_of
from ostiary.server.kernel.auth.passwords import Passwords
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import Role
from ostiary.server.kernel.work import Kernel

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "correct horse battery staple"


class People:
    def __init__(self, kernel: Kernel, app: FastAPI) -> None:
        self.kernel = kernel
        self.app = app
        self._nonces = 0

    def anonymous(
        self, base_url: str = "https://127.0.0.1:8443", address: str = "10.1.2.3"
    ) -> TestClient:
        return self._browser(base_url, address)

    def _browser(self, base_url: str, address: str) -> TestClient:
        return TestClient(
            self.app, base_url=base_url, follow_redirects=False, client=(address, 50000)
        )

    def add(self, email: str, *roles: Role) -> User:
        """A local account whose password is PASSWORD."""
        with self.kernel.work(SYSTEM) as unit:
            user = users.create_person(unit, email, email.partition("@")[0].title(), "local")
            user_store.set_password(unit, user, CHEAP.hash(PASSWORD))
            return users.set_roles(unit, user, [role.id for role in roles])

    def sign_in(self, email: str, password: str = PASSWORD, **options: str) -> TestClient:
        """A browser in which somebody is signed in; it sends the session's CSRF token."""
        browser = self.anonymous(**options)
        answer = browser.post("/auth/sign_in", data={"email": email, "password": password})
        assert answer.status_code == 303, answer.text
        browser.headers["x-csrf-token"] = browser.get("/auth/session").json()["csrfToken"]
        return browser

    def session_of(self, user: User) -> TestClient:
        """A fresh session without the trouble of signing in."""
        with self.kernel.work(actor_of(user)) as unit:
            cookie = sessions.open_session(unit, user, replacing="", address="", user_agent="")
        browser = self._browser("https://127.0.0.1:8443", "10.1.2.3")
        browser.cookies.set("__Host-ostiary", cookie)
        browser.headers["x-csrf-token"] = sessions.csrf_token(cookie)
        return browser

    def browser_of(self, email: str, *roles: Role) -> TestClient:
        self.add(email, *roles)
        return self.sign_in(email)

    def bearer(self, token: str, address: str = "10.1.2.3") -> TestClient:
        client = self.anonymous(address=address)
        client.headers["authorization"] = f"Bearer {token}"
        return client

    def new_nonce(self) -> str:
        """Clients send one so that two assertions of the same second differ."""
        self._nonces += 1
        return f"{self._nonces:032x}"

    def audit_actions(self) -> list[str]:
        with self.kernel.read() as connection:
            rows = connection.exec_driver_sql("SELECT action FROM audit_entries ORDER BY sequence")
            return [row[0] for row in rows]


def private_key(secret: str) -> Ed25519PrivateKey:
    jwk = json.loads(_decode(secret.split(":")[3]))
    return Ed25519PrivateKey.from_private_bytes(_decode(jwk["d"]))


def claims_of(client_id: str, now: datetime, **other: Any) -> dict[str, Any]:
    """As cone makes them."""
    seconds = int(now.timestamp())
    standard = {
        "iss": client_id,
        "sub": client_id,
        "aud": ["127.0.0.1"],
        "iat": seconds,
        "nbf": seconds - 120,
        "exp": seconds + 120,
    }
    return {name: value for name, value in (standard | other).items() if value is not None}


def signed(
    key: Ed25519PrivateKey, claims: Mapping[str, Any], header: Mapping[str, Any] | None = None
) -> str:
    head = {"alg": "EdDSA", "nonce": "0123456789abcdef0123456789abcdef"} | dict(header or {})
    text = f"{encoded(json.dumps(head).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{text}.{encoded(key.sign(text.encode()))}"


def assertion_form(assertion: str, client_id: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }


def code_in(link: str) -> str:
    match = re.search(r"#([A-Za-z0-9_-]{43})$", link)
    assert match, link
    return match[1]


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
