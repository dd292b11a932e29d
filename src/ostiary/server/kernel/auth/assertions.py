"""Client assertions: JWTs signed with Ed25519 by the holder of a client secret.

As C1's clients and Baton connectors send them: header `{"alg": "EdDSA"}` with a nonce there or in
the claims, no key id; issuer and subject are the client id, the audience is the host they called.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature

from ostiary.server.kernel.auth.client_ids import decode_base64url, load_public_key

LONGEST_LIFE = timedelta(minutes=5)
CLOCK_SKEW = timedelta(seconds=60)
LARGEST = 8192
"""Characters; real ones have about 500."""


class BadAssertionError(Exception):
    """The message is for the log; the client only learns that it was refused."""


@dataclass(frozen=True)
class Assertion:
    """What was signed, not yet who signed it."""

    signing_input: bytes
    signature: bytes
    claims: dict[str, Any]

    @property
    def client_id(self) -> str:
        return str(self.claims["sub"])

    @property
    def digest(self) -> bytes:
        """Of what was signed: a signature can be spelt in several ways, this cannot."""
        return hashlib.sha256(self.signing_input).digest()

    @property
    def replayable_until(self) -> datetime:
        return _instant(self.claims, "exp") + CLOCK_SKEW


def read_assertion(text: str, *, now: datetime, audiences: Collection[str]) -> Assertion:
    """Checks everything except the signature. BadAssertionError says what is wrong."""
    assertion = _parse(text)
    _check_identity(assertion.claims)
    _check_times(assertion.claims, now)
    _check_audience(assertion.claims, audiences)
    return assertion


def signed_by(assertion: Assertion, public_keys: Iterable[bytes]) -> bytes | None:
    """Which of the keys signed it."""
    for key in filter(None, public_keys):
        try:
            load_public_key(key).verify(assertion.signature, assertion.signing_input)
        except InvalidSignature:
            continue
        return key
    return None


def _parse(text: str) -> Assertion:
    parts = text.split(".")
    if len(parts) != 3 or len(text) > LARGEST:
        raise BadAssertionError("not a compact JWS")
    try:
        header, claims = (json.loads(decode_base64url(part)) for part in parts[:2])
        signature = decode_base64url(parts[2])
    except (ValueError, RecursionError):
        raise BadAssertionError("not base64url of JSON") from None
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise BadAssertionError("header and claims must be objects")
    if header.get("alg") != "EdDSA":
        raise BadAssertionError("alg is not EdDSA")
    if "crit" in header:
        raise BadAssertionError("unknown critical header")
    return Assertion(f"{parts[0]}.{parts[1]}".encode(), signature, claims)


def _check_identity(claims: dict[str, Any]) -> None:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or claims.get("iss") != subject:
        raise BadAssertionError("issuer and subject must both be the client id")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    expires = _instant(claims, "exp")
    if expires + CLOCK_SKEW <= now:
        raise BadAssertionError("expired")
    if expires - now > LONGEST_LIFE + CLOCK_SKEW:
        raise BadAssertionError("lives too long")
    for name in ("nbf", "iat"):
        if name in claims and _instant(claims, name) > now + CLOCK_SKEW:
            raise BadAssertionError(f"{name} is in the future")


def _check_audience(claims: dict[str, Any], audiences: Collection[str]) -> None:
    named = claims.get("aud")
    if isinstance(named, str):
        named = [named]
    if not isinstance(named, list) or not any(name in audiences for name in named):
        raise BadAssertionError("meant for another audience")


def _instant(claims: dict[str, Any], name: str) -> datetime:
    seconds = claims.get(name)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BadAssertionError(f"{name} is missing or no number")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise BadAssertionError(f"{name} is out of range") from None
