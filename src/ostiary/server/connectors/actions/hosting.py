"""What a worker does to connectors that it runs: gives them credentials, notes how they fare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ostiary.server.connectors.actions.credentials import Minted, mint
from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.actions.noting import note
from ostiary.server.connectors.rules import Health
from ostiary.server.connectors.sealing import unseal
from ostiary.server.connectors.store import credentials, hosting, registry
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.work import UnitOfWork

HOST_PREFIX: Final = "hosted-"
"""What names of hosts begin with that are workers of ours."""

HOSTED: Final = "Hosted by this server"
"""The display name of credentials that a worker made for its own children."""

RENEWED_BEFORE_END: Final = timedelta(days=30)
LONGEST_ERROR: Final = 4000
SOURCE: Final = "process"
LINES_KEPT: Final = 500
"""Of what a connector's process said, the newest lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """`level`: info, warning or error. `fields` hold what JSON holds."""

    level: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)


def read_values(connection: Connection, key: int, secrets: Keyring) -> dict[str, str]:
    """The stored configuration with its secrets, by field name; empty when there is none."""
    return unseal(registry.read_config(connection, key), secrets)


def mint_for_worker(work: UnitOfWork, connector_id: str, authority: str) -> Minted:
    """A credential that only this worker's child knows. Those of earlier workers end at once:
    whoever claims a connector is the only one to run it."""
    connector = locked(work, connector_id)
    for earlier in credentials.find_of(work.connection, connector.key):
        if earlier.display_name == HOSTED and earlier.revoked_at is None:
            credentials.update(work.connection, earlier.key, revoked_at=work.now)
    return mint(work, connector, authority, HOSTED)


def still_good(work: UnitOfWork, credential_id: str) -> bool:
    """Whether a credential will last for another while."""
    credential = credentials.find(work.connection, credential_id)
    return credential is not None and credential.works(work.now + RENEWED_BEFORE_END)


def note_lines(work: UnitOfWork, connector_key: int, lines: Sequence[Line]) -> None:
    for line in lines:
        note(work, connector_key, line.level, line.message, source=SOURCE, fields=line.fields)
    hosting.trim_log(work.connection, connector_key, SOURCE, LINES_KEPT)


def note_refusal(work: UnitOfWork, connector_key: int, line: Line) -> None:
    note(work, connector_key, line.level, line.message, **line.fields)


def note_failing(work: UnitOfWork, connector_id: str, error: str) -> None:
    """Its process does not stay up: that is the connector's status until a sync succeeds."""
    connector = locked(work, connector_id)
    registry.update(
        work.connection,
        connector.key,
        health=Health.FAILING,
        last_error=error.replace("\x00", "\ufffd")[:LONGEST_ERROR],
    )
