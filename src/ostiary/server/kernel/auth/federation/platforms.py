"""Which platforms issue workload tokens, and what their issuers look like."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from ostiary.server.kernel.errors import invalid

Platform = Literal["custom", "github_actions", "gitlab_ci", "hcp_terraform", "aws", "spiffe"]

LONGEST_URL = 500

_TRUST_DOMAIN = re.compile(r"spiffe://[a-z0-9._-]{1,255}")
_HOSTS: Final[Mapping[str, re.Pattern[str]]] = {
    "github_actions": re.compile(
        r"token\.actions\.githubusercontent\.com(/[\w-]+)?|[\w.-]+(:\d+)?/_services/token"
        r"|token\.actions\.[\w-]+\.ghe\.com"
    ),
    "aws": re.compile(r"[\w-]+\.tokens\.sts\.global\.api\.aws"),
}
"""The rest of the others' issuers depends on where somebody hosts them."""


def check_issuer(platform: Platform, text: str) -> str:
    """Scheme and host in lower case, without a slash at the end. INVALID_ARGUMENT unless it can be
    an issuer of that platform."""
    assert platform in get_args(Platform)
    if platform == "spiffe":
        issuer = text.strip().lower().rstrip("/")
        if not _TRUST_DOMAIN.fullmatch(issuer):
            raise invalid("the issuer is the trust domain, as in spiffe://prod.example.com")
        return issuer
    issuer = check_url(text).rstrip("/")
    pattern = _HOSTS.get(platform)
    if pattern and not pattern.fullmatch(issuer.removeprefix("https://")):
        raise invalid(f"that is no issuer of {platform}; choose custom for others")
    return issuer


def check_url(text: str) -> str:
    """INVALID_ARGUMENT unless it is an https URL of a document and nothing more."""
    try:
        parts = urlsplit(text.strip())
        is_plain = _is_plain(parts)
    except ValueError:
        is_plain = False
    if not is_plain or len(text) > LONGEST_URL or not text.isascii() or not text.isprintable():
        raise invalid("an https URL without user, query and fragment is needed")
    port = "" if parts.port in (None, 443) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"https://{host}{port}{parts.path}"


def _is_plain(parts: SplitResult) -> bool:
    more = (parts.username, parts.password, parts.query, parts.fragment)
    has_host = bool(parts.hostname) and parts.port != 0
    return parts.scheme == "https" and has_host and not any(more) and " " not in parts.path
