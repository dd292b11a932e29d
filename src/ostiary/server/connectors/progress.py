"""How far a sync is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ostiary.server.connectors.leases import Lease, heard_at
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store.syncs import Sync


class Phase(StrEnum):
    WAITING = "waiting"
    """for an agent to ask for work"""
    READING = "reading"
    """an agent has it, and has not handed its file over"""
    APPLYING = "applying"
    HELD = "held"
    """for somebody to say whether what it would remove is really gone"""


_PHASES = {
    SyncState.QUEUED: Phase.WAITING,
    SyncState.RUNNING: Phase.READING,
    SyncState.INGESTING: Phase.APPLYING,
    SyncState.HELD: Phase.HELD,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """`since`: when the phase began, as far as known. `last_heard_at` is of the agent that reads;
    `attempt` counts the agents that had it, from 1."""

    phase: Phase
    since: datetime
    last_heard_at: datetime | None
    attempt: int


def progress_of(sync: Sync, lease: Lease | None) -> Progress | None:
    """None for a sync that is over. `lease` is its task's."""
    phase = _PHASES.get(sync.state)
    if phase is None:
        return None
    begun = {
        Phase.READING: sync.started_at,
        Phase.APPLYING: sync.confirmed_at or sync.uploaded_at,
        Phase.HELD: sync.uploaded_at,
    }
    return Progress(
        phase,
        begun.get(phase) or sync.requested_at,
        heard_at(lease) if lease is not None and phase is Phase.READING else None,
        lease.attempts if lease is not None else 0,
    )


def duration_of(sync: Sync) -> timedelta | None:
    """From the moment an agent took it to its end; None while it is not over, or never began."""
    if sync.started_at is None or sync.ended_at is None:
        return None
    return sync.ended_at - sync.started_at
