"""Opaque tokens: what a client carries from page to page and must never read or make up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from itertools import count
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

T = TypeVar("T")
_NONCE = 12


class Sealer:
    """AES-GCM under a key derived from `secret`; the same calls give the same tokens."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(sha256(secret.encode()).digest())
        self._nonces = count(1)
        self._encode = msgspec.msgpack.Encoder().encode

    def seal(self, value: object) -> str:
        nonce = next(self._nonces).to_bytes(_NONCE, "big")
        sealed = self._cipher.encrypt(nonce, self._encode(value), None)
        return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")

    def open(self, token: str, into: type[T]) -> T | None:
        """None when the token was not sealed here, was changed, or holds something else."""
        try:
            raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
            plain = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], None)
            return msgspec.msgpack.decode(plain, type=into)
        except (ValueError, InvalidTag, msgspec.DecodeError):
            return None
