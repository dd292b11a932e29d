"""Starting the syncs whose time has come."""

from ostiary.server.connectors.actions.syncs import enqueue_sync
from ostiary.server.connectors.store import registry, syncs
from ostiary.server.kernel.work import UnitOfWork

BATCH = 200


def start_due_syncs(work: UnitOfWork) -> int:
    """At most BATCH connectors; returns how many were due.

    A connector whose last sync is not over skips its turn: syncs do not pile up.
    """
    due = registry.lock_due(work.connection, work.now, BATCH)
    for connector in due:
        following = connector.schedule.next_after(work.now) if connector.schedule else None
        registry.update(work.connection, connector.key, due_at=following)
        if syncs.find_open(work.connection, connector.key) is None:
            enqueue_sync(work, connector.id, cause="schedule")
    return len(due)
