"""The loop: Hello, polls, pauses, workers (protocol reference 3.4)."""

from __future__ import annotations

import asyncio

import pytest

from ostiary.baton.ids import new_ksuid
from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.connector.service.service import HOPELESS
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import FakeConnector
from tests.connector.running import altered
from tests.connector.service.fake_server import IDLE_SECONDS, Answer, Code, given, seconds
from tests.connector.service.running import Workbench, sync_task


async def test_hello_comes_before_the_first_poll(workbench: Workbench) -> None:
    workbench.start()
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.server.calls == ["Hello", "GetTask"]


async def test_hello_is_repeated_with_doubling_pauses_up_to_five_minutes(
    workbench: Workbench,
) -> None:
    workbench.server.hello_failures.extend([Code.UNAVAILABLE] * 10)
    workbench.start()
    pauses = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    for pause in pauses:
        await workbench.clock.wake(pause)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.clock.slept == [*pauses, IDLE_SECONDS]


@pytest.mark.parametrize("status", sorted(HOPELESS))
async def test_hello_is_not_repeated_when_the_server_says_no(
    workbench: Workbench, status: Status
) -> None:
    workbench.server.hello_failures.append(Code[status.name])
    with pytest.raises(ConnectorError, match="scripted") as caught:
        await workbench.service().run()
    assert caught.value.status is status
    assert workbench.server.calls == ["Hello"]
    assert workbench.clock.slept == []


@pytest.mark.parametrize(
    ("wanted", "waited"), [(-5, 0), (0.25, 0.25), (45, 45), (300, 300), (3600, 300)]
)
async def test_the_server_says_when_to_poll_next_within_five_minutes(
    workbench: Workbench, wanted: float, waited: float
) -> None:
    workbench.server.polls.append(Answer(next_poll=seconds(wanted)))
    workbench.start()
    await workbench.clock.wake(waited)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.clock.slept == [waited, IDLE_SECONDS]


async def test_polls_that_fail_are_repeated_ever_more_slowly_and_never_given_up(
    workbench: Workbench,
) -> None:
    failures = [Code.UNAVAILABLE, Code.PERMISSION_DENIED, Code.INTERNAL, Code.UNAUTHENTICATED]
    workbench.server.polls.extend(failures * 3)
    workbench.start()
    pauses = [1, 4, 9, 16, 25, 36, 49, 60, 60, 60, 60, 60]
    for pause in pauses:
        await workbench.clock.wake(pause)
    await workbench.clock.asleep(IDLE_SECONDS)
    workbench.server.polls.append(Code.UNAVAILABLE)
    await workbench.clock.wake(IDLE_SECONDS)
    await workbench.clock.wake(1)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.clock.slept == [*pauses, IDLE_SECONDS, 1, IDLE_SECONDS]


async def test_the_task_none_is_no_task(workbench: Workbench) -> None:
    workbench.server.polls.append(given(pb.Task(id=new_ksuid(), none=pb.Task.NoneTask())))
    workbench.start()
    await workbench.clock.wake(IDLE_SECONDS)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.server.calls == ["Hello", "GetTask", "GetTask"]


@pytest.mark.parametrize("workers", [1, 2])
async def test_no_more_tasks_are_fetched_than_may_run_at_a_time(
    workbench: Workbench, workers: int
) -> None:
    started: asyncio.Queue[FakeConnector] = asyncio.Queue()
    release = asyncio.Event()

    def block(fake: FakeConnector) -> None:
        async def pause() -> None:
            started.put_nowait(fake)
            await release.wait()

        fake.pause = pause  # type: ignore[method-assign]

    for _ in range(workers + 1):
        workbench.server.polls.append(Answer(task=sync_task(), next_poll=seconds(5)))
    workbench.start("--task-concurrency", str(workers), make=altered(block))
    await started.get()
    for _ in range(workers):
        await workbench.clock.wake(5)
    assert workbench.server.calls.count("GetTask") == workers
    release.set()
    await workbench.server.finished.get()
    await workbench.clock.wake(5)
    assert workbench.server.calls.count("GetTask") == workers + 1


async def test_a_hello_task_is_answered_by_hello(workbench: Workbench) -> None:
    task = pb.Task(id=new_ksuid(), hello=pb.Task.HelloTask())
    workbench.server.polls.append(given(task))
    heard: asyncio.Queue[str] = asyncio.Queue()
    workbench.server.on_hello = lambda request: heard.put_nowait(request.task_id)
    workbench.start()
    assert [await heard.get(), await heard.get()] == ["", task.id]
    assert workbench.server.finished.empty()


UNSUPPORTED = sorted(
    {field.name for field in pb.Task.DESCRIPTOR.oneofs_by_name["task_type"].fields}
    - {"none", "hello", "sync_full"}
)


@pytest.mark.parametrize("kind", UNSUPPORTED)
async def test_a_task_of_another_type_is_unsupported(workbench: Workbench, kind: str) -> None:
    task = pb.Task(id=new_ksuid())
    getattr(task, kind).SetInParent()
    finished = await workbench.finish(task)
    assert (finished.status.code, finished.status.message) == (2, "unsupported task type")
    assert finished.error.non_retryable


async def test_a_task_of_a_type_from_the_future_is_unsupported(workbench: Workbench) -> None:
    finished = await workbench.finish(pb.Task(id=new_ksuid()))
    assert finished.status.message == "unsupported task type"
