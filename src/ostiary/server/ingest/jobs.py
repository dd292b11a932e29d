"""What follows from changes elsewhere."""

from __future__ import annotations

from ostiary.server.ingest.store import access_entitlement
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()


@jobs.job("ingest.refresh_access")
def refresh_access(kernel: Kernel, app_id: str) -> None:
    """An app that became managed gets its Access entitlement without waiting for a sync."""
    with kernel.work(SYSTEM) as work:
        key = access_entitlement.app_key(work.connection, app_id)
        if key is not None:
            access_entitlement.refresh(work.connection, [key], work.now, work.new_id)
