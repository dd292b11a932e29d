"""What is done to providers of workload tokens: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel.auth.federation import store
from ostiary.server.kernel.auth.federation.fetching import UnreachableError
from ostiary.server.kernel.auth.federation.issuers import Issuers, KeySource
from ostiary.server.kernel.auth.federation.platforms import Platform, check_issuer, check_url
from ostiary.server.kernel.auth.federation.store import Provider
from ostiary.server.kernel.auth.users import check_name
from ostiary.server.kernel.errors import already_exists, failed_precondition, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork

NOUN = "workload_federation_provider"
LONGEST_DESCRIPTION = 2000


@dataclass(frozen=True)
class Wish:
    """What somebody asks a new provider to be; checked, and asked once whether it answers."""

    platform: Platform
    issuer: str
    bundle_url: str
    display_name: str
    description: str


def checked_wish(
    issuers: Issuers,
    platform: Platform,
    issuer: str,
    *,
    bundle_url: str,
    display_name: str,
    description: str,
) -> Wish:
    """Asks the issuer for its keys, so outside of any unit of work. INVALID_ARGUMENT with what is
    wrong."""
    if (platform == "spiffe") != bool(bundle_url):
        raise invalid("a URL of keys is for SPIFFE trust domains, which need one")
    wish = Wish(
        platform,
        check_issuer(platform, issuer),
        check_url(bundle_url) if bundle_url else "",
        check_name(display_name),
        check_description(description),
    )
    _check_publishes(issuers, KeySource(wish.issuer, wish.bundle_url))
    return wish


def checked_bundle_url(issuers: Issuers, provider: Provider, text: str) -> str:
    if provider.platform != "spiffe":
        raise invalid("a URL of keys is for SPIFFE trust domains")
    url = check_url(text)
    _check_publishes(issuers, KeySource(provider.issuer, url))
    return url


def check_description(text: str) -> str:
    if len(text) > LONGEST_DESCRIPTION:
        raise invalid(f"a description has at most {LONGEST_DESCRIPTION} characters")
    return text.strip()


def _check_publishes(issuers: Issuers, source: KeySource) -> None:
    try:
        issuers.published(source)
    except UnreachableError as error:
        raise invalid(f"the issuer's keys cannot be fetched: {error}") from error


def create(unit: UnitOfWork, wish: Wish) -> Provider:
    """ALREADY_EXISTS when there is one of that issuer."""
    public_id = store.add_provider(
        unit,
        issuer=wish.issuer,
        platform=wish.platform,
        bundle_url=wish.bundle_url,
        display_name=wish.display_name,
        description=wish.description,
    )
    if public_id is None:
        raise already_exists("there is a provider of this issuer already")
    provider = find(unit.connection, public_id)
    unit.audit(f"auth.{NOUN}.create", NOUN, public_id, after=_state(provider))
    return provider


def update(unit: UnitOfWork, provider: Provider, changes: Mapping[str, Any]) -> Provider:
    """`changes` by column; a new `bundle_url` was checked before."""
    values = dict(changes)
    if "display_name" in values:
        values["display_name"] = check_name(values["display_name"])
    if "description" in values:
        values["description"] = check_description(values["description"])
    if values:
        store.change_provider(unit, provider, values)
    after = find(unit.connection, provider.public_id)
    unit.audit(f"auth.{NOUN}.update", NOUN, after.public_id, _state(provider), _state(after))
    return after


def delete(unit: UnitOfWork, provider: Provider) -> None:
    """FAILED_PRECONDITION while a service principal trusts it."""
    store.lock_provider(unit, provider)
    if store.has_trusts(unit.connection, provider):
        raise failed_precondition("trusts refer to this provider; delete them first")
    store.change_provider(unit, provider, {"deleted_at": unit.now})
    unit.audit(f"auth.{NOUN}.delete", NOUN, provider.public_id, before=_state(provider))


def find(connection: sa.Connection, public_id: str) -> Provider:
    provider = store.find_provider(connection, public_id)
    if provider is None:
        raise not_found("there is no such provider")
    return provider


def _state(provider: Provider) -> dict[str, Any]:
    return {
        "issuer": provider.issuer,
        "platform": provider.platform,
        "bundle_url": provider.bundle_url,
        "display_name": provider.display_name,
        "description": provider.description,
        "disabled": provider.disabled,
    }
