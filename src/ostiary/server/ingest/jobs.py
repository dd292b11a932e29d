"""What follows from changes elsewhere, and from processes that were killed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ostiary.server.ingest.holding import held_folder, unpacking_folder
from ostiary.server.ingest.store import access_entitlement, history
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()

LEFT_OVER_AFTER: Final = timedelta(days=1)


@jobs.job("ingest.refresh_access")
def refresh_access(kernel: Kernel, app_id: str) -> None:
    """An app that became managed gets its Access entitlement without waiting for a sync."""
    with kernel.work(SYSTEM) as work:
        key = access_entitlement.app_key(work.connection, app_id)
        if key is not None:
            access_entitlement.refresh(work.connection, [key], work.now, work.new_id)


@jobs.periodic("ingest.remove_leftover_files", "27 * * * *")
def remove_leftover_files(kernel: Kernel) -> None:
    """Databases that were being unpacked, copies of syncs whose hold was never recorded."""
    before = kernel.clock.now() - LEFT_OVER_AFTER
    with kernel.read() as connection:
        wanted = history.held_files(connection)
    for folder in (unpacking_folder(kernel.settings), held_folder(kernel.settings)):
        for path in _older(folder, before):
            if str(path) not in wanted:
                path.unlink(missing_ok=True)


def _older(folder: Path, before: datetime) -> Iterator[Path]:
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:  # its own process took it away meanwhile
            continue
        if datetime.fromtimestamp(changed, UTC) < before:
            yield path
