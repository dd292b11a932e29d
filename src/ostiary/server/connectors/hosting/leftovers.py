"""What deleted connectors kept of their sources goes as well."""

from __future__ import annotations

from collections.abc import Collection

from ostiary.server.connectors.hosting.folder import homes_there, remove_home
from ostiary.server.connectors.store.hosting import loss_told, still_there
from ostiary.server.kernel.work import Kernel


def remove_leftovers(kernel: Kernel, running: Collection[str]) -> None:
    """`running` are the ids of connectors that have a process here."""
    homes = set(homes_there(kernel.settings)) - set(running)
    if not homes:
        return
    with loss_told(), kernel.read() as connection:
        kept = still_there(connection, homes)
    for connector_id in homes - kept:
        remove_home(kernel.settings, connector_id)
