"""Sending mail in the background."""

from __future__ import annotations

from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel
from ostiary.server.notify import store
from ostiary.server.notify.actions import DELIVER
from ostiary.server.notify.delivery import Ended, deliver

jobs = Jobs()

BATCH = 500


@jobs.job(DELIVER)
def deliver_mail(kernel: Kernel, mail_id: str) -> None:
    deliver(kernel, mail_id)


@jobs.periodic("notify.deliver_due", "* * * * *")
def deliver_due(kernel: Kernel) -> None:
    """What was put off, and what a worker left that died. Ends at the first sign that the server
    takes nothing: what is left is tried by the next tick."""
    with kernel.read() as connection:
        waiting = store.due(connection, kernel.clock.now(), BATCH)
    for mail_id in waiting:
        if deliver(kernel, mail_id) is Ended.UNREACHABLE:
            return
