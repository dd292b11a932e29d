"""Asking for syncs, calling them off, and what their outcome means for the connector."""

from typing import Any, Final

from ostiary.baton.pb.connectorapi_v1 import Task as TaskMessage
from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.actions.noting import note
from ostiary.server.connectors.leases import SYNC_FULL, TaskState
from ostiary.server.connectors.rules import (
    NO_FAILURES,
    Health,
    PauseCategory,
    SyncState,
)
from ostiary.server.connectors.store import journal, registry, syncs, tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.store.tasks import Task
from ostiary.server.kernel.errors import conflict, failed_precondition, not_found
from ostiary.server.kernel.work import UnitOfWork

STORAGE_ENGINE = "sqlite"
"""What connectors are asked to upload; newer ones would send Pebble otherwise."""


INGEST: Final = "connectors.ingest_sync"
"""The job that applies an upload."""


def ingest_lock(connector: Connector) -> str:
    """Of the jobs of one connector, one runs at a time."""
    return f"ingest:{connector.id}"


def enqueue_sync(work: UnitOfWork, connector_id: str, cause: str) -> Sync:
    """AppError when the connector is paused, or when it has a sync that is not over yet."""
    connector = locked(work, connector_id)
    if connector.paused_at is not None:
        raise failed_precondition("The connector is paused; resume it first.")
    if syncs.find_open(work.connection, connector.key) is not None:
        raise conflict("A sync is already waiting or running.")
    sync = syncs.add(work.connection, work.new_id(), connector.key, cause, work.now)
    message = TaskMessage(sync_full=TaskMessage.SyncFullTask(storage_engine=STORAGE_ENGINE))
    tasks.add(
        work.connection,
        public_id=work.new_id(),
        connector_id=connector.key,
        sync_id=sync.key,
        kind=SYNC_FULL,
        payload=message.SerializeToString(),
        available_at=work.now,
        created_at=work.now,
    )
    return sync


def request_sync(work: UnitOfWork, connector_id: str) -> Sync:
    """ "Sync now" by a person or a client."""
    sync = enqueue_sync(work, connector_id, cause=f"{work.actor.kind}:{work.actor.id}")
    work.audit("connectors.sync.request", "connector", connector_id, None, {"syncId": sync.id})
    return sync


def stop_sync(work: UnitOfWork, connector_id: str) -> Sync:
    """One that waits is off at once; one that runs, when its agent hears of it or falls silent."""
    connector = locked(work, connector_id)
    sync = syncs.find_open(work.connection, connector.key)
    if sync is None:
        raise failed_precondition("No sync is waiting or running.")
    if sync.state is SyncState.INGESTING:
        raise failed_precondition("The sync has finished and is being applied.")
    task = tasks.find_of_sync(work.connection, sync.key)
    assert task is not None
    stop_task(work, task)
    work.audit("connectors.sync.stop", "connector", connector.id, {"syncId": sync.id}, None)
    return syncs.get(work.connection, sync.key)


def confirm_sync(work: UnitOfWork, connector_id: str, sync_id: str | None = None) -> Sync:
    """Somebody says that what a held sync would remove is really gone: it is applied after all.

    AppError when none is held, or another one than `sync_id`.
    """
    connector = locked(work, connector_id)
    sync = _held(work, connector)
    if sync_id not in (None, sync.id):
        raise failed_precondition(f"The sync that is held is {sync.id}.")
    syncs.update(
        work.connection, sync.key, state=SyncState.INGESTING, error="", confirmed_at=work.now
    )
    work.audit("connectors.sync.confirm", "connector", connector.id, None, {"syncId": sync.id})
    work.defer(INGEST, lock=ingest_lock(connector), sync_id=sync.id)
    return syncs.get(work.connection, sync.key)


def discard_held_sync(work: UnitOfWork, connector: Connector) -> None:
    """Does nothing when none is held."""
    sync = syncs.find_held(work.connection, connector.key)
    if sync is not None:
        _ended(work, sync.key, SyncState.CANCELLED)
        note(work, connector.key, "info", "Held sync discarded.", sync.key)


def stop_everything(work: UnitOfWork, connector: Connector, *, only_syncs: bool) -> None:
    for task in tasks.find_open(work.connection, connector.key):
        if task.sync_key is not None or not only_syncs:
            stop_task(work, task)


def stop_task(work: UnitOfWork, task: Task) -> None:
    if task.lease.state is TaskState.LEASED:
        if not task.lease.cancel_requested:
            tasks.update(work.connection, task.key, cancel_requested_at=work.now)
        return
    tasks.update(
        work.connection,
        task.key,
        state=TaskState.CANCELLED,
        cancel_requested_at=work.now,
        finished_at=work.now,
    )
    if task.sync_key is not None:
        end_cancelled(work, task.sync_key)


def end_cancelled(work: UnitOfWork, sync_key: int) -> None:
    """Says nothing about the connector's health."""
    sync = _ended(work, sync_key, SyncState.CANCELLED)
    note(work, sync.connector_key, "info", "Sync stopped.", sync.key)


def end_failed(work: UnitOfWork, sync_key: int, error: str) -> None:
    """The third failure in a row raises an alert, the fourth does not."""
    sync = _ended(work, sync_key, SyncState.FAILED, error=_text(error))
    connector = registry.lock_by_key(work.connection, sync.connector_key)
    if connector is None:
        return
    failures, tell = connector.failures.after_failure(work.now)
    registry.update(
        work.connection,
        connector.key,
        health=Health.FAILING,
        last_error=_text(error),
        consecutive_failures=failures.count,
        alerted_at=failures.alerted_at,
    )
    note(work, connector.key, "error", f"Sync failed: {error}", sync.key)
    if tell:
        journal.raise_alert(
            work.connection,
            connector.key,
            work.now,
            "syncs_failing",
            failures=failures.count,
            error=_text(error),
        )


def end_applied(
    work: UnitOfWork, sync_id: str, counts: dict[str, Any], deltas: dict[str, Any]
) -> None:
    """The sync is in the catalogue: the connector is connected."""
    sync, connector = _known_and_locked(work, sync_id)
    if sync.state not in (SyncState.INGESTING, SyncState.HELD):
        return
    _ended(work, sync.key, SyncState.DONE, counts=counts, deltas=deltas)
    if connector is None:
        return
    registry.update(
        work.connection,
        connector.key,
        health=Health.GOOD,
        last_error="",
        last_sync_at=work.now,
        consecutive_failures=NO_FAILURES.count,
        alerted_at=NO_FAILURES.alerted_at,
        **_pause_after(connector),
    )
    note(work, connector.key, "info", "Sync applied.", sync.key, **counts)


def end_held(work: UnitOfWork, sync_id: str, reason: str, counts: dict[str, Any]) -> None:
    """A suspicious sync waits for someone; the connector pauses so that nothing overtakes it."""
    sync, connector = _known_and_locked(work, sync_id)
    if sync.state is not SyncState.INGESTING or connector is None:
        return
    syncs.update(
        work.connection, sync.key, state=SyncState.HELD, error=_text(reason), counts=counts
    )
    registry.update(
        work.connection,
        connector.key,
        paused_at=work.now,
        paused_category=PauseCategory.ANOMALY,
        paused_reason=_text(reason),
    )
    note(work, connector.key, "warning", f"Sync held: {reason}", sync.key)
    journal.raise_alert(work.connection, connector.key, work.now, "sync_held", reason=_text(reason))


def _ended(work: UnitOfWork, sync_key: int, state: SyncState, **values: Any) -> Sync:
    syncs.update(work.connection, sync_key, state=state, ended_at=work.now, **values)
    return syncs.get(work.connection, sync_key)


def _known_and_locked(work: UnitOfWork, sync_id: str) -> tuple[Sync, Connector | None]:
    """The sync as it is once its connector is locked; no connector when that was deleted."""
    sync = syncs.find(work.connection, sync_id)
    if sync is None:
        raise not_found("The sync does not exist.")
    connector = registry.lock_by_key(work.connection, sync.connector_key)
    return syncs.get(work.connection, sync.key), connector


def _held(work: UnitOfWork, connector: Connector) -> Sync:
    sync = syncs.find_held(work.connection, connector.key)
    if sync is None:
        raise failed_precondition("No sync is held.")
    return sync


def _pause_after(connector: Connector) -> dict[str, Any]:
    """A pause that only protected a held sync ends when that sync is applied."""
    if connector.paused_category is not PauseCategory.ANOMALY:
        return {}
    return {"paused_at": None, "paused_category": None, "paused_reason": ""}


def _text(text: str) -> str:
    """What PostgreSQL can store, and not more than a person reads."""
    return text.replace("\x00", "\ufffd")[:4000]
