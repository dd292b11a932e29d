"""Credentials of agents as a list, and what is asked before one ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ostiary.server.connectors.store.credentials import Credential
from ostiary.server.web.components.cells import Chip
from ostiary.server.web.components.forms import Confirmation
from ostiary.server.web.moments import exact

WORD: Final = "revoke"


@dataclass(frozen=True)
class Listed:
    id: str
    client_id: str
    created_at: datetime
    last_used_at: datetime | None
    ends_at: datetime | None
    state: Chip
    works: bool
    revoking: Confirmation


def listed(found: Iterable[Credential], path: str, now: datetime) -> list[Listed]:
    """`path` is that of the page with the list."""
    return [
        Listed(
            each.id,
            each.client_id,
            each.created_at,
            each.last_used_at,
            each.ends,
            _state(each, now),
            each.works(now),
            _revoking(each, path),
        )
        for each in found
    ]


def rotating(action: str, working: int) -> Confirmation:
    """Asked where something would stop: the secrets that work now do so for another hour."""
    secrets = "The secret that works now stops" if working == 1 else "Those that work now stop"
    return Confirmation(
        key="rotate",
        title="Rotate the credential",
        text=f"A new client id and secret are made, and the secret is shown once. {secrets} in an "
        "hour, or earlier if it ends earlier: give the agents the new one until then.",
        verb="Rotate",
        action=action,
        tone="accent",
    )


def _state(credential: Credential, now: datetime) -> Chip:
    if credential.revoked_at is not None:
        return Chip("Revoked", "ban", hint=exact(credential.revoked_at))
    if not credential.works(now):
        return Chip("Expired", "circle-x", "danger")
    if credential.superseded_until is not None:
        return Chip(
            "Replaced", "clock", "person", f"Works until {exact(credential.superseded_until)}"
        )
    return Chip("Works", "circle-check", "proven")


def _revoking(credential: Credential, path: str) -> Confirmation:
    return Confirmation(
        key=f"revoke-{credential.id}",
        title="Revoke this credential",
        text=f"Agents that sign in with {credential.client_id} are locked out at once, in the "
        "middle of what they do. This cannot be undone.",
        verb="Revoke",
        action=f"{path}/{credential.id}/revoke",
        word=WORD,
    )
