"""States of connectors and syncs as chips, and what follows from them in words."""

from __future__ import annotations

from typing import Final

from ostiary.server.connectors.catalogue.kinds import ENTRA, Kind
from ostiary.server.connectors.oauth.application import operator_application
from ostiary.server.connectors.rules import PauseCategory, Status, SyncState
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.web.components.cells import Chip

HELD: Final = "held"
DELETED: Final = "deleted"
SIGNING_IN: Final = "sign-in not finished"

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


def unfinished(connector: Connector, kind: Kind | None, *, configured: bool) -> str:
    """What a connector that this server is to run still lacks, in words; empty for nothing, also
    where somebody runs it elsewhere instead."""
    if configured or kind is None or not kind.hosted:
        return ""
    if connector.status is not Status.NOT_CONNECTED:
        return ""
    signing_in = kind.catalog_id == ENTRA and operator_application() is not None
    return SIGNING_IN if signing_in else "no settings yet"


def sync_chip(sync: Sync) -> Chip:
    return SYNC_CHIPS[sync.state]


def cause_of(sync: Sync) -> str:
    return _CAUSES.get(sync.cause, "on demand")
