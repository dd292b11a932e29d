"""Proving the log in the background: when somebody asks, and every night."""

from __future__ import annotations

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel
from ostiary.server.systemlog import actions

jobs = Jobs()


@jobs.job(actions.VERIFY)
def verify(kernel: Kernel, key: int) -> None:
    actions.prove(kernel, key)


@jobs.periodic("systemlog.verify_nightly", "40 2 * * *")
def verify_nightly(kernel: Kernel) -> None:
    with kernel.work(SYSTEM) as unit:
        actions.ask(unit)
