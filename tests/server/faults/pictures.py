"""What a sync of a given id says: every name in it tells the id, so that mixtures show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, TypeVar

from tests.server.ingest.tenants import Tenant

T = TypeVar("T")
OF = " of "


def picture(sync_id: str) -> Tenant:
    random, tenant = Random(sync_id), Tenant()
    users = [tenant.user(f"u{n}") for n in random.sample(range(16), 12)]
    for name in random.sample(["red", "blue", "green", "gold", "grey"], 4):
        tenant.group(name, *random.sample(users, 5))
    for key, name in tenant.resources.items():
        tenant.resources[key] = f"{name}{OF}{sync_id}"
    for entitlement, (owner, name) in tenant.entitlements.items():
        tenant.entitlements[entitlement] = (owner, f"{owner[1]} {name}{OF}{sync_id}")
    return tenant


def accounts(tenant: Tenant) -> set[str]:
    return {name for (kind, _), name in tenant.resources.items() if kind == "user"}


def holdings(tenant: Tenant) -> set[tuple[str, str]]:
    """Names of entitlements and of who holds them."""
    return {
        (tenant.entitlements[entitlement][1], tenant.resources[principal])
        for entitlement, principal in tenant.grants
    }


def sync_of(names: Iterable[str]) -> str | None:
    """The one sync that all names tell; None without names."""
    ids = {name.partition(OF)[2] for name in names}
    assert len(ids) <= 1, f"a mixture of several syncs: {sorted(ids)}"
    return ids.pop() if ids else None


def check_accounts(views: Iterable[Mapping[str, Any]]) -> str | None:
    """Asserts that they are exactly those of one sync. Returns its id, None for nothing at all."""
    names = [view["appUser"]["displayName"] for view in views]
    sync_id = sync_of(names)
    if sync_id is not None:
        _same(names, accounts(picture(sync_id)))
    return sync_id


def check_grants(found: Iterable[Mapping[str, Any]]) -> str | None:
    """The same for grants, among them the access that every account of an app has."""
    held = [
        (
            each["entitlement"]["appEntitlement"],
            each["appEntitlementUserBinding"]["appUser"]["appUser"]["displayName"],
        )
        for each in found
    ]
    everybody = {name for told, name in held if told["externalId"] == "credential:access"}
    granted = [
        (told["displayName"], name)
        for told, name in held
        if told["externalId"] != "credential:access"
    ]
    sync_id = sync_of([*everybody, *(name for pair in granted for name in pair)])
    if sync_id is not None:
        tenant = picture(sync_id)
        _same(granted, holdings(tenant))
        _same(everybody, accounts(tenant))
    return sync_id


def _same(seen: Iterable[T], told: Iterable[T]) -> None:
    much, little = Counter(seen), Counter(told)
    assert much == little, f"too much: {much - little}, too little: {little - much}"
