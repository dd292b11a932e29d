"""Authorization codes and refresh tokens that are still good."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ostiary.tenant.login.errors import SignInError

CODE_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person agreed to give an app: an authorization code or refresh token stands for it."""

    app_id: str
    user_id: str
    scope: str
    redirect_uri: str
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str = "plain"


class Sessions:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._codes: dict[str, tuple[Grant, datetime]] = {}
        self._redeemed: set[str] = set()
        self._refresh: dict[str, tuple[Grant, datetime]] = {}

    def issue_code(self, grant: Grant) -> str:
        code = f"1.{secrets.token_urlsafe(48)}"
        self._codes[code] = grant, self._now() + CODE_LIFETIME
        return code

    def redeem_code(
        self, code: str, *, app_id: str, redirect_uri: str, verifier: str | None
    ) -> Grant:
        """Once only, by the app and address it was issued for, with the PKCE verifier if any."""
        if code in self._redeemed:
            raise SignInError(54005, "OAuth2 Authorization code was already redeemed.")
        if code not in self._codes:
            raise SignInError(70000, "The provided authorization code is malformed or unknown.")
        grant, expires = self._codes[code]
        if self._now() >= expires:
            raise SignInError(70008, "The provided authorization code has expired.")
        if grant.app_id != app_id or grant.redirect_uri != redirect_uri:
            raise SignInError(
                70000, "The code was issued to another client or for another 'redirect_uri'."
            )
        _check_verifier(grant, verifier)
        del self._codes[code]
        self._redeemed.add(code)
        return grant

    def issue_refresh(self, grant: Grant) -> str:
        token = f"1.{secrets.token_urlsafe(64)}"
        self._refresh[token] = grant, self._now() + REFRESH_LIFETIME
        return token

    def refresh(self, token: str, *, app_id: str) -> Grant:
        """Entra leaves the old token valid; the answer to a refresh brings a newer one."""
        if token not in self._refresh:
            raise SignInError(70000, "The provided refresh token is malformed or unknown.")
        grant, expires = self._refresh[token]
        if grant.app_id != app_id:
            raise SignInError(70000, "The refresh token was issued to another client.")
        if self._now() >= expires:
            raise SignInError(700082, "The refresh token has expired due to inactivity.")
        return grant


def _check_verifier(grant: Grant, verifier: str | None) -> None:
    if grant.code_challenge is None:
        return
    if not verifier:
        raise SignInError(501481, "The Code_Verifier is missing: the code was asked for with PKCE.")
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    answer = expected if grant.code_challenge_method == "S256" else verifier
    if not secrets.compare_digest(answer, grant.code_challenge):
        raise SignInError(
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization "
            "request.",
        )
