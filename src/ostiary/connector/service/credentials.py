"""The client id and secret a server hands out (protocol reference 3.1)."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ostiary.connector.status import ConnectorError, Status

SECRET_VERSION = "v1"  # noqa: S105 - the third part of every secret


@dataclass(frozen=True)
class ClientCredentials:
    """`client_id` is `<name>@<host[:port]>/<anything>`, `key` the private key of the secret."""

    client_id: str
    name: str
    host: str
    key: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def parse(cls, client_id: str, secret: str) -> ClientCredentials:
        """`ConnectorError` (InvalidArgument) says what is wrong without repeating the secret."""
        name, at, rest = client_id.partition("@")
        host = rest.partition("/")[0]
        if not (name and at and host) or not hostname(host):
            raise _refused(
                f"The client id {client_id!r} is not one.",
                "It reads name@host/spc; copy it from where the connector was registered.",
            )
        return cls(client_id, name, host, _private_key(secret))

    @property
    def audience(self) -> str:
        """The host without its port."""
        return hostname(self.host)


def hostname(host: str) -> str:
    """The name or address in `host[:port]`, or "" when that is neither."""
    try:
        parts = urlsplit(f"//{host}")
        sound = parts.netloc == host and parts.port != 0 and "@" not in host and host[-1:] != ":"
        return (parts.hostname or "") if sound else ""
    except ValueError:
        return ""


def _private_key(secret: str) -> Ed25519PrivateKey:
    parts = secret.split(":")
    if len(parts) != 4 or parts[2] != SECRET_VERSION:
        raise _bad_secret("it has another form than a:b:v1:key")
    try:
        jwk = json.loads(_unpadded(parts[3]))
        if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
            raise _bad_secret("its key is not an Ed25519 key")
        return Ed25519PrivateKey.from_private_bytes(_unpadded(str(jwk.get("d", ""))))
    except (ValueError, binascii.Error):
        raise _bad_secret("its key cannot be read, or only its public half is there") from None


def _unpadded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _bad_secret(reason: str) -> ConnectorError:
    return _refused(
        f"The client secret cannot be used: {reason}.",
        "Copy all of it, or rotate the credential and take the new one.",
    )


def _refused(message: str, remedy: str) -> ConnectorError:
    return ConnectorError(Status.INVALID_ARGUMENT, message, remedy=remedy)
