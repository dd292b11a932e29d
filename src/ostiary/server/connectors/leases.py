"""Who holds a task, for how long, and what becomes of it when its holder falls silent.

Stock connectors send heartbeats for full syncs only, and never repeat a FinishTask that failed
(protocol reference 3.5 and 3.6), so every lease ends by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

HEARTBEAT_EVERY: Final = timedelta(seconds=30)


class TaskState(StrEnum):
    QUEUED = "queued"
    LEASED = "leased"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a kind of task may take.

    `silence`: how long a holder may go without a sign of life. `limit`: how long one attempt may
    last in all. `attempts`: how often the task is handed out before it counts as failed; 1 for
    what must not happen twice.
    """

    silence: timedelta
    limit: timedelta
    attempts: int


def _unheard(limit: timedelta, attempts: int) -> Terms:
    return Terms(limit, limit, attempts)


SYNC_FULL: Final = "sync_full"
_SYNC = Terms(silence=timedelta(minutes=3), limit=timedelta(hours=24), attempts=5)
_REPEATABLE = _unheard(timedelta(minutes=15), attempts=4)
_ONCE = _unheard(timedelta(minutes=15), attempts=1)

TERMS: Final[dict[str, Terms]] = {
    SYNC_FULL: _SYNC,
    "hello": _unheard(timedelta(minutes=2), attempts=3),
    "grant": _REPEATABLE,
    "revoke": _REPEATABLE,
    "create_account": _ONCE,
    "create_resource": _ONCE,
    "delete_resource": _REPEATABLE,
    "rotate_credentials": _ONCE,
    "issue_credential": _ONCE,
    "action_list_schemas": _REPEATABLE,
    "action_get_schema": _REPEATABLE,
    "action_invoke": _unheard(timedelta(hours=1), attempts=1),
    "action_status": _REPEATABLE,
    "list_event_feeds": _REPEATABLE,
    "list_events": _REPEATABLE,
}
"""Every kind that may be queued, by its field name in `Task.task_type`.

Granting and revoking answer "already so" when repeated; creating does not.
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """The part of a task that says whose it is. `until` and `limit` are unset while unclaimed."""

    kind: str
    state: TaskState
    host: str | None = None
    until: datetime | None = None
    limit: datetime | None = None
    attempts: int = 0
    cancel_requested: bool = False


def heard_at(lease: Lease) -> datetime | None:
    """When its holder last gave a sign of life, to the second before the end of its limit."""
    if lease.state is not TaskState.LEASED or lease.until is None:
        return None
    return lease.until - TERMS[lease.kind].silence


class Standing(StrEnum):
    """What a host is to a task that it speaks about."""

    HOLDER = "holder"
    FORMER = "former"  # its lease ran out, but nobody else has taken the task
    STRANGER = "stranger"
    OVER = "over"  # the task is finished or cancelled


def claim(lease: Lease, host: str, now: datetime) -> Lease:
    """The lease after handing the task to `host`."""
    terms = TERMS[lease.kind]
    return Lease(
        lease.kind,
        TaskState.LEASED,
        host,
        until=now + terms.silence,
        limit=now + terms.limit,
        attempts=lease.attempts + 1,
    )


def standing(lease: Lease, host: str) -> Standing:
    """A holder that was slow keeps its work for as long as nobody else began it anew."""
    if lease.state in (TaskState.FINISHED, TaskState.CANCELLED):
        return Standing.OVER
    if lease.host != host:
        return Standing.STRANGER
    return Standing.HOLDER if lease.state is TaskState.LEASED else Standing.FORMER


def extended(lease: Lease, now: datetime) -> datetime:
    """Until when a sign of life at `now` keeps the lease: never past the attempt's limit."""
    until = now + TERMS[lease.kind].silence
    return until if lease.limit is None else min(until, lease.limit)


def must_stop(lease: Lease, host: str, now: datetime) -> bool:
    """Whether a host that sends a heartbeat is to be told to abandon the task."""
    if lease.cancel_requested or standing(lease, host) in (Standing.STRANGER, Standing.OVER):
        return True
    return lease.limit is not None and now >= lease.limit


def lost(lease: Lease, now: datetime) -> bool:
    return lease.state is TaskState.LEASED and lease.until is not None and now >= lease.until


def may_retry(lease: Lease) -> bool:
    """Whether a lost or failed attempt is followed by another."""
    return not lease.cancel_requested and lease.attempts < TERMS[lease.kind].attempts


def retry_after(attempts: int) -> timedelta:
    """The pause before the next attempt: 15 s, doubling, at most 10 min."""
    doublings = max(attempts - 1, 0)
    return min(timedelta(seconds=15) * (1 << doublings), timedelta(minutes=10))
