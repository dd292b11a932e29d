"""What the directory has done in the background."""

from __future__ import annotations

from ostiary.server.directory import actions
from ostiary.server.directory.store import directories
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()


@jobs.job(actions.REFRESH)
def refresh(kernel: Kernel) -> None:
    """People and owners after somebody changed what makes them."""
    with kernel.work(SYSTEM) as unit:
        actions.refresh_everything(unit)


@jobs.job("directory.refresh_app")
def refresh_app(kernel: Kernel, app_id: str) -> None:
    """People and owners after a sync brought accounts of an app."""
    with kernel.work(SYSTEM) as unit:
        app = directories.find_app(unit.connection, app_id)
        if app is not None:
            actions.refresh(unit, app.id)
