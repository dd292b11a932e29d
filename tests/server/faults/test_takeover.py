from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors import jobs
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.files import upload_path, uploads_folder
from ostiary.server.connectors.rules import SyncState
from ostiary.server.ingest.actions import apply_sync
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from tests.server.connectors import world
from tests.server.connectors.world import ADA
from tests.server.ingest.tenants import Tenant

DIES = sa.text(
    "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)"
    " VALUES (now() - interval '31 seconds') RETURNING id)"
    " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)"
)


async def test_a_periodic_job_that_died_with_its_worker_stops_neither_itself_nor_others(
    kernel: Kernel,
) -> None:
    """Its next tick waits for the lock of the dead one, and under the same name in the queue."""
    registry, done = Jobs(), list[str]()

    @registry.job("tick")
    def tick(kernel: Kernel) -> None:
        done.append("tick")

    @registry.job("other")
    def other(kernel: Kernel) -> None:
        done.append("other")

    with kernel.work(ADA) as work:
        work.defer("tick", lock="tick", queueing_lock="tick")
        work.defer("other")
    with kernel.database.engine.begin() as connection:
        connection.execute(DIES)
    with kernel.work(ADA) as work:
        work.defer("tick", lock="tick", queueing_lock="tick")
    await Worker(kernel, [registry]).drain()
    assert sorted(done) == ["other", "tick"]


def test_looking_for_dead_workers_needs_no_lock_that_a_dead_one_may_hold(kernel: Kernel) -> None:
    worker = Worker(kernel, [])
    worker._schedule()
    locks = {
        each.task.name: each.configure_kwargs.get("lock")
        for each in worker._app.periodic_registry.periodic_tasks.values()
    }
    assert locks["kernel.retry_stalled_jobs"] is None
    assert locks["kernel.forget_finished_jobs"] == "kernel.forget_finished_jobs"


def test_a_worker_taken_for_dead_does_not_undo_what_its_successor_did(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with kernel.work(ADA) as work:
        connector = create_connector(work, NewConnector(create_app(work, "Demo"), "", "Demo"))
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    sync = world.latest_sync(kernel, connector)
    assert sync.upload_id is not None
    uploads_folder(kernel.settings).mkdir(parents=True)
    tenant = Tenant()
    tenant.group("red", tenant.user("ann"))
    tenant.write(upload_path(kernel.settings, sync.upload_id, "c1z"), sync_id=sync.upload_id)
    apply = apply_sync

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(jobs, "apply_sync", apply)
        jobs.ingest_sync(kernel, sync_id=sync.id)
        return apply(*arguments)

    monkeypatch.setattr(jobs, "apply_sync", overtaken)
    jobs.ingest_sync(kernel, sync_id=sync.id)
    assert world.latest_sync(kernel, connector).state is SyncState.DONE
    with kernel.read() as connection:
        query = sa.text("SELECT count(*) FROM sync_history WHERE state = 'applied'")
        assert connection.scalar(query) == 1
