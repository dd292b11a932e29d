"""One registry of everything that may ask the token endpoint for a token.

Whoever owns a kind of client (API keys here, connector credentials in their slice) registers a
directory for it; the token endpoint and the check of tokens are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import sqlalchemy as sa

from ostiary.server.kernel.auth.client_ids import parse_client_id
from ostiary.server.kernel.work import UnitOfWork


@dataclass(frozen=True)
class ClientKey:
    """One secret of a client, known by its public half."""

    id: str
    """Its directory's name for it. A token dies with the key it was issued for."""
    public_key: bytes
    """32 bytes, Ed25519; empty for what has no secret of its own, such as an approved device."""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Client:
    name: str
    kind: str
    keys: tuple[ClientKey, ...]
    networks: tuple[str, ...] = ()
    """CIDRs it may be used from; none means anywhere."""
    user: int | None = None
    """Internal id of the person or service it acts for; None for what has no place in the API."""
    scoped_roles: tuple[str, ...] = ()

    def live_key(self, identity: str, now: datetime) -> ClientKey | None:
        return next((key for key in self.live_keys(now) if key.id == identity), None)

    def live_keys(self, now: datetime) -> list[ClientKey]:
        return [key for key in self.keys if key.expires_at is None or now < key.expires_at]


class ClientDirectory(Protocol):
    @property
    def kind(self) -> str:
        """What its client ids end in, and no other directory's do."""

    def find(self, connection: sa.Connection, name: str) -> Client | None:
        """None when unknown, deleted, or when what it belongs to is disabled."""

    def used(self, unit: UnitOfWork, client: Client, key: ClientKey, address: str) -> None:
        """A token was issued for this key."""


class ClientRegistry:
    def __init__(self, directories: Iterable[ClientDirectory] = ()) -> None:
        self._directories: dict[str, ClientDirectory] = {}
        for directory in directories:
            self.register(directory)

    def register(self, directory: ClientDirectory) -> None:
        """ValueError when the kind is taken."""
        if directory.kind in self._directories:
            raise ValueError(f"clients of kind {directory.kind} are already registered")
        self._directories[directory.kind] = directory

    def of(self, client: Client) -> ClientDirectory:
        return self._directories[client.kind]

    def find(self, connection: sa.Connection, kind: str, name: str) -> Client | None:
        directory = self._directories.get(kind)
        return directory.find(connection, name) if directory else None

    def find_by_id(self, connection: sa.Connection, client_id: str) -> Client | None:
        """The host in a client id only tells clients where to go, so any is taken."""
        parsed = parse_client_id(client_id)
        return self.find(connection, parsed.kind, parsed.name) if parsed else None
