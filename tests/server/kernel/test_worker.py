from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.context import request_id
from ostiary.server.kernel.database import Database
from ostiary.server.kernel.ids import is_id
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.migration import migrate
from ostiary.server.kernel.postgres import EmbeddedPostgres
from ostiary.server.kernel.secrets import Keyring
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from ostiary.server.kernel.worker import Worker

STATUS = sa.text(
    "SELECT task_name, status, attempts FROM procrastinate_jobs "
    "WHERE task_name NOT LIKE 'kernel.%' ORDER BY id"
)


def statuses(kernel: Kernel) -> list[tuple[str, str, int]]:
    with kernel.read() as connection:
        return [tuple(row) for row in connection.execute(STATUS)]


async def test_a_deferred_job_runs_once_with_its_arguments(kernel: Kernel) -> None:
    jobs, seen = Jobs(), list[tuple[int, str]]()

    @jobs.job("greet")
    def greet(kernel: Kernel, number: int) -> None:
        seen.append((number, request_id()))

    with kernel.work(SYSTEM) as work:
        work.defer("greet", number=3)
    await Worker(kernel, [jobs]).drain()
    await Worker(kernel, [jobs]).drain()
    assert [number for number, _ in seen] == [3]
    assert is_id(seen[0][1])


async def test_what_a_job_brings_is_worked_off_with_it(kernel: Kernel) -> None:
    jobs, seen = Jobs(), list[str]()

    @jobs.job("first")
    def first(kernel: Kernel) -> None:
        with kernel.work(SYSTEM) as work:
            work.defer("second")

    @jobs.job("second")
    def second(kernel: Kernel) -> None:
        seen.append("second")

    with kernel.work(SYSTEM) as work:
        work.defer("first")
    await Worker(kernel, [jobs]).drain()
    assert seen == ["second"]


async def test_a_job_that_fails_is_tried_again_later(kernel: Kernel) -> None:
    jobs = Jobs()

    @jobs.job("stumble", retries=1)
    def stumble(kernel: Kernel) -> None:
        raise RuntimeError("a stone")

    with kernel.work(SYSTEM) as work:
        work.defer("stumble")
    await Worker(kernel, [jobs]).drain()
    assert statuses(kernel) == [("stumble", "todo", 1)]
    with kernel.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE procrastinate_jobs SET scheduled_at = NULL"))
    await Worker(kernel, [jobs]).drain()
    assert statuses(kernel) == [("stumble", "failed", 2)]


async def test_the_job_of_a_dead_worker_is_taken_over(kernel: Kernel) -> None:
    jobs, seen = Jobs(), list[str]()

    @jobs.job("greet")
    def greet(kernel: Kernel) -> None:
        seen.append("hello")

    with kernel.work(SYSTEM) as work:
        work.defer("greet")
    with kernel.database.engine.begin() as connection:
        dead = connection.scalar(
            sa.text(
                "INSERT INTO procrastinate_workers (last_heartbeat) "
                "VALUES (now() - interval '31 seconds') RETURNING id"
            )
        )
        connection.execute(
            sa.text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :dead"),
            {"dead": dead},
        )
    await Worker(kernel, [jobs]).drain()
    assert seen == ["hello"]


async def test_a_worker_that_is_stopped_finishes_what_it_runs(kernel: Kernel) -> None:
    jobs, started, go_on, finished = Jobs(), threading.Event(), threading.Event(), list[str]()

    @jobs.job("long")
    def long(kernel: Kernel) -> None:
        started.set()
        go_on.wait(60)
        finished.append("yes")

    with kernel.work(SYSTEM) as work:
        work.defer("long")
    running = asyncio.create_task(Worker(kernel, [jobs]).run())
    await asyncio.to_thread(started.wait, 60)
    running.cancel()
    await asyncio.sleep(0)
    assert finished == []
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert finished == ["yes"]
    assert statuses(kernel) == [("long", "succeeded", 1)]


def test_two_jobs_cannot_share_a_name() -> None:
    jobs = Jobs()
    jobs.job("greet")(lambda kernel: None)
    with pytest.raises(ValueError, match="two jobs greet"):
        jobs.periodic("greet", "* * * * *")(lambda kernel: None)


def test_a_wrong_cron_expression_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="columns"):
        Jobs().periodic("greet", "every 5 minutes")


async def test_a_worker_outlives_a_restart_of_the_database(
    settings: Settings, clock: FixedClock, keyring: Keyring
) -> None:
    jobs, done = Jobs(), threading.Event()

    @jobs.job("greet")
    def greet(kernel: Kernel) -> None:
        done.set()

    with own_database() as (server, kill):
        database = Database(server.url())
        migrate(database)
        kernel = Kernel(settings, database, clock, keyring)
        running = asyncio.create_task(Worker(kernel, [jobs], pause=0).run())
        with kernel.work(SYSTEM) as work:
            work.defer("greet")
        assert await asyncio.to_thread(done.wait, 60)
        done.clear()
        await asyncio.to_thread(kill)
        await asyncio.to_thread(server.start)
        database.engine.dispose()
        with kernel.work(SYSTEM) as work:
            work.defer("greet")
        assert await asyncio.to_thread(done.wait, 60)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        database.close()


@contextmanager
def own_database() -> Iterator[tuple[EmbeddedPostgres, Callable[[], None]]]:
    """A server of one's own, and a way to have it die."""
    with tempfile.TemporaryDirectory(prefix="ostiary-own-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres", {"fsync": "off"})
        server.start()

        def kill() -> None:
            server._control("stop", "-m", "immediate")

        try:
            yield server, kill
        finally:
            server.stop()
