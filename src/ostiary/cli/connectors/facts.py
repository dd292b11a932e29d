"""Connectors as records: what `--json` prints and what the tables are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ostiary.server.catalog.store import apps
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import credentials, journal, syncs
from ostiary.server.connectors.store.credentials import Credential
from ostiary.server.connectors.store.journal import Agent
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.kernel.database import Connection

SYNCS_SEARCHED = 50


@dataclass(frozen=True)
class Overview:
    """`app` is a name, empty for an app that is gone. `counts`: rows by kind after the newest
    applied sync."""

    connector: Connector
    app: str
    latest: Sync | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Details:
    overview: Overview
    credentials: list[Credential]
    agents: list[Agent]


def overview(connection: Connection, connector: Connector) -> Overview:
    app = apps.find(connection, connector.app_id)
    recent = syncs.find_latest(connection, connector.key, SYNCS_SEARCHED)
    applied = next((sync for sync in recent if sync.state is SyncState.DONE), None)
    return Overview(
        connector,
        app.display_name if app else "",
        recent[0] if recent else None,
        _totals(applied.counts if applied and applied.counts else {}),
    )


def details(connection: Connection, connector: Connector) -> Details:
    return Details(
        overview(connection, connector),
        credentials.find_of(connection, connector.key),
        journal.agents_of(connection, connector.key),
    )


def overview_record(seen: Overview) -> dict[str, Any]:
    connector = seen.connector
    return {
        "id": connector.id,
        "displayName": connector.display_name,
        "appId": connector.app_id,
        "app": seen.app,
        "status": str(connector.status),
        "lastSyncAt": instant(connector.last_sync_at),
        "counts": dict(seen.counts),
        "lastError": connector.last_error,
        "pausedReason": connector.paused_reason,
        "deletedAt": instant(connector.deleted_at),
    }


def record_of(connection: Connection, connector: Connector) -> dict[str, Any]:
    return overview_record(overview(connection, connector))


def details_record(seen: Details, now: datetime) -> dict[str, Any]:
    latest = seen.overview.latest
    return {
        **overview_record(seen.overview),
        "latestSync": sync_record(latest) if latest else None,
        "credentials": [credential_record(each, now) for each in seen.credentials],
        "agents": [
            {"host": each.host, "lastSeenAt": instant(each.last_seen_at)} for each in seen.agents
        ],
    }


def sync_record(sync: Sync) -> dict[str, Any]:
    return {
        "id": sync.id,
        "state": str(sync.state),
        "requestedAt": instant(sync.requested_at),
        "startedAt": instant(sync.started_at),
        "endedAt": instant(sync.ended_at),
        "error": sync.error,
    }


def credential_record(credential: Credential, now: datetime) -> dict[str, Any]:
    return {
        "id": credential.id,
        "clientId": credential.client_id,
        "state": credential_state(credential, now),
        "createdAt": instant(credential.created_at),
        "lastUsedAt": instant(credential.last_used_at),
        "endsAt": instant(credential.ends),
    }


def credential_state(credential: Credential, now: datetime) -> str:
    if credential.revoked_at is not None:
        return "revoked"
    if not credential.works(now):
        return "expired"
    return "good" if credential.superseded_until is None else "superseded"


def instant(moment: datetime | None) -> str | None:
    """RFC 3339, to the second."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _totals(counts: Mapping[str, Any]) -> dict[str, int]:
    """Counts are by kind and then by resource type."""
    return {kind: sum(types.values()) for kind, types in counts.items() if types}
