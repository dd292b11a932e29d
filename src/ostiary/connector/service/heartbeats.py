"""Tells the server that a task is alive, and hears when it is not wanted any more (3.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

import structlog
from google.protobuf.duration_pb2 import Duration

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.connector.service.clock import Clock
from ostiary.connector.status import ConnectorError, Status

T = TypeVar("T")
Beat = Callable[[], Awaitable[pb.BatonServiceHeartbeatResponse]]

DEFAULT_SECONDS = 30.0
SHORTEST, LONGEST = 1.0, 300.0
MOST_FAILURES = 10

log = structlog.stdlib.get_logger("ostiary.connector.service")


async def alive(
    beat: Beat,
    first: pb.BatonServiceHeartbeatResponse,
    clock: Clock,
    work: Coroutine[None, None, T],
) -> T:
    """The result of `work`, with heartbeats beside it.

    `ConnectorError` (Canceled) when the server cancels the task or hears no heartbeat any more;
    `work` has been cancelled and is over by then.
    """
    working = asyncio.create_task(work)
    beating = asyncio.create_task(_beaten(beat, interval(first.next_heartbeat), clock))
    try:
        await asyncio.wait({working, beating}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise beating.result()
    finally:
        await _ended(beating)
        await _ended(working)


async def _beaten(beat: Beat, pause: float, clock: Clock) -> ConnectorError:
    """Returns why the task has to stop."""
    failures = 0
    while True:
        await clock.sleep(pause)
        try:
            answer = await beat()
        except ConnectorError as error:
            failures += 1
            log.warning("a heartbeat failed", reason=str(error), in_a_row=failures)
            if failures == MOST_FAILURES:
                return ConnectorError(Status.CANCELED, "task failed heartbeat")
            continue
        failures = 0
        if answer.cancelled:
            return ConnectorError(Status.CANCELED, "task was cancelled")
        pause = interval(answer.next_heartbeat)


def interval(wanted: Duration) -> float:
    """Seconds to the next heartbeat."""
    seconds = wanted.seconds + wanted.nanos / 1e9
    return min(max(seconds, SHORTEST), LONGEST) if seconds else DEFAULT_SECONDS


async def _ended(task: asyncio.Task[T]) -> None:
    """Cancel and wait; how it ends does not matter any more."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task
