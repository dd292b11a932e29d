"""When a connector counts as connected, what may be asked of it, and when someone must be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CLIENT_KIND = "cnc"
"""What the client ids of connectors end in."""

FAILURES_BEFORE_ALERT = 3
ROTATION_GRACE = timedelta(hours=1)
CREDENTIAL_LIFETIME = timedelta(days=365)


class Status(StrEnum):
    """The five states that people see (features, connector states)."""

    NOT_CONNECTED = "not_connected"
    SYNCING = "syncing"
    CONNECTED = "connected"
    ERROR = "error"
    PAUSED = "paused"


class Health(StrEnum):
    """What the last finished sync said. Stored, unlike `Status`, which is derived."""

    UNKNOWN = "unknown"
    GOOD = "good"
    FAILING = "failing"


class PauseCategory(StrEnum):
    MANUAL = "manual"
    ANOMALY = "anomaly"


class SyncState(StrEnum):
    """A sync from the wish for it to its effect on the catalogue."""

    QUEUED = "queued"
    RUNNING = "running"
    INGESTING = "ingesting"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        return self in OPEN_SYNC_STATES


OPEN_SYNC_STATES = frozenset({SyncState.QUEUED, SyncState.RUNNING, SyncState.INGESTING})
"""A connector has at most one sync in these states."""

VISIBLE_SYNC_STATES = frozenset({SyncState.RUNNING, SyncState.INGESTING})
"""A sync that waits for an agent does not make a connector look alive."""


def status_of(health: Health, *, paused: bool, syncing: bool) -> Status:
    """A pause hides everything else; after resuming, the state before it shows again."""
    if paused:
        return Status.PAUSED
    if syncing:
        return Status.SYNCING
    return {
        Health.UNKNOWN: Status.NOT_CONNECTED,
        Health.GOOD: Status.CONNECTED,
        Health.FAILING: Status.ERROR,
    }[health]


@dataclass(frozen=True, slots=True)
class Failures:
    """How many syncs in a row have failed, and whether the owners have been told."""

    count: int
    alerted_at: datetime | None

    def after_failure(self, now: datetime) -> tuple["Failures", bool]:
        """The new tally, and whether the owners are to be told now: once per run of failures."""
        count = self.count + 1
        tell = count >= FAILURES_BEFORE_ALERT and self.alerted_at is None
        return Failures(count, now if tell else self.alerted_at), tell


NO_FAILURES = Failures(0, None)


def superseded_until(now: datetime, expires_at: datetime | None) -> datetime:
    """When the secret that a rotation replaces stops working."""
    end = now + ROTATION_GRACE
    return end if expires_at is None else min(end, expires_at)


def credential_works(now: datetime, *, revoked_at: datetime | None, ends: datetime | None) -> bool:
    return revoked_at is None and (ends is None or now < ends)
