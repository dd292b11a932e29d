"""Keeps values whose name says that they are secret out of logs and the audit log."""

from __future__ import annotations

import re
from typing import Any

MASK = "***"

_SECRET_NAME = re.compile(
    r"(^|_)(password|passphrase|secret|secrets|token|private_key|api_key|key_material|assertion"
    r"|client_assertion|authorization|cookie|credentials?|otp|jwk)$"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def is_secret_name(name: str) -> bool:
    """`clientSecret`, `refresh-token`; not `secret_expires_at` or `page_token_count`."""
    return _SECRET_NAME.search(_HUMP.sub("_", name).replace("-", "_").lower()) is not None


def redacted(value: Any) -> Any:
    """A copy in which every non-empty value under a secret's name is masked, at any depth."""
    if isinstance(value, dict):
        return {
            name: MASK if is_secret_name(str(name)) and inner else redacted(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(inner) for inner in value]
    return value


_SECRET_FORMS = re.compile(
    r"secret-token:[A-Za-z0-9.:_-]+"
    r"|(?<=Bearer )[A-Za-z0-9._~+/=-]{8,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
)


def without_secrets(text: str) -> str:
    """Masks client secrets, bearer tokens, JWTs and passwords in URLs wherever they stand."""
    return _SECRET_FORMS.sub(MASK, text)
