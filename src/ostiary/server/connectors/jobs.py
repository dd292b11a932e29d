"""What goes on without anyone asking: schedules, lost tasks, ingestion, left-over files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ostiary.server.connectors.actions import queue, schedules, syncs
from ostiary.server.connectors.files import upload_path, uploads_folder
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import registry, tasks
from ostiary.server.connectors.store import syncs as sync_store
from ostiary.server.connectors.store.syncs import Sync as ConnectorSync
from ostiary.server.ingest.actions import Sync, SyncOutcome, apply_sync
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.audit import plain
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()

REFRESH_PEOPLE: Final = "directory.refresh_app"
"""The directory's job by name: whose accounts these are is settled after they are there."""
FILES_KEPT: Final = timedelta(days=1)
MISSING: Final = (
    "The uploaded file is not in this worker's data directory, which it must share with the "
    "processes that answer connectors."
)


@jobs.job(syncs.INGEST)
def ingest_sync(kernel: Kernel, sync_id: str) -> None:
    """Once more after a crash: applying is idempotent, and so is noting what came of it.

    The file of a held sync stays, for when somebody confirms it.
    """
    with kernel.read() as connection:
        sync = sync_store.find(connection, sync_id)
        connector_id = sync_store.connector_of(connection, sync_id)
    if sync is None or connector_id is None or sync.state is not SyncState.INGESTING:
        return
    assert sync.upload_id is not None
    path = upload_path(kernel.settings, sync.upload_id, "c1z")
    if not path.exists():
        _note_failure(kernel, sync, MISSING)
        return
    outcome = apply_sync(kernel, connector_id, path, Sync(confirmed=sync.confirmed_at is not None))
    _note(kernel, connector_id, sync, outcome)
    if outcome.state != "held":
        path.unlink(missing_ok=True)


@jobs.periodic("connectors.start_due_syncs", "* * * * *")
def start_due_syncs(kernel: Kernel) -> None:
    full = True
    while full:
        with kernel.work(SYSTEM) as work:
            full = schedules.start_due_syncs(work) == schedules.BATCH


@jobs.periodic("connectors.release_lost_tasks", "* * * * *")
def release_lost_tasks(kernel: Kernel) -> None:
    """Polls do this too; here it is for connectors whose last agent is gone."""
    with kernel.read() as connection:
        waiting = tasks.connectors_with_lost_tasks(connection, kernel.clock.now())
    for connector_id in waiting:
        with kernel.work(SYSTEM) as work:
            queue.release_lost_tasks(work, connector_id)


@jobs.periodic("connectors.remove_leftover_uploads", "17 * * * *")
def remove_leftover_uploads(kernel: Kernel) -> None:
    """Files of uploads that broke off, were superseded, or whose sync is over."""
    before = kernel.clock.now() - FILES_KEPT
    old = {path.stem: path for path in _files(uploads_folder(kernel.settings), before)}
    with kernel.read() as connection:
        wanted = tasks.wanted_uploads(connection, list(old))
    for upload_id, path in old.items():
        if upload_id not in wanted:
            path.unlink(missing_ok=True)


def _files(folder: Path, before: datetime) -> list[Path]:
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    ]


def _note(kernel: Kernel, connector_id: str, sync: ConnectorSync, outcome: SyncOutcome) -> None:
    record = outcome.record
    counts, deltas = plain(record.counts), _deltas(outcome)
    if outcome.state == "refused":
        _note_failure(kernel, sync, outcome.reason)
        return
    with kernel.work(SYSTEM) as work:
        if outcome.state == "held":
            syncs.end_held(work, sync.id, outcome.reason, counts)
        else:
            syncs.end_applied(work, sync.id, counts, deltas)
            connector = registry.find(work.connection, connector_id)
            if connector is not None:
                work.defer(REFRESH_PEOPLE, app_id=connector.app_id)


def _note_failure(kernel: Kernel, sync: ConnectorSync, reason: str) -> None:
    """Unless whoever took this job over, while it seemed dead, has noted how the sync ended."""
    with kernel.work(SYSTEM) as work:
        registry.lock_by_key(work.connection, sync.connector_key)
        if sync_store.get(work.connection, sync.key).state is SyncState.INGESTING:
            syncs.end_failed(work, sync.key, reason)


def _deltas(outcome: SyncOutcome) -> dict[str, dict[str, dict[str, int]]]:
    return {
        kind: {
            name: {"added": delta.added, "removed": delta.removed, "changed": delta.changed}
            for name, delta in types.items()
        }
        for kind, types in outcome.record.deltas.items()
    }
