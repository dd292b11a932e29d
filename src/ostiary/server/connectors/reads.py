"""What the gateway looks at before it lets an agent do anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ostiary.server.connectors.store import credentials, journal, tasks
from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.work import Kernel

SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when an agent was last there."""


@dataclass(frozen=True, slots=True)
class Agency:
    """On whose behalf an agent speaks: its connector, through one of that one's credentials."""

    connector_id: str
    connector_key: int
    actor: Actor


def agency_of(kernel: Kernel, credential_id: str) -> Agency | None:
    with kernel.read() as connection:
        credential = credentials.find(connection, credential_id)
    if credential is None or credential.connector_deleted:
        return None
    actor = Actor("connector", credential.connector_id, credential.connector_name)
    return Agency(credential.connector_id, credential.connector_key, actor)


@dataclass(frozen=True, slots=True)
class Poll:
    """`work`: there may be something to hand out. `unseen`: note that the agent is there."""

    work: bool
    unseen: bool


def look(kernel: Kernel, agency: Agency, host: str, now: datetime) -> Poll:
    """Most polls find nothing, and then nothing is written."""
    with kernel.read() as connection:
        seen = journal.last_seen(connection, agency.connector_key, host)
        work = tasks.has_work(connection, agency.connector_key, now)
    return Poll(work, seen is None or now - seen >= SEEN_EVERY)
