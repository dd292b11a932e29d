"""Random secrets that we hand out and keep only as a digest."""

from __future__ import annotations

import base64
import hashlib
import secrets

RANDOM_BYTES = 32


def new_token(prefix: str = "") -> str:
    """256 random bits; the prefix lets scanners of leaked secrets recognise it."""
    return prefix + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> bytes:
    """SHA-256. Looking a secret up by it leaks no timing of use, and needs no salt at 256 bits."""
    return hashlib.sha256(secret.encode()).digest()


def derived(secret: str, purpose: str) -> str:
    """43 characters for one purpose that say nothing about the secret or about other purposes."""
    value = hashlib.sha256(f"{purpose}\0{secret}".encode()).digest()
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
