from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connector_v2 import ConnectorMetadata
from ostiary.server.connectors.actions.queue import enqueue_task
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import journal
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.gateway.calls import LONGEST_REASON, NO_REASON
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.gateway.conftest import Enlist
from tests.server.gateway.refusals import refused

GRANT = pb.Task(grant=pb.Task.GrantTask())
UNKNOWN = AnyMessage(type_url="type.googleapis.com/from.the.Future", value=b"\xff\x00")


async def test_hello_is_kept_with_what_the_future_adds_to_it(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    metadata = ConnectorMetadata(annotations=[UNKNOWN])
    await agent.hello(connector_metadata=metadata, annotations=[UNKNOWN])
    kept = ConnectorMetadata.FromString(world.seen(kernel, connector).metadata or b"")
    assert kept == ConnectorMetadata(display_name="Fake", annotations=[UNKNOWN])
    with kernel.read() as connection:
        seen = journal.agents_of(connection, connector.key)[0]
    assert seen.build is not None
    assert seen.build["package"] == "baton-fake"


async def test_polls_note_who_is_there_without_writing_each_time(
    kernel: Kernel, connector: Connector, enlist: Enlist, clock: FixedClock
) -> None:
    agent = await enlist()
    moments = []
    for _ in range(4):
        await agent.get_task()
        with kernel.read() as connection:
            moments.append(journal.last_seen(connection, connector.key, "host-a"))
        clock.advance(30)
    assert [moment == moments[0] for moment in moments] == [True, True, False, False]


async def test_two_agents_share_the_work_and_never_a_task(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        wanted = {enqueue_task(work, connector.id, GRANT) for _ in range(3)}
    first, second = await enlist("host-a"), await enlist("host-b")
    got = [(await agent.get_task()).task for agent in (first, second, first, second, first)]
    assert {task.id for task in got[:3]} == wanted
    assert got[3].WhichOneof("task_type") == "sync_full"
    assert not got[4].id


async def test_a_dead_agent_is_replaced_by_another(
    kernel: Kernel, connector: Connector, enlist: Enlist, clock: FixedClock
) -> None:
    dead, alive = await enlist("host-a"), await enlist("host-b")
    task = (await dead.get_task()).task
    clock.advance(timedelta(minutes=3))
    await alive.get_task()
    clock.advance(15)
    assert (await alive.get_task()).task.id == task.id
    assert (await dead.heartbeat(task.id)).cancelled
    await refused(dead.succeed(task.id), "FAILED_PRECONDITION")
    await refused(dead.fail(task.id, 2, "late"), "FAILED_PRECONDITION")
    assert not (await alive.heartbeat(task.id)).cancelled
    assert world.latest_sync(kernel, connector).state is SyncState.RUNNING


async def test_get_tasks_gives_many_and_leaves_out_the_known(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        ids = [enqueue_task(work, connector.id, GRANT) for _ in range(3)]
    agent = await enlist()
    answer = await agent.get_tasks(2, ids[0])
    assert [task.id for task in answer.tasks] == ids[1:]
    assert answer.next_poll.seconds > 0


async def test_a_heartbeat_tells_of_each_task_that_is_over(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        grant = enqueue_task(work, connector.id, GRANT)
    agent = await enlist()
    sync = (await agent.get_tasks(2)).tasks[1].id
    await agent.succeed(grant)
    answer = await agent.heartbeat(sync, sync, grant)
    assert not answer.cancelled
    assert list(answer.cancelled_task_ids) == [grant]


async def test_the_answer_of_a_task_is_kept_even_if_nobody_knows_its_type(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        task_id = enqueue_task(work, connector.id, GRANT)
    agent = await enlist()
    await agent.get_task()
    await agent.succeed(task_id, UNKNOWN)
    await agent.succeed(task_id, UNKNOWN)
    assert AnyMessage.FromString(world.task_of(kernel, task_id).result or b"") == UNKNOWN


async def test_a_failure_is_kept_with_code_and_reason(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = (await agent.get_task()).task.id
    await agent.fail(task_id, 16, "AADSTS7000215: Invalid client secret\x00provided")
    failed = world.task_of(kernel, task_id)
    assert (failed.succeeded, failed.error_code) == (False, 16)
    assert "AADSTS7000215" in world.seen(kernel, connector).last_error


async def test_an_endless_reason_is_cut_and_a_missing_one_said_to_be_missing(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        ids = [enqueue_task(work, connector.id, GRANT) for _ in range(2)]
    agent = await enlist()
    await agent.get_tasks(2)
    await agent.fail(ids[0], 2, "<html>" * 100_000)
    await agent.fail(ids[1], 0, "")
    endless, missing = (world.task_of(kernel, task_id) for task_id in ids)
    assert len(endless.error) == LONGEST_REASON
    assert (missing.error, missing.error_code, missing.succeeded) == (NO_REASON, 2, False)


async def test_a_hello_task_is_answered_by_hello(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    with kernel.work(SYSTEM) as work:
        task_id = enqueue_task(work, connector.id, pb.Task(hello=pb.Task.HelloTask()))
    agent = await enlist()
    assert (await agent.get_task()).task.id == task_id
    await agent.hello(task_id=task_id)
    assert world.task_of(kernel, task_id).succeeded


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("GetTask", pb.BatonServiceGetTaskRequest()),
        ("GetTask", pb.BatonServiceGetTaskRequest(host_id="h" * 257)),
        ("GetTask", pb.BatonServiceGetTaskRequest(host_id="h\x00")),
        ("GetTasks", pb.BatonServiceGetTasksRequest(host_id="h")),
        ("GetTasks", pb.BatonServiceGetTasksRequest(host_id="h", page_size=101)),
        (
            "GetTasks",
            pb.BatonServiceGetTasksRequest(host_id="h", page_size=1, known_task_ids=["short"]),
        ),
        ("Heartbeat", pb.BatonServiceHeartbeatRequest(host_id="h")),
        ("Heartbeat", pb.BatonServiceHeartbeatRequest(host_id="h", task_id="!" * 27)),
        (
            "Heartbeat",
            pb.BatonServiceHeartbeatRequest(
                host_id="h", task_id="0" * 27, task_ids=["0" * 27] * 101
            ),
        ),
        (
            "Heartbeat",
            pb.BatonServiceHeartbeatRequest(
                host_id="h", task_id="0" * 27, annotations=[AnyMessage()] * 17
            ),
        ),
        ("FinishTask", pb.BatonServiceFinishTaskRequest(host_id="h", task_id="0" * 27)),
        ("Hello", pb.BatonServiceHelloRequest(host_id="h")),
        (
            "Hello",
            pb.BatonServiceHelloRequest(
                host_id="h", task_id="short", connector_metadata=ConnectorMetadata()
            ),
        ),
        (
            "Hello",
            pb.BatonServiceHelloRequest(
                host_id="h",
                connector_metadata=ConnectorMetadata(),
                os_info=pb.BatonServiceHelloRequest.OSInfo(hostname="x" * 257),
            ),
        ),
    ],
)
async def test_requests_beyond_the_limits_of_the_protocol_are_invalid(
    enlist: Enlist, call: str, request_: Any
) -> None:
    agent = await enlist()
    method = getattr(agent.stub(), call)
    await refused(method(request_, metadata=agent.metadata), "INVALID_ARGUMENT")
