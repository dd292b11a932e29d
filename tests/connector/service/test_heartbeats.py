"""Heartbeats of a full sync (protocol reference 3.5)."""

from __future__ import annotations

import asyncio

import pytest

from ostiary.connector.service.heartbeats import interval
from ostiary.connector.status import Status
from tests.connector.fake import FakeConnector, Make
from tests.connector.running import altered
from tests.connector.service.fake_server import IDLE_SECONDS, Beat, Code, given, seconds
from tests.connector.service.running import Workbench, sync_task


def endless() -> Make:
    def block(fake: FakeConnector) -> None:
        fake.pause = asyncio.Event().wait  # type: ignore[assignment]

    return altered(block)


@pytest.mark.parametrize(
    ("wanted", "waited"), [(0, 30), (0.2, 1), (1, 1), (40.5, 40.5), (300, 300), (900, 300)]
)
def test_the_server_says_when_the_next_heartbeat_is_due_within_limits(
    wanted: float, waited: float
) -> None:
    assert interval(seconds(wanted)) == waited


async def test_heartbeats_go_on_as_the_server_asks(workbench: Workbench) -> None:
    workbench.server.beats.extend(
        [Beat(next_heartbeat=seconds(7)), Beat(next_heartbeat=seconds(900)), Beat()]
    )
    workbench.server.polls.append(given(sync_task()))
    workbench.start(make=endless())
    for pause in (7, 300):
        await workbench.clock.wake(pause)
    await workbench.clock.asleep(30)
    assert workbench.server.calls.count("Heartbeat") == 3


@pytest.mark.parametrize("first", [Code.UNAVAILABLE, Code.NOT_FOUND, Beat(cancelled=True)])
async def test_without_a_first_heartbeat_a_sync_neither_begins_nor_finishes(
    workbench: Workbench, first: object
) -> None:
    workbench.server.beats.append(first)
    workbench.server.polls.append(given(sync_task()))
    workbench.start("--task-concurrency", "1")
    await workbench.clock.wake(IDLE_SECONDS)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert workbench.server.calls == ["Hello", "GetTask", "Heartbeat", "GetTask"]


async def test_a_sync_that_the_server_cancels_stops_and_says_so(workbench: Workbench) -> None:
    workbench.server.beats.extend([Beat(next_heartbeat=seconds(7)), Beat(cancelled=True)])
    workbench.server.polls.append(given(sync_task()))
    workbench.start(make=endless())
    await workbench.clock.wake(7)
    finished = await workbench.server.finished.get()
    assert (finished.status.code, finished.status.message) == (
        Status.CANCELED,
        "task was cancelled",
    )
    assert not finished.error.non_retryable
    assert workbench.server.uploads == []


async def test_ten_failed_heartbeats_in_a_row_stop_a_sync(workbench: Workbench) -> None:
    alive = Beat(next_heartbeat=seconds(7))
    nine = [Code.UNAVAILABLE] * 9
    workbench.server.beats.extend([alive, *nine, alive, *nine, Code.UNAVAILABLE])
    workbench.server.polls.append(given(sync_task()))
    workbench.start(make=endless())
    for _ in range(20):
        await workbench.clock.wake(7)
    finished = await workbench.server.finished.get()
    assert (finished.status.code, finished.status.message) == (
        Status.CANCELED,
        "task failed heartbeat",
    )


async def test_a_stopped_service_says_so_for_the_sync_that_ran(workbench: Workbench) -> None:
    workbench.server.polls.append(given(sync_task()))
    workbench.start(make=endless())
    await workbench.clock.asleep(20)
    await workbench.stop()
    finished = workbench.server.finished.get_nowait()
    assert finished.status.code == Status.CANCELED
    assert "being stopped" in finished.status.message
    assert list((workbench.state / "outgoing").iterdir()) == []
