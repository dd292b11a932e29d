"""The key that signs tokens, and its published half."""

from __future__ import annotations

import base64
import functools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc.jwk import RSAKey

_VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)


class SigningKey:
    """RSA 2048 with a self-signed certificate, whose SHA-1 thumbprint is the `kid`."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        certificate = _self_signed(private)
        self.kid = base64url(certificate.fingerprint(hashes.SHA1()))  # noqa: S303
        self.key = RSAKey.import_key(_pem(private))
        self._certificate = certificate.public_bytes(serialization.Encoding.DER)

    def jwk(self, issuer: str) -> dict[str, Any]:
        """As `/discovery/v2.0/keys` lists it."""
        public = self.key.as_dict(private=False)
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": self.kid,
            "x5t": self.kid,
            "n": public["n"],
            "e": public["e"],
            "x5c": [base64.b64encode(self._certificate).decode()],
            "cloud_instance_name": "microsoftonline.com",
            "issuer": issuer,
        }


@functools.cache
def process_key() -> SigningKey:
    """One key for every tenant of this process: making one costs more than all else at start."""
    return SigningKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def stored_key(path: Path) -> SigningKey:
    """The key in a PEM file, made on first use, so that tokens outlive a restart.

    Raises ValueError for a file that holds something else.
    """
    if path.exists():
        return SigningKey(_read(path))
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_pem(private))
    return SigningKey(private)


def _read(path: Path) -> rsa.RSAPrivateKey:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError:
        private = None
    if not isinstance(private, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key; delete it to get a new one")
    return private


def _pem(private: rsa.RSAPrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _self_signed(private: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "simulated token signing")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_FROM + timedelta(days=3650))
        .sign(private, hashes.SHA256())
    )
