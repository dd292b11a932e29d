"""What becomes of connectors when their apps go."""

from __future__ import annotations

from collections.abc import Sequence

from ostiary.server.connectors.actions.registry import delete_connector
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.work import UnitOfWork


def delete_connectors(work: UnitOfWork, app_ids: Sequence[str]) -> None:
    """Every connector of these apps, as `delete_connector` does it."""
    for app_id in app_ids:
        for connector in registry.find_all(work.connection, app_id):
            delete_connector(work, connector.id)
