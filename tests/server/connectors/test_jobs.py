from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.registry import (
    NewConnector,
    create_connector,
    pause_connector,
    resume_connector,
    set_schedule,
)
from ostiary.server.connectors.actions.schedules import BATCH
from ostiary.server.connectors.actions.syncs import confirm_sync, request_sync
from ostiary.server.connectors.files import upload_path, uploads_folder
from ostiary.server.connectors.jobs import (
    MISSING,
    ingest_sync,
    jobs,
    release_lost_tasks,
    remove_leftover_uploads,
    start_due_syncs,
)
from ostiary.server.connectors.rules import PauseCategory, Status, SyncState
from ostiary.server.connectors.schedule import Interval
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.store.tasks import Upload
from ostiary.server.directory.actions import save_directory
from ostiary.server.directory.jobs import jobs as directory_jobs
from ostiary.server.directory.rules.assembly import Directory
from ostiary.server.directory.store import people
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker
from tests.server.connectors import world
from tests.server.connectors.syncfiles import write_users
from tests.server.connectors.world import ADA

HOUR = timedelta(hours=1)


def deliver(kernel: Kernel, connector: Connector, users: int | None) -> Sync:
    """A sync that was uploaded and finished; the file holds `users`, or rubbish if None."""
    if not world.open_sync(kernel, connector):
        with kernel.work(ADA) as work:
            request_sync(work, connector.id)
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    with kernel.work(SYSTEM) as work:
        received = Upload(work.new_id(), "c1z", "host-a", 0, 5, bytes(32), work.now)
        path = upload_path(kernel.settings, received.id, "c1z")
        if users is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"C1ZF\x00rubbish")
        else:
            write_users(path, users)
        queue.record_upload(work, connector.id, "host-a", task.id, received)
    world.finish(kernel, connector, "host-a", task.id)
    return world.latest_sync(kernel, connector)


def test_a_delivered_sync_is_applied_and_its_file_removed(
    kernel: Kernel, connector: Connector
) -> None:
    sync = deliver(kernel, connector, users=3)
    assert world.seen(kernel, connector).status is Status.SYNCING
    ingest_sync(kernel, sync.id)
    after = world.latest_sync(kernel, connector)
    assert after.state is SyncState.DONE
    assert after.deltas is not None
    assert after.deltas["resources"]["user"] == {"added": 3, "removed": 0, "changed": 0}
    assert world.seen(kernel, connector).status is Status.CONNECTED
    assert list(uploads_folder(kernel.settings).iterdir()) == []


async def test_the_worker_applies_what_an_agent_delivered(
    kernel: Kernel, connector: Connector
) -> None:
    deliver(kernel, connector, users=2)
    await Worker(kernel, [jobs]).drain()
    assert world.seen(kernel, connector).status is Status.CONNECTED


async def test_the_people_of_a_directory_follow_its_sync(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    worker = Worker(kernel, [jobs, directory_jobs])
    deliver(kernel, connector, users=1)
    await worker.drain()
    with kernel.work(SYSTEM) as work:
        save_directory(work, connector.app_id, Directory(connector.app_id), {})
    await worker.drain()
    clock.advance(HOUR)
    deliver(kernel, connector, users=3)
    await worker.drain()
    with kernel.read() as connection:
        assert len(list(people.current(connection))) == 3


def test_a_crash_between_applying_and_noting_is_made_good(
    kernel: Kernel, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = deliver(kernel, connector, users=2)
    with monkeypatch.context() as patched:
        patched.setattr("ostiary.server.connectors.jobs._note", _crash)
        with pytest.raises(RuntimeError, match="killed"):
            ingest_sync(kernel, sync.id)
    assert world.latest_sync(kernel, connector).state is SyncState.INGESTING
    ingest_sync(kernel, sync.id)
    ingest_sync(kernel, sync.id)
    assert world.latest_sync(kernel, connector).state is SyncState.DONE


def test_a_file_that_cannot_be_read_fails_the_sync_with_the_reason(
    kernel: Kernel, connector: Connector
) -> None:
    sync = deliver(kernel, connector, users=None)
    ingest_sync(kernel, sync.id)
    seen = world.seen(kernel, connector)
    assert seen.status is Status.ERROR
    assert "truncated" in seen.last_error


def test_a_file_that_is_elsewhere_fails_the_sync_and_says_so(
    kernel: Kernel, connector: Connector
) -> None:
    sync = deliver(kernel, connector, users=1)
    upload_path(kernel.settings, sync.upload_id or "", "c1z").unlink()
    ingest_sync(kernel, sync.id)
    assert world.seen(kernel, connector).last_error == MISSING


def test_a_large_drop_is_held_and_pauses_the_connector(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    ingest_sync(kernel, deliver(kernel, connector, users=40).id)
    clock.advance(HOUR)
    ingest_sync(kernel, deliver(kernel, connector, users=4).id)
    seen = world.seen(kernel, connector)
    assert (seen.status, seen.paused_category) == (Status.PAUSED, PauseCategory.ANOMALY)
    assert world.latest_sync(kernel, connector).state is SyncState.HELD
    assert world.alerts(kernel, connector) == ["sync_held"]


def test_a_confirmed_drop_is_applied_and_ends_the_pause(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    ingest_sync(kernel, deliver(kernel, connector, users=40).id)
    clock.advance(HOUR)
    held = deliver(kernel, connector, users=4)
    ingest_sync(kernel, held.id)
    with kernel.work(ADA) as work:
        confirm_sync(work, connector.id)
    with kernel.read() as connection:
        queued = connection.execute(world.JOBS).all()
    ingesting = [job.args["sync_id"] for job in queued if "sync_id" in job.args]
    assert ingesting[1:] == [held.id, held.id]
    ingest_sync(kernel, held.id)
    sync = world.latest_sync(kernel, connector)
    assert sync.state is SyncState.DONE
    assert sync.deltas is not None
    assert sync.deltas["resources"]["user"]["removed"] == 36
    assert world.seen(kernel, connector).status is Status.CONNECTED
    assert list(uploads_folder(kernel.settings).iterdir()) == []
    with pytest.raises(AppError, match="held"), kernel.work(ADA) as work:
        confirm_sync(work, connector.id)


def test_syncing_again_gives_a_held_sync_up(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    ingest_sync(kernel, deliver(kernel, connector, users=40).id)
    clock.advance(HOUR)
    held = deliver(kernel, connector, users=4)
    ingest_sync(kernel, held.id)
    with kernel.work(ADA) as work:
        resume_connector(work, connector.id)
    assert world.latest_sync(kernel, connector).state is SyncState.CANCELLED
    clock.advance(HOUR)
    ingest_sync(kernel, deliver(kernel, connector, users=40).id)
    assert world.seen(kernel, connector).status is Status.CONNECTED


def test_syncs_start_when_due_and_do_not_pile_up(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    world.complete_sync(kernel, connector)
    start_due_syncs(kernel)
    assert world.open_sync(kernel, connector) is None
    clock.advance(HOUR)
    start_due_syncs(kernel)
    first = world.open_sync(kernel, connector)
    assert first is not None
    assert first.cause == "schedule"
    clock.advance(HOUR)
    start_due_syncs(kernel)
    assert world.open_sync(kernel, connector) == first
    assert world.seen(kernel, connector).due_at == clock.now() + HOUR


def test_paused_connectors_and_those_without_a_schedule_wait(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    with kernel.work(ADA) as work:
        silent = create_connector(work, NewConnector(connector.app_id, "baton", "Silent"))
        set_schedule(work, silent.id, None)
        pause_connector(work, connector.id)
    world.complete_sync(kernel, silent)
    clock.advance(24 * HOUR)
    start_due_syncs(kernel)
    assert world.open_sync(kernel, connector) is None
    assert world.open_sync(kernel, silent) is None


def test_every_due_connector_has_its_turn_however_many_there_are(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    many = BATCH + 5
    with kernel.work(ADA) as work:
        made = [
            create_connector(work, NewConnector(connector.app_id, "baton", f"C{number}"))
            for number in range(many)
        ]
        for one in made:
            set_schedule(work, one.id, Interval(timedelta(minutes=30)))
    clock.advance(HOUR)
    start_due_syncs(kernel)
    due = {world.seen(kernel, one).due_at for one in made}
    assert due == {clock.now() + timedelta(minutes=30)}


def test_tasks_of_agents_that_never_return_are_released(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    world.lease(kernel, connector, "host-a")
    release_lost_tasks(kernel)
    assert world.latest_sync(kernel, connector).state is SyncState.RUNNING
    clock.advance(timedelta(minutes=3))
    release_lost_tasks(kernel)
    assert world.latest_sync(kernel, connector).state is SyncState.QUEUED


def test_left_over_files_go_after_a_day_and_needed_ones_stay(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    sync = deliver(kernel, connector, users=1)
    needed = upload_path(kernel.settings, sync.upload_id or "", "c1z")
    folder = uploads_folder(kernel.settings)
    broken_off, fresh = folder / f"{'b' * 27}.part", folder / f"{'f' * 27}.part"
    for path in (needed, broken_off):
        _made(path, clock, timedelta(days=1, seconds=1))
    _made(fresh, clock, timedelta(hours=23))
    remove_leftover_uploads(kernel)
    assert sorted(folder.iterdir()) == sorted([needed, fresh])


def test_without_uploads_there_is_nothing_to_remove(kernel: Kernel) -> None:
    remove_leftover_uploads(kernel)


def _made(path: Path, clock: FixedClock, ago: timedelta) -> None:
    path.touch()
    moment = (clock.now() - ago).timestamp()
    os.utime(path, (moment, moment))


def _crash(*_: object) -> None:
    raise RuntimeError("killed")
