"""The kernel's own periodic jobs."""

from __future__ import annotations

import sqlalchemy as sa
import structlog

from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.model import audit_head
from ostiary.server.kernel.work import Kernel

jobs = Jobs()
log = structlog.get_logger("ostiary.server.audit")


@jobs.periodic("kernel.note_audit_head", "0 * * * *")
def note_audit_head(kernel: Kernel) -> None:
    """In the log, which usually leaves the machine: proof against a chain cut off at its end."""
    with kernel.read() as connection:
        head = connection.execute(sa.select(audit_head)).one()
    log.info("audit.head", sequence=head.sequence, hash=head.hash.hex())
