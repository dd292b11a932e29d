"""The `ostiary` command with shorter waits and a fuse; nothing else is different.

Minutes after which silent agents and workers count as dead are seconds here. What a loaded machine
then takes for dead though it lives only makes it harder for the server.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import procrastinate
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from ostiary.cli.main import main
from ostiary.server import app
from ostiary.server.connectors import leases
from ostiary.server.gateway import pace
from ostiary.server.gateway.spool import Spool
from ostiary.server.kernel import worker
from tests.server.faults.fuse import Fuse

STALLED = 3
SILENCE = timedelta(seconds=2)
EVERY_SECOND = "* * * * * *"
FILE_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.link"})


def hurry() -> None:
    pace.AFTER_TASK = pace.IDLE = timedelta(milliseconds=150)  # type: ignore[misc]
    sync = leases.TERMS[leases.SYNC_FULL]
    leases.TERMS[leases.SYNC_FULL] = replace(sync, silence=SILENCE)
    leases.retry_after = lambda attempts: timedelta(milliseconds=100 * attempts)
    worker.STALLED_AFTER_SECONDS = STALLED
    procrastinate.App = _App  # type: ignore[misc]
    for jobs in app.JOBS:
        for job in list(jobs):
            if job.cron is not None and job.name.startswith("connectors."):
                jobs._jobs[job.name] = replace(job, cron=EVERY_SECOND)


class _App(procrastinate.App):
    def __init__(self, **options: Any) -> None:
        pauses = procrastinate.app.WorkerOptions(
            update_heartbeat_interval=0.5, fetch_job_polling_interval=0.5
        )
        super().__init__(worker_defaults=pauses, **options)
        periodic = procrastinate.App.periodic

        def every_second(*, cron: str, **rest: Any) -> Any:
            return periodic(self, cron=EVERY_SECOND, **rest)

        self.periodic = every_second  # type: ignore[method-assign]


def count_steps(fuse: Fuse, folder: Path) -> None:
    """Writing statements, both sides of every commit, chunks of uploads, changes of files."""

    def statement(*context: Any) -> None:
        if not context[2].lstrip().startswith("SELECT"):
            fuse.step()

    def audited(name: str, arguments: tuple[Any, ...]) -> None:
        if name in FILE_EVENTS and str(arguments[0]).startswith(str(folder)):
            fuse.step()

    add = Spool.add

    def added(spool: Spool, data: bytes) -> None:
        add(spool, data)
        fuse.step()

    event.listen(Engine, "before_cursor_execute", statement)
    event.listen(Engine, "commit", fuse.step)
    event.listen(Pool, "checkin", fuse.step)
    Spool.add = added  # type: ignore[method-assign,assignment]
    sys.addaudithook(audited)


def serve(environment: Mapping[str, str], *arguments: str) -> None:
    """`ostiary serve` in this process."""
    hurry()
    count_steps(Fuse(), Path(environment["OSTIARY_DATA_DIR"]))
    sys.argv = ["ostiary", "serve", *arguments]
    main()
