"""Runs jobs with procrastinate, in the process that calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.job_context import JobContext
from procrastinate.jobs import Status
from procrastinate.tasks import Task as QueueTask

from ostiary.server.kernel import ids
from ostiary.server.kernel.context import within_request
from ostiary.server.kernel.database import CONNECTION
from ostiary.server.kernel.jobs import Job, Jobs
from ostiary.server.kernel.metrics import Metrics
from ostiary.server.kernel.work import Kernel

STALLED_AFTER_SECONDS = 30
"""Without a heartbeat for so long, a worker counts as dead and its jobs go to others."""

RETRY_STALLED = "kernel.retry_stalled_jobs"
KEEP_FINISHED_HOURS = 72
PAUSE_SECONDS = 2.0

log = structlog.get_logger("ostiary.server.jobs")


class Worker:
    """Runs the jobs of all registries. Many processes may run one each on the same database."""

    name = "worker"

    def __init__(
        self,
        kernel: Kernel,
        registries: Iterable[Jobs],
        metrics: Metrics | None = None,
        *,
        pause: float = PAUSE_SECONDS,
    ) -> None:
        """`pause`: seconds between attempts to find a database that went away."""
        self._pause = pause
        self._kernel = kernel
        self._metrics = metrics or Metrics()
        self._app = procrastinate.App(
            connector=procrastinate.PsycopgConnector(
                conninfo=kernel.database.url, kwargs=CONNECTION, max_size=4
            )
        )
        self._ticks: list[tuple[str, QueueTask[Any, Any, Any]]] = []
        for registry in registries:
            for job in registry:
                self._register(job)
        self._register_upkeep()

    async def start(self) -> Sequence[str]:
        """It listens on nothing."""
        return []

    async def stop(self) -> None:
        """Being cancelled is enough: procrastinate then finishes what runs."""

    async def run(self) -> None:
        """Until cancelled; then takes no new jobs and waits for the running ones.

        Outlives a restart of the database.
        """
        self._schedule()
        while True:
            error = ""
            try:
                # it returns, for a reason it has logged, when one of its helpers fails
                await self._work(wait=True)
            except (procrastinate.exceptions.ConnectorException, psycopg.Error) as reason:
                error = str(reason).strip()
            log.warning("worker.starts_again", error=error)
            await asyncio.sleep(self._pause)

    async def drain(self) -> None:
        """Until nothing that could run now is left, also of what the jobs bring. Starts no
        periodic jobs."""
        held_up: set[int] = set()
        while True:
            # it returns while jobs still run, and what those defer waits
            await self._work(wait=False)
            waiting = await self._waiting()
            if waiting <= held_up:
                return
            held_up = waiting

    async def _work(self, *, wait: bool) -> None:
        async with self._app.open_async():
            await self._retry_stalled()
            await self._app.run_worker_async(
                wait=wait,
                concurrency=self._kernel.settings.worker_concurrency,
                install_signal_handlers=False,
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
            )

    async def _waiting(self) -> set[int]:
        """Jobs that were not put off."""
        async with self._app.open_async():
            jobs = await self._app.job_manager.list_jobs_async(status=Status.TODO.value)
        return {job.id for job in jobs if job.id is not None and job.scheduled_at is None}

    def _schedule(self) -> None:
        for cron, task in self._ticks:
            # a worker that died while it looked for the dead must not keep others from looking
            lock = None if task.name == RETRY_STALLED else task.name
            self._app.periodic(cron=cron, queueing_lock=task.name, lock=lock)(task)

    def _register(self, job: Job) -> None:
        retry = (
            procrastinate.RetryStrategy(max_attempts=job.retries, exponential_wait=2)
            if job.retries
            else False
        )
        task = self._app.task(name=job.name, retry=retry, pass_context=True)(self._runner(job))
        if job.cron is not None:
            self._ticks.append((job.cron, task))

    def _runner(self, job: Job) -> Callable[..., None]:
        def run(_context: JobContext, timestamp: int = 0, **arguments: Any) -> None:
            with within_request(ids.new_id(self._kernel.clock.now())):
                try:
                    job.function(self._kernel, **arguments)
                except Exception:
                    self._metrics.job(job.name, "failed")
                    log.exception("job.failed", job=job.name)
                    raise
                self._metrics.job(job.name, "succeeded")

        return run

    def _register_upkeep(self) -> None:
        """Not through `Jobs`: it needs the queue, not the kernel."""

        async def retry_stalled(timestamp: int) -> None:
            await self._retry_stalled()

        async def forget_finished(timestamp: int) -> None:
            await self._app.job_manager.delete_old_jobs(
                nb_hours=KEEP_FINISHED_HOURS, include_failed=True, include_cancelled=True
            )

        for cron, name, function in (
            ("* * * * *", RETRY_STALLED, retry_stalled),
            ("7 * * * *", "kernel.forget_finished_jobs", forget_finished),
        ):
            self._ticks.append((cron, self._app.task(name=name)(function)))

    async def _retry_stalled(self) -> None:
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
            log.warning("job.taken_over", job=job.task_name, number=job.id)
            try:
                await manager.retry_job(job)
            except procrastinate.exceptions.UniqueViolation:
                # the same job waits once more already, for the lock that this one holds
                await manager.finish_job(job, Status.FAILED, delete_job=False)
