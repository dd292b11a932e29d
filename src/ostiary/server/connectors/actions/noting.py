"""What whoever looks after a connector reads in its log."""

from typing import Any

from ostiary.server.connectors.store import journal
from ostiary.server.kernel.work import UnitOfWork


def note(
    work: UnitOfWork,
    connector_key: int,
    level: str,
    message: str,
    sync_key: int | None = None,
    /,
    **details: Any,
) -> None:
    journal.write_line(
        work.connection, connector_key, work.now, level, message, sync_key, **details
    )
