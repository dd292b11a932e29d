"""What is done to trusts: which workloads of which provider may act as a service principal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel.auth import networks
from ostiary.server.kernel.auth.client_ids import new_client_name
from ostiary.server.kernel.auth.clients import Client, ClientKey
from ostiary.server.kernel.auth.federation import store
from ostiary.server.kernel.auth.federation.conditions import condition
from ostiary.server.kernel.auth.federation.providers import check_description
from ostiary.server.kernel.auth.federation.store import Provider, Trust
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.auth.users import check_name, check_roles
from ostiary.server.kernel.errors import invalid, not_found
from ostiary.server.kernel.work import UnitOfWork

KIND = "wfe"
NOUN = "workload_federation_trust"
MOST_CLAIMS = 32
LONGEST_CLAIM = 200


@dataclass(frozen=True)
class Wish:
    """What somebody asks a new trust to be."""

    display_name: str
    condition: str
    description: str = ""
    scoped_roles: Sequence[str] = ()
    networks: Sequence[str] = ()
    passthrough_claims: Sequence[str] = ()


def create(unit: UnitOfWork, owner: User, provider: Provider, wish: Wish) -> Trust:
    store.lock_provider(unit, provider, shared=True)
    name = new_client_name("workload")
    values = _checked(
        {
            "display_name": wish.display_name or name,
            "condition": wish.condition,
            "description": wish.description,
            "scoped_roles": wish.scoped_roles,
            "networks": wish.networks,
            "passthrough_claims": wish.passthrough_claims,
        }
    )
    store.add_trust(unit, name=name, provider_id=provider.id, user_id=owner.id, **values)
    trust = find(unit.connection, name, owner.id)
    unit.audit(f"auth.{NOUN}.create", NOUN, trust.public_id, after=_state(trust))
    return trust


def update(unit: UnitOfWork, trust: Trust, changes: Mapping[str, Any]) -> Trust:
    """`changes` by column. Tokens that were given under another condition end at once."""
    if changes:
        store.change_trust(unit, trust, _checked(changes))
    after = find(unit.connection, trust.name)
    unit.audit(f"auth.{NOUN}.update", NOUN, trust.public_id, _state(trust), _state(after))
    return after


def delete(unit: UnitOfWork, trust: Trust) -> None:
    """Its tokens die with it."""
    store.change_trust(unit, trust, {"deleted_at": unit.now})
    unit.audit(f"auth.{NOUN}.delete", NOUN, trust.public_id, before=_state(trust))


def find(connection: sa.Connection, key: str, user_id: int | None = None) -> Trust:
    """`key` is a client id or the name that it begins with."""
    trust = store.find_trust(connection, key.partition("@")[0], user_id=user_id)
    if trust is None:
        raise not_found("there is no such trust")
    return trust


class TrustDirectory:
    """Trusts in the registry of clients. They have no secret, so only an exchange uses them."""

    kind = KIND

    def find(self, connection: sa.Connection, name: str) -> Client | None:
        trust = store.find_working_trust(connection, name)
        return client_of(trust) if trust else None

    def used(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> None:
        store.trust_was_used(unit, client.name)


def client_of(trust: Trust) -> Client:
    return Client(
        name=trust.name,
        kind=KIND,
        keys=(ClientKey(_condition_id(trust), b""),),
        networks=tuple(trust.networks),
        user=trust.user_id,
        scoped_roles=tuple(trust.scoped_roles),
    )


def _condition_id(trust: Trust) -> str:
    """What a token is bound to, so that it does not outlive the condition it was given under."""
    return sha256(trust.condition.encode()).hexdigest()[:32]


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "display_name" in values:
        values["display_name"] = check_name(values["display_name"])
    if "description" in values:
        values["description"] = check_description(values["description"])
    if "condition" in values:
        condition(values["condition"])
    if "scoped_roles" in values:
        values["scoped_roles"] = check_roles(values["scoped_roles"])
    if "networks" in values:
        values["networks"] = _checked_networks(values["networks"])
    if "passthrough_claims" in values:
        values["passthrough_claims"] = _checked_claims(values["passthrough_claims"])
    return values


def _checked_networks(texts: Sequence[str]) -> list[str]:
    try:
        return networks.parse_networks(texts)
    except ValueError as error:
        raise invalid(str(error)) from None


def _checked_claims(names: Sequence[str]) -> list[str]:
    if len(names) > MOST_CLAIMS or any(not 0 < len(name) <= LONGEST_CLAIM for name in names):
        raise invalid(f"at most {MOST_CLAIMS} names of claims, of {LONGEST_CLAIM} characters")
    return list(dict.fromkeys(names))


def _state(trust: Trust) -> dict[str, Any]:
    return {
        "client": trust.name,
        "user_id": trust.owner,
        "provider_id": trust.provider,
        "display_name": trust.display_name,
        "description": trust.description,
        "condition": trust.condition,
        "scoped_roles": trust.scoped_roles,
        "networks": trust.networks,
        "passthrough_claims": trust.passthrough_claims,
        "disabled": trust.disabled,
    }
