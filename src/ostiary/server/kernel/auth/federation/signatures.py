"""Who signed a JSON Web Token: public keys of issuers, and what they verify (RFC 7515, 7517)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.jws import JWSRegistry

from ostiary.server.kernel.auth.client_ids import decode_base64url

ALGORITHMS = frozenset(
    {f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)}
    | {"EdDSA", "Ed25519"}
)
"""None that a public key could forge, and not `none`."""

LARGEST = 16 * 1024
"""Characters; real tokens have about 2000."""
MOST_KEYS = 100
SMALLEST_RSA_BYTES = 256
USES = ("sig", "jwt-svid")
"""The second is what SPIFFE bundles say (SPIFFE Trust Domain and Bundle, section 4.2.2)."""

_TYPES = {"R": "RSA", "P": "RSA", "E": "EC"}


class BadTokenError(Exception):
    """The message is for administrators."""


@dataclass(frozen=True)
class SubjectToken:
    """What somebody sent, not yet who signed it."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes

    @property
    def key_id(self) -> str | None:
        kid = self.header.get("kid")
        return kid if isinstance(kid, str) else None

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg", ""))


def read_token(text: str) -> SubjectToken:
    """BadTokenError unless it is a compact JWS of a JSON object."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > LARGEST:
        raise BadTokenError("not a signed JWT in compact form")
    try:
        header, claims = (read_object(decode_base64url(part)) for part in parts[:2])
        signature = decode_base64url(parts[2])
    except (ValueError, RecursionError):
        raise BadTokenError("header, claims or signature cannot be decoded") from None
    if "crit" in header:
        raise BadTokenError("the header has critical parameters, which nobody here knows")
    return SubjectToken(header, claims, f"{parts[0]}.{parts[1]}".encode(), signature)


def read_object(text: str | bytes) -> dict[str, Any]:
    """ValueError, or RecursionError, unless it is a JSON object of texts that can be written."""
    found = json.loads(text, parse_constant=_no_number)
    json.dumps(found, ensure_ascii=False).encode()  # UnicodeEncodeError for half a surrogate pair
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


@dataclass(frozen=True)
class IssuerKey:
    key_id: str | None
    type: str
    algorithm: str | None
    """The only one it is for; None for all of its type."""
    key: Any

    def fits(self, algorithm: str) -> bool:
        return self.type == _TYPES.get(algorithm[:1], "") or (
            self.type == "OKP" and algorithm in ("EdDSA", "Ed25519")
        )


def usable_keys(document: dict[str, Any]) -> list[IssuerKey]:
    """Of a JWK Set, the public keys that verify signatures; what else is in it is passed over."""
    entries = document.get("keys")
    if not isinstance(entries, list):
        return []
    found = (_imported(entry) for entry in entries[:MOST_KEYS] if isinstance(entry, dict))
    return [key for key in found if key is not None]


def _imported(entry: dict[str, Any]) -> IssuerKey | None:
    kind, kid, algorithm = entry.get("kty"), entry.get("kid"), entry.get("alg")
    if kind not in ("RSA", "EC", "OKP") or entry.get("use", "sig") not in USES:
        return None
    public: dict[str, Any] = {
        name: entry[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in entry
    }
    try:
        if kind == "RSA" and len(decode_base64url(public["n"])) < SMALLEST_RSA_BYTES:
            return None
        key = JWKRegistry.import_key(public)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return IssuerKey(
        kid if isinstance(kid, str) else None,
        kind,
        algorithm if isinstance(algorithm, str) else None,
        key,
    )


def candidates(token: SubjectToken, keys: Iterable[IssuerKey]) -> list[IssuerKey]:
    """The keys that may have signed it: of the id it names, or any of the right type."""
    return [
        key
        for key in keys
        if (token.key_id is None or key.key_id in (None, token.key_id))
        and key.fits(token.algorithm)
        and key.algorithm in (None, token.algorithm)
    ]


def is_signed_by(token: SubjectToken, keys: Sequence[IssuerKey]) -> bool:
    """By one of `keys`, with an algorithm that is allowed."""
    if token.algorithm not in ALGORITHMS:
        return False
    return any(_verifies(token, key) for key in candidates(token, keys))


def _verifies(token: SubjectToken, key: IssuerKey) -> bool:
    algorithm = JWSRegistry.algorithms[token.algorithm]
    try:
        algorithm.check_key(key.key)
        return bool(algorithm.verify(token.signing_input, token.signature, key.key))
    except (JoseError, ValueError):
        return False
