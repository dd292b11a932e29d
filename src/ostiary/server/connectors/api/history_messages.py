"""Shapes of what happened to a connector. Our own: C1 documents none of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ostiary.server.connectors.progress import Phase, Progress, duration_of
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store.journal import Agent as StoredAgent
from ostiary.server.connectors.store.journal import Line as StoredLine
from ostiary.server.connectors.store.syncs import Sync as StoredSync
from ostiary.server.kernel.rest import Duration, Message, Timestamp


class ProgressMessage(Message):
    """How far a sync is that is not over. The protocol has agents tell nothing but that they live,
    so `lastHeardAt` is all there is while they read."""

    phase: Phase
    since: Timestamp
    elapsed: Duration
    last_heard_at: Timestamp | None = None
    attempt: int


class SyncMessage(Message):
    """`counts` and `deltas` by kind of row (resource, entitlement, grant) and resource type."""

    id: str
    state: SyncState
    cause: str
    host: str
    requested_at: Timestamp
    started_at: Timestamp | None = None
    uploaded_at: Timestamp | None = None
    confirmed_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    duration: Duration | None = None
    counts: dict[str, Any]
    deltas: dict[str, Any]
    error: str
    progress: ProgressMessage | None = None


class SyncList(Message):
    list: list[SyncMessage]
    next_page_token: str = ""


class SyncReply(Message):
    sync: SyncMessage


class LineMessage(Message):
    """`level`: info, warning or error. `syncId` where it belongs to one. `details` by key."""

    at: Timestamp
    level: str
    message: str
    sync_id: str
    details: dict[str, Any]


class LineList(Message):
    list: list[LineMessage]
    next_page_token: str = ""


class ChangeMessage(Message):
    """An entry of the audit log. `before` is unset where something was made, `after` where
    something was removed."""

    sequence: int
    at: Timestamp
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class ChangeList(Message):
    list: list[ChangeMessage]
    next_page_token: str = ""


class AgentMessage(Message):
    """`build` and `system` as it said of itself: HelloRequest.BuildInfo and OSInfo."""

    host: str
    first_seen_at: Timestamp
    last_seen_at: Timestamp
    hosted: bool
    build: dict[str, str]
    system: dict[str, str]


class AgentList(Message):
    list: list[AgentMessage]
    next_page_token: str = ""


def sync_message(sync: StoredSync, progress: Progress | None, now: datetime) -> SyncMessage:
    return SyncMessage(
        id=sync.id,
        state=sync.state,
        cause=sync.cause,
        host=sync.host or "",
        requested_at=sync.requested_at,
        started_at=sync.started_at,
        uploaded_at=sync.uploaded_at,
        confirmed_at=sync.confirmed_at,
        ended_at=sync.ended_at,
        duration=duration_of(sync),
        counts=sync.counts or {},
        deltas=sync.deltas or {},
        error=sync.error,
        progress=None if progress is None else _progress_message(progress, now),
    )


def _progress_message(progress: Progress, now: datetime) -> ProgressMessage:
    return ProgressMessage(
        phase=progress.phase,
        since=progress.since,
        elapsed=now - progress.since,
        last_heard_at=progress.last_heard_at,
        attempt=progress.attempt,
    )


def line_message(line: StoredLine) -> LineMessage:
    return LineMessage(
        at=line.at,
        level=line.level,
        message=line.message,
        sync_id=line.sync_id,
        details=dict(sorted(line.details.items())),
    )


def agent_message(agent: StoredAgent, *, hosted: bool) -> AgentMessage:
    return AgentMessage(
        host=agent.host,
        first_seen_at=agent.first_seen_at,
        last_seen_at=agent.last_seen_at,
        hosted=hosted,
        build=agent.build or {},
        system=agent.system or {},
    )
