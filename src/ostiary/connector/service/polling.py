"""Asks the server for tasks and gives each to a worker (protocol reference 3.4)."""

from __future__ import annotations

import asyncio

import structlog

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.connector.service.full_sync import FullSync
from ostiary.connector.service.greeting import greeting
from ostiary.connector.service.outcome import RefusedTaskError
from ostiary.connector.service.standing import Standing
from ostiary.connector.service.workplace import Workplace
from ostiary.connector.status import ConnectorError, Status

LONGEST_POLL = 300.0
LONGEST_ERROR_PAUSE = 60.0
STOP_SECONDS = 20.0
"""What is left to running tasks to hand back that they were stopped; Kubernetes gives 30 s."""

log = structlog.stdlib.get_logger("ostiary.connector.service")


class Polling:
    def __init__(self, place: Workplace, standing: Standing, workers: int) -> None:
        self._place = place
        self._standing = standing
        self._slots = asyncio.Semaphore(workers)
        self._working: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until cancelled; then every running task is cancelled and says so to the server."""
        try:
            while True:
                await self._slots.acquire()
                await self._place.clock.sleep(await self._poll())
        finally:
            await self._stop()

    async def _poll(self) -> float:
        """One poll, and how many seconds to wait after it. Gives the slot back or passes it on."""
        passed_on = False
        try:
            answer = await self._place.server.get_task()
            self._standing.reached()
            passed_on = is_work(answer.task)
            if passed_on:
                self._begin(answer.task)
            return min(max(answer.next_poll.ToTimedelta().total_seconds(), 0.0), LONGEST_POLL)
        except ConnectorError as error:
            self._standing.missed(str(error))
            failures = self._standing.failures
            pause = min(failures**2, LONGEST_ERROR_PAUSE)
            log.warning("no task", reason=str(error), in_a_row=failures, next_poll_in=pause)
            return pause
        finally:
            if not passed_on:
                self._slots.release()

    def _begin(self, task: pb.Task) -> None:
        working = asyncio.create_task(self._work(task))
        self._working.add(working)
        self._standing.running += 1
        working.add_done_callback(self._ended)

    def _ended(self, working: asyncio.Task[None]) -> None:
        self._working.discard(working)
        self._standing.running -= 1
        self._slots.release()

    async def _work(self, task: pb.Task) -> None:
        kind = task.WhichOneof("task_type") or "unknown"
        log.info("task", task=task.id, kind=kind)
        try:
            await self._do(task, kind)
        except Exception:
            log.exception("a task ended in a way nobody foresaw", task=task.id, kind=kind)

    async def _do(self, task: pb.Task, kind: str) -> None:
        match kind:
            case "sync_full":
                await FullSync(self._place, task).run()
            case "hello":
                await self._greet_again(task.id)
            case _:
                error = RefusedTaskError(Status.UNKNOWN, "unsupported task type")
                await self._place.outcomes.failed(task.id, error)

    async def _greet_again(self, task_id: str) -> None:
        server = self._place.server
        try:
            await server.hello(greeting(self._place.definition, server.host_id, task_id))
        except ConnectorError as error:
            log.warning("hello failed", task=task_id, reason=str(error))

    async def _stop(self) -> None:
        for working in self._working:
            working.cancel()
        if self._working:
            await asyncio.wait(self._working, timeout=STOP_SECONDS)


def is_work(task: pb.Task) -> bool:
    """Not an empty message, and not the task that says there is none."""
    return bool(task.id) and task.WhichOneof("task_type") != "none"
