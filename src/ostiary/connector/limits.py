"""The length and format limits peers enforce on messages (protocol reference 1.1)."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

ID_BYTES = 1024
DISPLAY_NAME_BYTES = 1024
DESCRIPTION_BYTES = 2048
DETAILS_BYTES = 1024
URL_BYTES = 1024

_LOCAL_PART = re.compile(
    r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,.\"]+(\.[^\s\x00-\x1f\x7f()<>\[\]:;@\\,.\"]+)*"
)
_PLAIN_URL = re.compile(r"https://[a-z0-9.-]+(/[!-~]*)?", re.ASCII)
"""What nearly every address is; nothing that `urlsplit` would refuse is among it."""
_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def clip(text: str, max_bytes: int) -> str:
    """The longest prefix that fits in `max_bytes` of UTF-8 without splitting a character."""
    if len(text) * 4 <= max_bytes:
        return text
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= max_bytes:
        return text
    return encoded[:max_bytes].decode("utf-8", "ignore")


def is_email(address: str) -> bool:
    """Whether protoc-gen-validate's `email` rule, as Go peers run it, accepts the address."""
    local, at, host = address.rpartition("@")
    if not at or len(address.encode()) > 254 or len(local.encode()) > 64 or len(host) > 253:
        return False
    labels = host.lower().split(".")
    return bool(_LOCAL_PART.fullmatch(local)) and all(map(_HOST_LABEL.fullmatch, labels))


def is_https_url(url: str) -> bool:
    """Whether the `uri`, `https://` prefix and length rules accept the address."""
    if len(url) <= URL_BYTES and _PLAIN_URL.fullmatch(url):
        return True
    if (
        not url.startswith("https://")
        or len(url.encode()) > URL_BYTES
        or re.search(r"[\s\x00-\x1f]", url)
    ):
        return False
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def checked_id(kind: str, value: str) -> str:
    """The id itself; `ValueError` when empty or too long, for an id cannot be cut."""
    if not 1 <= len(value.encode()) <= ID_BYTES:
        raise ValueError(f"{kind} id must be 1 to {ID_BYTES} bytes long: {value[:80]!r}")
    return value
