"""A connector whose waits take no time: they move the tenant's clock instead."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from functools import partial

from ostiary.connector.definition import ConnectorDefinition
from ostiary.entra.definition import DEFINITION
from ostiary.entra.session import Patience, open_connector
from ostiary.graph import Timeouts
from ostiary.tenant.server import SimulatedTenant

STALL = 0.25
"""Seconds of silence after which a hurried client gives a connection up."""


class TenantTime:
    """The tenant's clock, as the client's. Whoever sleeps takes it along."""

    def __init__(self, tenant: SimulatedTenant) -> None:
        self._tenant = tenant
        self._start = tenant.clock.now()
        self._wall = time.time()

    def monotonic(self) -> float:
        return (self._tenant.clock.now() - self._start).total_seconds()

    def wall(self) -> float:
        return self._wall + self.monotonic()

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        await asyncio.sleep(0)
        self._tenant.change(lambda _: self._reach(until))

    def _reach(self, until: float) -> None:
        """The tenant counts whole microseconds; rounding down would never get there."""
        left = until - self.monotonic()
        if left >= 0:
            self._tenant.clock.advance(left + 1e-6)


def hurried(tenant: SimulatedTenant) -> ConnectorDefinition:
    """The connector with a tenant's clock, and with no patience for silent connections."""
    patience = Patience(
        clock=TenantTime(tenant), timeouts=Timeouts(connect=5, stall=STALL, total=20)
    )
    return replace(DEFINITION, open=partial(open_connector, patience=patience))
