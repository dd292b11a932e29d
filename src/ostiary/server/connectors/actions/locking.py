"""Every action starts by locking its connector."""

from ostiary.server.connectors.store import registry
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.errors import not_found
from ostiary.server.kernel.work import UnitOfWork


def locked(work: UnitOfWork, connector_id: str) -> Connector:
    """AppError NOT_FOUND for an unknown or deleted one."""
    connector = registry.lock(work.connection, connector_id)
    if connector is None:
        raise not_found("The connector does not exist or was deleted.")
    return connector
