"""Telling owners of connectors what they must know, in the background."""

from ostiary.server.connectors.actions import telling
from ostiary.server.connectors.expiring import EXPIRED
from ostiary.server.connectors.store import registry, warnings
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.jobs import Jobs
from ostiary.server.kernel.work import Kernel

jobs = Jobs()


@jobs.periodic("connectors.tell_alerts", "* * * * *")
def tell_alerts(kernel: Kernel) -> None:
    full = True
    while full:
        with kernel.work(SYSTEM) as work:
            full = telling.tell_alerts(work) == telling.BATCH


@jobs.periodic("connectors.note_expired_credentials", "* * * * *")
def note_expired_credentials(kernel: Kernel) -> None:
    """One unit of work for each: a connector that is busy holds up no other."""
    with kernel.read() as connection:
        found = warnings.with_expired_credentials(connection, kernel.clock.now(), EXPIRED)
    for connector_id in found:
        with kernel.work(SYSTEM) as work:
            telling.note_expired(work, connector_id, kernel.secrets)


@jobs.periodic("connectors.warn_of_endings", "0 7 * * *")
def warn_of_endings(kernel: Kernel) -> None:
    with kernel.read() as connection:
        found = registry.find_all(connection)
    for connector in found:
        with kernel.work(SYSTEM) as work:
            telling.warn_of_endings(work, connector, kernel.secrets)
