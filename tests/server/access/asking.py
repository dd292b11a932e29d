"""Questions in the connector's own ids, so that tests read like the tenants they are about."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from ostiary.server.access import store
from ostiary.server.access.facts import Grant
from ostiary.server.ingest.actions import Sync, apply_sync
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.ingest.tenants import CONNECTOR, Key, Tenant, connect


class Story:
    """A connected kernel; `sync` takes in a tenant an hour later and returns the instant."""

    def __init__(self, kernel: Kernel, clock: FixedClock, folder: Path) -> None:
        self.kernel = kernel
        self.clock = clock
        self._folder = folder
        self._syncs = 0
        self.app = connect(kernel)

    def sync(self, tenant: Tenant, how: Sync | None = None) -> datetime:
        at = self.clock.advance(timedelta(hours=1))
        self._syncs += 1
        file = tenant.write(self._folder / f"{self._syncs}.c1z")
        outcome = apply_sync(self.kernel, CONNECTOR, file, how)
        assert outcome.state == "applied", outcome.reason
        return at

    def entitlement(self, name: str) -> str:
        with self.kernel.read() as connection:
            query = sa.text("SELECT public_id FROM entitlements WHERE external_id = :name")
            return str(connection.execute(query, {"name": name}).scalar_one())

    def resource(self, key: Key) -> str:
        with self.kernel.read() as connection:
            query = sa.text(
                "SELECT r.public_id FROM resources r "
                "JOIN resource_types t ON t.id = r.resource_type_id "
                "WHERE t.external_id = :type AND r.external_id = :name"
            )
            found = connection.execute(query, {"type": key[0], "name": key[1]})
            return str(found.scalar_one())

    def holders(
        self, name: str, at: datetime | None = None, *, direct: bool | None = None
    ) -> list[Grant]:
        with self.kernel.read() as connection:
            page = store.who_has(connection, self.entitlement(name), at=at, direct=direct)
        return page.items

    def paths(self, name: str, key: Key, at: datetime | None = None) -> list[list[str]]:
        """Each path as the ids of its entitlements, from the one held directly."""
        with self.kernel.read() as connection:
            told = store.explain(connection, self.entitlement(name), self.resource(key), at=at)
        assert told.complete
        return [[step.entitlement.external_id for step in path] for path in told.paths]


def names(grants: list[Grant]) -> list[str]:
    return sorted(grant.principal.display_name for grant in grants)
