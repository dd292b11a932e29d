"""What the tests of the connectors share: who acts, and short ways to look and to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from ostiary.baton.pb.connectorapi_v1 import Task as TaskMessage
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.outcomes import Outcome
from ostiary.server.connectors.actions.syncs import end_applied, request_sync
from ostiary.server.connectors.files import upload_path
from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.store import journal, registry, syncs, tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.store.tasks import Task, Upload
from ostiary.server.kernel.actor import SYSTEM, Actor
from ostiary.server.kernel.work import Kernel

JOBS = sa.text("SELECT task_name, args, lock FROM procrastinate_jobs ORDER BY id")

ADA = Actor("user", "1srOrx2ZWZBpBUvZwXKQmoEYga2", "Ada")


def lease(kernel: Kernel, connector: Connector, host: str) -> TaskMessage | None:
    with kernel.work(SYSTEM) as work:
        leased = queue.lease_tasks(work, connector.id, host, 1)
    return leased[0] if leased else None


def upload(kernel: Kernel, connector: Connector, host: str, task_id: str) -> None:
    with kernel.work(SYSTEM) as work:
        received = Upload(work.new_id(), "c1z", host, 0, 5, bytes(32), work.now)
        queue.record_upload(work, connector.id, host, task_id, received)


def finish(
    kernel: Kernel, connector: Connector, host: str, task_id: str, outcome: Outcome | None = None
) -> None:
    with kernel.work(SYSTEM) as work:
        queue.finish_task(work, connector.id, host, task_id, outcome or Outcome())


def fail_sync(kernel: Kernel, connector: Connector, message: str = "it broke") -> None:
    """Asks for a sync unless one waits, and has an agent fail it."""
    if not open_sync(kernel, connector):
        with kernel.work(ADA) as work:
            request_sync(work, connector.id)
    task = lease(kernel, connector, "host-a")
    assert task is not None
    finish(kernel, connector, "host-a", task.id, Outcome(2, message))


def complete_sync(kernel: Kernel, connector: Connector) -> None:
    """The waiting sync, from lease to catalogue."""
    task = lease(kernel, connector, "host-a")
    assert task is not None
    upload(kernel, connector, "host-a", task.id)
    finish(kernel, connector, "host-a", task.id)
    with kernel.work(SYSTEM) as work:
        sync = syncs.find_latest(work.connection, connector.key, 1)[0]
        end_applied(work, sync.id, {"user": 3}, {})


def bring(kernel: Kernel, connector: Connector, write: Callable[[Path], object]) -> Sync:
    """A whole sync, as an agent and a worker do it. `write` puts the file there."""
    if not open_sync(kernel, connector):
        with kernel.work(ADA) as work:
            request_sync(work, connector.id)
    task = lease(kernel, connector, "host-a")
    assert task is not None
    upload(kernel, connector, "host-a", task.id)
    finish(kernel, connector, "host-a", task.id)
    sync = latest_sync(kernel, connector)
    assert sync.upload_id is not None
    file = upload_path(kernel.settings, sync.upload_id, "c1z")
    file.parent.mkdir(parents=True, exist_ok=True)
    write(file)
    ingest_sync(kernel, sync.id)
    return latest_sync(kernel, connector)


def seen(kernel: Kernel, connector: Connector) -> Connector:
    with kernel.read() as connection:
        found = registry.find(connection, connector.id)
    assert found is not None
    return found


def latest_sync(kernel: Kernel, connector: Connector) -> Sync:
    with kernel.read() as connection:
        return syncs.find_latest(connection, connector.key, 1)[0]


def open_sync(kernel: Kernel, connector: Connector) -> Sync | None:
    with kernel.read() as connection:
        return syncs.find_open(connection, connector.key)


def task_of(kernel: Kernel, task_id: str) -> Task:
    with kernel.read() as connection:
        found = tasks.find(connection, task_id)
    assert found is not None
    return found


def alerts(kernel: Kernel, connector: Connector) -> list[str]:
    with kernel.read() as connection:
        return journal.untold_alerts(connection, connector.key)
