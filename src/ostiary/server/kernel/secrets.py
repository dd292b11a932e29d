"""Secrets at rest: AES-256-GCM, the key's id in the ciphertext, so that keys can change."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 8
NONCE_BYTES = 12
SHORTEST_SIGNATURE = 16
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES


class UndecryptableError(Exception):
    """Not one of our ciphertexts, or altered, or of another purpose, or its key is gone."""


class Key:
    """32 random bytes. The id is a hash: it tells keys apart and gives nothing away."""

    def __init__(self, material: bytes) -> None:
        if len(material) != KEY_BYTES:
            raise ValueError(f"an encryption key has {KEY_BYTES} bytes, not {len(material)}")
        self.material = material
        self.id = hashlib.sha256(b"ostiary key id" + material).digest()[:KEY_ID_BYTES]
        self._cipher = AESGCM(material)

    def seal(self, plaintext: bytes, purpose: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        header = VERSION + self.id
        return header + nonce + self._cipher.encrypt(nonce, plaintext, header + purpose.encode())

    def open(self, ciphertext: bytes, purpose: str) -> bytes:
        header, rest = ciphertext[:HEADER_BYTES], ciphertext[HEADER_BYTES:]
        try:
            return self._cipher.decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], header + purpose.encode()
            )
        except (InvalidTag, ValueError):
            raise UndecryptableError(f"not a secret for {purpose}, or altered") from None

    def sign(self, message: bytes, purpose: str) -> bytes:
        """32 bytes."""
        derived = hmac.digest(self.material, b"signing " + purpose.encode(), "sha256")
        return hmac.digest(derived, message, "sha256")


class Keyring:
    """The first key encrypts and signs; all of them decrypt and verify."""

    def __init__(self, keys: Sequence[Key]) -> None:
        if not keys:
            raise ValueError("a keyring needs a key")
        self._keys = tuple(keys)

    @property
    def keys(self) -> tuple[Key, ...]:
        return self._keys

    @property
    def active(self) -> Key:
        return self.keys[0]

    def encrypt(self, plaintext: str | bytes, purpose: str) -> bytes:
        """`purpose` names the column; a ciphertext moved elsewhere does not decrypt."""
        text = plaintext.encode() if isinstance(plaintext, str) else plaintext
        return self.active.seal(text, purpose)

    def decrypt(self, ciphertext: bytes, purpose: str) -> bytes:
        """UndecryptableError says why not."""
        if ciphertext[: len(VERSION)] != VERSION:
            raise UndecryptableError("not a ciphertext of this system")
        return self._key(ciphertext[len(VERSION) : HEADER_BYTES]).open(ciphertext, purpose)

    def decrypt_text(self, ciphertext: bytes, purpose: str) -> str:
        return self.decrypt(ciphertext, purpose).decode()

    def sign(self, message: bytes, purpose: str) -> bytes:
        return self.active.sign(message, purpose)

    def verifies(self, message: bytes, signature: bytes, purpose: str) -> bool:
        """A signature may be cut short; 16 bytes are enough."""
        return len(signature) >= SHORTEST_SIGNATURE and any(
            hmac.compare_digest(key.sign(message, purpose)[: len(signature)], signature)
            for key in self.keys
        )

    def _key(self, key_id: bytes) -> Key:
        for key in self.keys:
            if key.id == key_id:
                return key
        raise UndecryptableError(f"the encryption key {key_id.hex()} is not in the key file")


def new_key() -> Key:
    return Key(os.urandom(KEY_BYTES))
