"""What a status is, who is external, and what is orphaned."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ostiary.server.directory.rules.subjects import Status, folded
from ostiary.server.kernel.errors import invalid

_DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")


def account_status(reported: str) -> Status:
    """Of one account that is there, from what the connector says."""
    if reported in ("enabled", "disabled", "deleted"):
        return reported  # type: ignore[return-value]
    return "unknown"


def directory_status(reported: Iterable[str]) -> Status:
    """Of a person, from their directory accounts, the one that counts most first.

    The first that says anything decides; somebody without any account in a directory is deleted.
    """
    statuses = [account_status(status) for status in reported]
    if not statuses:
        return "deleted"
    return next((status for status in statuses if status != "unknown"), "unknown")


def is_deactivated(status: Status) -> bool:
    return status in ("disabled", "deleted")


def is_orphaned(owner_status: Status | None) -> bool:
    """None: nobody owns the account."""
    return owner_status is None or is_deactivated(owner_status)


def domain_of(address: str) -> str:
    """Empty for what has no domain."""
    return folded(address).rpartition("@")[2].rstrip(".") if "@" in address else ""


def check_domain(text: str) -> str:
    """As it is compared. INVALID_ARGUMENT for what cannot be one."""
    domain = text.strip().strip(".").lower()
    if not _DOMAIN.fullmatch(domain):
        raise invalid(f"{domain!r} is no domain")
    return domain


def is_external(emails: Iterable[str], login: str, trusted: Collection[str]) -> bool:
    """By the primary address, else by a login that is one. A trusted domain covers its subdomains.

    While no domain is trusted nobody is external, and nobody is of whom no address is known.
    """
    address = next((email for email in emails if "@" in email), login)
    domain = domain_of(address)
    if not trusted or not domain:
        return False
    return not any(domain == each or domain.endswith(f".{each}") for each in trusted)
