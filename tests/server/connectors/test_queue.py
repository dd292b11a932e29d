from __future__ import annotations

from datetime import timedelta

import pytest
from google.protobuf.any_pb2 import Any

from ostiary.baton.pb.connector_v2 import Resource
from ostiary.baton.pb.connectorapi_v1 import Task
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.outcomes import NO_UPLOAD, Outcome
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import request_sync, stop_sync
from ostiary.server.connectors.leases import TaskState
from ostiary.server.connectors.rules import Status, SyncState
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.connectors.world import ADA

GRANT = Task(grant=Task.GrantTask(principal=Resource(display_name="Bob")))


def test_a_sync_asks_for_sqlite(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    assert task.sync_full.storage_engine == "sqlite"
    assert len(task.id) == 27


def test_a_task_has_one_holder(kernel: Kernel, connector: Connector) -> None:
    assert world.lease(kernel, connector, "host-a") is not None
    assert world.lease(kernel, connector, "host-b") is None
    assert world.seen(kernel, connector).status is Status.SYNCING


def test_a_connector_has_one_sync_at_a_time(kernel: Kernel, connector: Connector) -> None:
    with pytest.raises(AppError) as refused, kernel.work(ADA) as work:
        request_sync(work, connector.id)
    assert refused.value.code is Code.ABORTED
    world.complete_sync(kernel, connector)
    with kernel.work(ADA) as work:
        request_sync(work, connector.id)


def test_a_silent_holder_loses_the_sync_to_another_host(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    first = world.lease(kernel, connector, "host-a")
    clock.advance(timedelta(minutes=3))
    assert world.lease(kernel, connector, "host-b") is None, "released, with a pause"
    clock.advance(15)
    second = world.lease(kernel, connector, "host-b")
    assert first is not None
    assert second is not None
    assert second.id == first.id
    assert not _alive(kernel, connector, "host-a", first.id)
    with pytest.raises(AppError, match="another host"):
        world.upload(kernel, connector, "host-a", first.id)
    with pytest.raises(AppError, match="another host"):
        world.finish(kernel, connector, "host-a", first.id)
    assert _alive(kernel, connector, "host-b", first.id)


def test_heartbeats_keep_a_sync(kernel: Kernel, connector: Connector, clock: FixedClock) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    for _ in range(10):
        clock.advance(timedelta(minutes=2))
        assert _alive(kernel, connector, "host-a", task.id)
        assert world.lease(kernel, connector, "host-b") is None


def test_a_late_heartbeat_takes_back_what_nobody_else_began(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    clock.advance(timedelta(minutes=4))
    _sweep(kernel, connector)
    assert world.latest_sync(kernel, connector).state is SyncState.QUEUED
    assert _alive(kernel, connector, "host-a", task.id)
    assert world.latest_sync(kernel, connector).state is SyncState.RUNNING
    clock.advance(timedelta(minutes=1))
    assert world.lease(kernel, connector, "host-b") is None


def test_success_publishes_the_upload_and_queues_its_ingestion(
    kernel: Kernel, connector: Connector
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    assert world.latest_sync(kernel, connector).upload_id is None
    world.finish(kernel, connector, "host-a", task.id)
    sync = world.latest_sync(kernel, connector)
    assert sync.state is SyncState.INGESTING
    assert sync.upload_id is not None
    with kernel.read() as connection:
        job = connection.execute(world.JOBS).one()
    assert (job.task_name, job.args) == ("connectors.ingest_sync", {"sync_id": sync.id})


def test_finishing_again_changes_nothing(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id, Outcome(2, "on second thoughts"))
    with kernel.read() as connection:
        assert len(connection.execute(world.JOBS).all()) == 1
    assert world.task_of(kernel, task.id).succeeded


def test_success_without_an_upload_is_a_failure(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.finish(kernel, connector, "host-a", task.id)
    sync = world.latest_sync(kernel, connector)
    assert (sync.state, sync.error) == (SyncState.FAILED, NO_UPLOAD)
    assert world.seen(kernel, connector).status is Status.ERROR


def test_an_upload_of_an_earlier_attempt_does_not_count(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    clock.advance(timedelta(minutes=3))
    _sweep(kernel, connector)
    clock.advance(15)
    assert world.lease(kernel, connector, "host-a") is not None
    world.finish(kernel, connector, "host-a", task.id)
    assert world.latest_sync(kernel, connector).error == NO_UPLOAD


def test_a_refused_upload_explains_the_failure_better_than_the_agent(
    kernel: Kernel, connector: Connector
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    with kernel.work(SYSTEM) as work:
        queue.record_refusal(work, connector.id, task.id, "This is Pebble.")
    world.finish(kernel, connector, "host-a", task.id, Outcome(2, "EOF"))
    assert world.latest_sync(kernel, connector).error == "This is Pebble."


def test_an_agent_that_is_shut_down_gives_its_sync_back(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.finish(kernel, connector, "host-a", task.id, Outcome(1, "context canceled"))
    assert world.latest_sync(kernel, connector).state is SyncState.QUEUED
    clock.advance(15)
    again = world.lease(kernel, connector, "host-b")
    assert again is not None
    assert again.id == task.id


def test_a_running_sync_is_stopped_through_its_heartbeat(
    kernel: Kernel, connector: Connector
) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    with kernel.work(ADA) as work:
        stop_sync(work, connector.id)
    assert not _alive(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id, Outcome(1, "task was cancelled"))
    assert world.latest_sync(kernel, connector).state is SyncState.CANCELLED
    assert world.seen(kernel, connector).status is Status.NOT_CONNECTED


def test_success_after_cancellation_publishes_nothing(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    world.upload(kernel, connector, "host-a", task.id)
    with kernel.work(ADA) as work:
        stop_sync(work, connector.id)
    world.finish(kernel, connector, "host-a", task.id)
    assert world.latest_sync(kernel, connector).state is SyncState.CANCELLED
    with kernel.read() as connection:
        assert connection.execute(world.JOBS).all() == []


def test_a_stopped_sync_whose_agent_died_ends_when_the_lease_does(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    world.lease(kernel, connector, "host-a")
    with kernel.work(ADA) as work:
        stop_sync(work, connector.id)
    clock.advance(timedelta(minutes=3))
    _sweep(kernel, connector)
    assert world.latest_sync(kernel, connector).state is SyncState.CANCELLED


def test_a_sync_that_kills_every_agent_fails_in_the_end(
    kernel: Kernel, connector: Connector, clock: FixedClock
) -> None:
    handed_out = 0
    while world.open_sync(kernel, connector):
        handed_out += world.lease(kernel, connector, f"host-{handed_out}") is not None
        clock.advance(timedelta(minutes=10))
    assert handed_out == 5
    assert world.latest_sync(kernel, connector).state is SyncState.FAILED


def test_grants_go_before_syncs_and_known_tasks_are_left_out(
    kernel: Kernel, connector: Connector
) -> None:
    with kernel.work(SYSTEM) as work:
        first = queue.enqueue_task(work, connector.id, GRANT)
        second = queue.enqueue_task(work, connector.id, GRANT)
    with kernel.work(SYSTEM) as work:
        leased = queue.lease_tasks(work, connector.id, "host-a", 2, known=[first])
    assert [task.id for task in leased] == [second, leased[1].id]
    assert [task.WhichOneof("task_type") for task in leased] == ["grant", "sync_full"]
    assert leased[0].grant.principal.display_name == "Bob"


def test_tasks_of_another_connector_do_not_exist(kernel: Kernel, connector: Connector) -> None:
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    with kernel.work(ADA) as work:
        other = create_connector(work, NewConnector(connector.app_id, "baton", "Other"))
    with pytest.raises(AppError) as refused:
        world.finish(kernel, other, "host-a", task.id)
    assert refused.value.code is Code.NOT_FOUND
    assert not _alive(kernel, other, "host-a", task.id)


def test_the_answer_to_a_task_is_kept_whatever_its_type(
    kernel: Kernel, connector: Connector
) -> None:
    with kernel.work(SYSTEM) as work:
        task_id = queue.enqueue_task(work, connector.id, GRANT)
    world.lease(kernel, connector, "host-a")
    unknown = Any(type_url="type.googleapis.com/from.the.Future", value=b"\xff\x00")
    world.finish(kernel, connector, "host-a", task_id, Outcome(response=unknown))
    task = world.task_of(kernel, task_id)
    assert (task.lease.state, task.succeeded) == (TaskState.FINISHED, True)
    assert Any.FromString(task.result or b"") == unknown


def _alive(kernel: Kernel, connector: Connector, host: str, task_id: str) -> bool:
    with kernel.work(SYSTEM) as work:
        return queue.keep_alive(work, connector.id, host, task_id)


def _sweep(kernel: Kernel, connector: Connector) -> None:
    with kernel.work(SYSTEM) as work:
        queue.release_lost_tasks(work, connector.id)
