"""What slices have done in the background: jobs, deferred in a unit of work, and periodic ones.

A job runs at least once: a worker that dies leaves it to the next one, so what a job does in the
database it does in one transaction, or such that a second time does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from croniter import croniter

from ostiary.server.kernel.work import Kernel

P = ParamSpec("P")
JobFunction = Callable[Concatenate[Kernel, P], None]

RETRIES = 8
"""With pauses of 2, 4, 8, … seconds: the last about eight minutes after the first failure."""


@dataclass(frozen=True)
class Job:
    name: str
    function: Callable[..., None]
    retries: int
    cron: str | None = None


class Jobs:
    """A slice's jobs: `jobs = Jobs()` in its `jobs.py`, known to the server through `app.py`."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def job(
        self, name: str, *, retries: int = RETRIES
    ) -> Callable[[JobFunction[P]], JobFunction[P]]:
        """For `unit.defer(name, …)`, whose arguments follow the kernel. Runs in a thread."""

        def register(function: JobFunction[P]) -> JobFunction[P]:
            self._add(Job(name, function, retries))
            return function

        return register

    def periodic(
        self, name: str, cron: str
    ) -> Callable[[Callable[[Kernel], None]], Callable[[Kernel], None]]:
        """Once per tick of the cron expression (UTC; a sixth, last field means seconds), whatever
        the number of workers, and never twice at a time. Not retried: the next tick is."""
        croniter(cron)

        def register(function: Callable[[Kernel], None]) -> Callable[[Kernel], None]:
            self._add(Job(name, function, 0, cron))
            return function

        return register

    def _add(self, job: Job) -> None:
        if job.name in self._jobs:
            raise ValueError(f"there are two jobs {job.name}")
        self._jobs[job.name] = job
