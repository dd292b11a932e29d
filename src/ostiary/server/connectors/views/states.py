"""States of connectors and syncs as chips, and what follows from them in words."""

from __future__ import annotations

from typing import Final

from ostiary.server.connectors.rules import PauseCategory, Status, SyncState
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.web.components.cells import Chip

HELD: Final = "held"
DELETED: Final = "deleted"

CHIPS: Final = {
    Status.NOT_CONNECTED: Chip("Not connected", "plug"),
    Status.SYNCING: Chip("Syncing", "refresh", "accent"),
    Status.CONNECTED: Chip("Connected", "circle-check", "proven"),
    Status.ERROR: Chip("Error", "circle-x", "danger"),
    Status.PAUSED: Chip("Paused", "player-pause", "person"),
    HELD: Chip("Held", "hand-stop", "person", "A sync waits for somebody to confirm it."),
    DELETED: Chip("Deleted", "trash"),
}

SYNC_CHIPS: Final = {
    SyncState.QUEUED: Chip("Waiting", "clock"),
    SyncState.RUNNING: Chip("Reading", "refresh", "accent"),
    SyncState.INGESTING: Chip("Applying", "refresh", "accent"),
    SyncState.HELD: Chip("Held", "hand-stop", "person"),
    SyncState.DONE: Chip("Applied", "circle-check", "proven"),
    SyncState.FAILED: Chip("Failed", "circle-x", "danger"),
    SyncState.CANCELLED: Chip("Stopped", "ban"),
}

_CAUSES: Final = {"schedule": "by schedule", "first": "first sync", "configured": "new settings"}


def state_of(connector: Connector) -> str:
    """A `Status`, or `held` for what a large drop paused, or `deleted`. Once the drop is confirmed
    it syncs, although the pause lasts until the end of that."""
    if connector.deleted_at is not None:
        return DELETED
    if connector.paused_category is PauseCategory.ANOMALY:
        return Status.SYNCING if connector.syncing else HELD
    return connector.status


def chip_of(connector: Connector) -> Chip:
    return CHIPS[state_of(connector)]


def sync_chip(sync: Sync) -> Chip:
    return SYNC_CHIPS[sync.state]


def cause_of(sync: Sync) -> str:
    return _CAUSES.get(sync.cause, "on demand")
