"""Client ids and secrets in the form that C1's clients and Baton connectors take apart.

`<name>@<host[:port]>/<kind>`, and `secret-token:conductorone.com:v1:<base64url of a private JWK>`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SECRET_PREFIX = "secret-token:conductorone.com:v1:"  # noqa: S105 - the part that is no secret
KEY_BYTES = 32

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")
_LETTERS = "bcdfghjkmnpqrstvwxz23456789"


@dataclass(frozen=True)
class ClientId:
    name: str
    authority: str
    """host[:port]"""
    kind: str

    def __str__(self) -> str:
        return f"{self.name}@{self.authority}/{self.kind}"


def parse_client_id(text: str) -> ClientId | None:
    """None for what cannot be one of ours."""
    name, at, rest = text.partition("@")
    authority, slash, kind = rest.partition("/")
    if not (at and slash and authority and kind) or not _NAME.fullmatch(name):
        return None
    return ClientId(name, authority, kind)


def new_client_name(prefix: str) -> str:
    """`prefix-` and 60 random bits, in letters that are hard to confuse and spell no words."""
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(13))}"


@dataclass(frozen=True)
class NewSecret:
    secret: str
    """Shown once, to one person, and then forgotten."""
    public_key: bytes
    """32 bytes; what is kept."""

    def __repr__(self) -> str:
        return "NewSecret(…)"


def new_secret() -> NewSecret:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    jwk = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": _encode(public),
        "d": _encode(private.private_bytes_raw()),
    }
    body = json.dumps(jwk, separators=(",", ":")).encode()
    return NewSecret(SECRET_PREFIX + _encode(body), public)


def public_key_of(secret: str) -> bytes | None:
    """The public key that belongs to a secret, derived from its private part; None if malformed."""
    if not secret.startswith(SECRET_PREFIX):
        return None
    try:
        jwk = json.loads(decode_base64url(secret.removeprefix(SECRET_PREFIX)))
        private = Ed25519PrivateKey.from_private_bytes(decode_base64url(jwk["d"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def load_public_key(key: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(key)


def decode_base64url(text: str) -> bytes:
    """Unpadded, strict. ValueError for anything else."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
