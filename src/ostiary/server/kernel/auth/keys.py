"""What is done to API keys and credentials: made, changed, revoked. Secrets are shown once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel.auth import api_clients, networks
from ostiary.server.kernel.auth.api_clients import PERSONAL, ApiClient, ClientKind
from ostiary.server.kernel.auth.caller import Caller
from ostiary.server.kernel.auth.client_ids import new_client_name, new_secret
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.auth.users import check_name, check_roles
from ostiary.server.kernel.errors import denied, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork

NOUNS = {"pcc": "personal_client", "spc": "service_principal_credential"}
PREFIXES = {"pcc": "key", "spc": "service"}
LONGEST_LIFE = timedelta(days=3650)


@dataclass(frozen=True)
class Wish:
    """What somebody asks a new key to be."""

    display_name: str
    scoped_roles: Sequence[str] = ()
    networks: Sequence[str] = ()
    life: timedelta | None = None


def check_may_make_keys(caller: Caller) -> None:
    """A key must not beget a wider, longer-lived or farther-reaching one."""
    if caller.via not in ("session", "device"):
        raise denied("an API key cannot make or change API keys; sign in for that")


def create_personal(unit: UnitOfWork, caller: Caller, wish: Wish) -> tuple[ApiClient, str]:
    """An API key of the caller's own and, this once, its secret."""
    check_may_make_keys(caller)
    if caller.user.kind != "human":
        raise denied("personal clients are for people; a service principal has credentials")
    return create(unit, PERSONAL, caller.user, wish)


def create(unit: UnitOfWork, kind: ClientKind, owner: User, wish: Wish) -> tuple[ApiClient, str]:
    """The key and, this once, its secret."""
    made = new_secret()
    name = new_client_name(PREFIXES[kind])
    api_clients.add(
        unit,
        name=name,
        kind=kind,
        user_id=owner.id,
        public_key=made.public_key,
        **_checked(
            {
                "display_name": wish.display_name or name,
                "scoped_roles": list(wish.scoped_roles),
                "networks": list(wish.networks),
                "expires_at": _expiry(unit.now, wish.life),
            },
            unit.now,
        ),
    )
    client = find(unit.connection, kind, name, owner.id)
    unit.audit(f"auth.{NOUNS[kind]}.create", NOUNS[kind], client.public_id, after=_state(client))
    return client, made.secret


def update(unit: UnitOfWork, client: ApiClient, changes: Mapping[str, Any]) -> ApiClient:
    """`changes` by column."""
    if changes:
        api_clients.change(unit, client, **_checked(changes, unit.now))
    after = find(unit.connection, client.kind, client.public_id)
    noun = NOUNS[client.kind]
    unit.audit(f"auth.{noun}.update", noun, client.public_id, _state(client), _state(after))
    return after


def revoke(unit: UnitOfWork, client: ApiClient) -> None:
    """Its tokens die with it."""
    api_clients.delete(unit, client)
    noun = NOUNS[client.kind]
    unit.audit(f"auth.{noun}.delete", noun, client.public_id, before=_state(client))


def find(
    connection: sa.Connection, kind: ClientKind, key: str, user_id: int | None = None
) -> ApiClient:
    """`key` is a public id or a name."""
    client = api_clients.find(connection, kind, key, user_id=user_id)
    if client is None:
        noun = "API key" if kind == PERSONAL else "credential"
        raise not_found(f"there is no such {noun}")
    return client


def check_networks(texts: Sequence[str]) -> list[str]:
    """In normal form; INVALID_ARGUMENT names the one that is no network."""
    try:
        return networks.parse_networks(texts)
    except ValueError as error:
        raise invalid(str(error)) from None


def _checked(changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values = dict(changes)
    if "display_name" in values:
        values["display_name"] = check_name(values["display_name"])
    if "scoped_roles" in values:
        values["scoped_roles"] = check_roles(values["scoped_roles"])
    if "networks" in values:
        values["networks"] = check_networks(values["networks"])
    expires = values.get("expires_at")
    if expires is not None and not now < expires <= now + LONGEST_LIFE:
        raise invalid("the expiry must be in the future and within ten years")
    return values


def _expiry(now: datetime, life: timedelta | None) -> datetime | None:
    if life is None or life == timedelta(0):
        return None
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise invalid("the expiry must be in the future and within ten years")
    return now + life


def _state(client: ApiClient) -> dict[str, Any]:
    return {
        "client": client.name,
        "user_id": client.owner,
        "display_name": client.display_name,
        "scoped_roles": client.scoped_roles,
        "networks": client.networks,
        "expires_at": client.expires_at,
    }
