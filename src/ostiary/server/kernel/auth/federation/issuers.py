"""The keys that issuers sign with now: discovered, kept for a while, asked for again in time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ostiary.server.kernel.auth.federation.fetching import (
    OutsideTransport,
    UnreachableError,
    get_json,
)
from ostiary.server.kernel.auth.federation.signatures import IssuerKey, usable_keys
from ostiary.server.kernel.auth.networks import parse_networks

FRESH = timedelta(hours=1)
STALE = timedelta(hours=24)
"""How long keys serve of an issuer that does not answer; a key it withdrew must end."""
PAUSE = timedelta(seconds=30)
"""Between two questions to one issuer, whoever provokes them."""
MOST_ISSUERS = 256

Fetch = Callable[[str], dict[str, Any]]


class FederationSettings(BaseSettings):
    """`OSTIARY_FEDERATION_*`."""

    model_config = SettingsConfigDict(env_prefix="OSTIARY_FEDERATION_", frozen=True)

    networks: list[str] = Field(
        default_factory=list,
        description="internal networks in which issuers of workload tokens may be: CIDRs, as JSON",
    )

    @field_validator("networks")
    @classmethod
    def _check(cls, networks: list[str]) -> list[str]:
        return parse_networks(networks)


def configured_issuers() -> Issuers:
    networks = FederationSettings().networks
    return Issuers(lambda url: get_json(OutsideTransport(httpx2.HTTPTransport(), networks), url))


@dataclass(frozen=True)
class KeySource:
    """`bundle_url` is where the keys of an issuer are that cannot be asked by discovery."""

    issuer: str
    bundle_url: str = ""


@dataclass
class _Known:
    keys: list[IssuerKey] = field(default_factory=list)
    fetched_at: datetime | None = None
    asked_at: datetime | None = None
    failure: str = ""
    lock: Lock = field(default_factory=Lock)

    def knows(self, key_id: str | None) -> bool:
        return key_id is None or any(key.key_id in (None, key_id) for key in self.keys)

    def is_due(self, key_id: str | None, now: datetime) -> bool:
        if self.asked_at is not None and now - self.asked_at < PAUSE:
            return False
        return not self.lasts(FRESH, now) or not self.knows(key_id)

    def lasts(self, life: timedelta, now: datetime) -> bool:
        return self.fetched_at is not None and now - self.fetched_at < life


class Issuers:
    """One per process; for use by many threads. `fetch` raises UnreachableError."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: OrderedDict[KeySource, _Known] = OrderedDict()
        self._lock = Lock()

    def keys(self, source: KeySource, key_id: str | None, now: datetime) -> list[IssuerKey]:
        """All that are known. Asks the issuer when that was long ago, or when `key_id` is new.

        UnreachableError when nothing is known, or nothing that is recent enough.
        """
        known = self._entry(source)
        has_any = known.lasts(STALE, now)
        if (not has_any or known.is_due(key_id, now)) and known.lock.acquire(blocking=not has_any):
            try:
                if known.is_due(key_id, now):
                    self._refresh(source, known, now)
            finally:
                known.lock.release()
        if not known.lasts(STALE, now):
            raise UnreachableError(known.failure or "the issuer's keys are not known")
        return known.keys

    def published(self, source: KeySource) -> list[IssuerKey]:
        """Asked now. UnreachableError unless there are keys that tokens can be verified with."""
        url = source.bundle_url or self._discover(source.issuer)
        keys = usable_keys(self._fetch(url))
        if not keys:
            raise UnreachableError(f"{url} has no key that signatures can be verified with")
        return keys

    def _refresh(self, source: KeySource, known: _Known, now: datetime) -> None:
        known.asked_at = now
        try:
            known.keys = self.published(source)
        except UnreachableError as error:
            known.failure = str(error)
        else:
            known.fetched_at = now

    def _discover(self, issuer: str) -> str:
        """OpenID Connect Discovery 1.0 section 4."""
        found = self._fetch(f"{issuer}/.well-known/openid-configuration")
        if not is_issuer(found.get("issuer"), issuer):
            raise UnreachableError(f"{issuer} describes itself as another issuer")
        url = found.get("jwks_uri")
        if not isinstance(url, str) or not _is_https(url):
            raise UnreachableError(f"{issuer} names no https URL of its keys")
        return url

    def _entry(self, source: KeySource) -> _Known:
        with self._lock:
            known = self._known.setdefault(source, _Known())
            self._known.move_to_end(source)
            if len(self._known) > MOST_ISSUERS:
                self._known.popitem(last=False)
            return known


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname)


def is_issuer(claim: object, issuer: str) -> bool:
    """Some issuers end in a slash, which ours never do."""
    return isinstance(claim, str) and claim.removesuffix("/") == issuer
