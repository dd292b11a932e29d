"""The worker's service that runs hosted connectors: those that nobody else claimed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from ostiary.server.connectors.catalogue.kinds import Kind, kinds
from ostiary.server.connectors.hosting.host import Host, host_id
from ostiary.server.connectors.hosting.leftovers import remove_leftovers
from ostiary.server.connectors.hosting.rules import share_of
from ostiary.server.connectors.store import hosting as store
from ostiary.server.connectors.store.hosting import Claims, ClaimsLostError, Wanted, loss_told
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.work import Kernel

LOOK_EVERY: Final = timedelta(seconds=5)
"""How long a change may go unnoticed whose announcement was lost, or another worker's death."""

PAUSE_SECONDS: Final = 2.0

log = structlog.get_logger("ostiary.server.hosting")


class Supervisor:
    """A Service. Any number of workers may run one each: every connector has one supervisor,
    because a claim is a lock that ends with the session of whoever holds it."""

    name = "hosting"

    def __init__(self, kernel: Kernel, *, look_every: timedelta = LOOK_EVERY) -> None:
        self._kernel = kernel
        self._look_every = look_every
        self._kinds: dict[str, Kind] = {
            kind.catalog_id: kind for kind in kinds(kernel.settings) if kind.hosted
        }
        self._hosts: dict[str, Host] = {}
        self._stopping = asyncio.Event()
        self._stopped = asyncio.Event()

    async def start(self) -> Sequence[str]:
        """It listens on nothing."""
        return []

    async def stop(self) -> None:
        """When it returns, no child is left."""
        self._stopping.set()
        try:
            await asyncio.to_thread(self._wake)
        except Exception as error:  # without a database it wakes by itself, only later
            log.info("hosting.not_woken", reason=str(error))
        await self._stopped.wait()

    async def run(self) -> None:
        """Until cancelled. Outlives a restart of the database, which its children do not."""
        try:
            while not self._stopping.is_set():
                try:
                    await self._supervise()
                except ClaimsLostError as error:
                    log.warning("hosting.starts_again", reason=str(error))
                    await asyncio.sleep(PAUSE_SECONDS)
        finally:
            self._stopped.set()
        await asyncio.Event().wait()

    async def _supervise(self) -> None:
        claims = Claims(self._kernel.database)
        try:
            await asyncio.to_thread(claims.open)
            while not self._stopping.is_set():
                await self._reconcile(claims, await asyncio.to_thread(self._wanted))
                await asyncio.to_thread(claims.wait, self._look_every)
        finally:
            await asyncio.shield(self._end_all())
            claims.close()

    async def _reconcile(self, claims: Claims, wanted: dict[str, Wanted]) -> None:
        ended = [
            host
            for connector_id, host in self._hosts.items()
            if wanted.get(connector_id) != host.wanted or host.failure
        ]
        await asyncio.gather(*(self._end(host) for host in ended))
        for host in ended:
            if host.wanted.id not in wanted:
                await asyncio.to_thread(claims.release, host.wanted.id)
        again = {host.wanted.id for host in ended} & wanted.keys()
        for connector_id in again:
            self._begin(wanted[connector_id])
        await self._claim(claims, wanted)
        await self._end_silent()
        await asyncio.to_thread(remove_leftovers, self._kernel, frozenset(self._hosts))

    async def _claim(self, claims: Claims, wanted: dict[str, Wanted]) -> None:
        """Takes up to its share of what nobody has, or gives one back that is too many."""
        workers = await asyncio.to_thread(claims.workers)
        share = share_of(len(wanted), workers, self._kernel.settings.connectors_per_worker)
        for connector_id, each in wanted.items():
            if len(self._hosts) >= share:
                break
            free = connector_id not in self._hosts
            if free and await asyncio.to_thread(claims.claim, connector_id):
                self._begin(each)
        if len(self._hosts) > share:
            await self._give_one_back(claims)

    async def _give_one_back(self, claims: Claims) -> None:
        """One that is idle, for another worker to take."""
        busy = await asyncio.to_thread(self._busy)
        idle = [host for connector_id, host in self._hosts.items() if connector_id not in busy]
        if idle:
            await self._end(idle[-1])
            await asyncio.to_thread(claims.release, idle[-1].wanted.id)
            await asyncio.to_thread(self._wake)

    def _begin(self, wanted: Wanted) -> None:
        log.info("connector.hosted", connector=wanted.id, name=wanted.display_name)
        host = Host(self._kernel, self._kinds[wanted.catalog_id], wanted)
        self._hosts[wanted.id] = host
        host.start()

    async def _end(self, host: Host) -> None:
        if (failure := host.failure) is not None:
            log.error("connector.host_failed", connector=host.wanted.id, exc_info=failure)
        await host.stop()
        del self._hosts[host.wanted.id]
        log.info("connector.no_longer_hosted", connector=host.wanted.id)

    async def _end_all(self) -> None:
        await asyncio.gather(*(self._end(host) for host in list(self._hosts.values())))

    async def _end_silent(self) -> None:
        """A child that asks for no work hangs, whatever else it does."""
        if not self._hosts:
            return
        polls, now = await asyncio.to_thread(self._polls)
        longest = timedelta(seconds=self._kernel.settings.connector_silence_seconds)
        for connector_id, host in self._hosts.items():
            if host.started_at is None:
                continue
            heard = max(polls.get(connector_id, host.started_at), host.started_at)
            if now - heard > longest:
                host.restart(f"It has asked for no work since {heard:%H:%M:%S} and is ended.")

    def _wanted(self) -> dict[str, Wanted]:
        with loss_told(), self._kernel.read() as connection:
            found = store.find_wanted(connection, list(self._kinds))
        return {each.id: each for each in found}

    def _busy(self) -> set[str]:
        with loss_told(), self._kernel.read() as connection:
            return store.busy_among(connection, list(self._hosts))

    def _polls(self) -> tuple[dict[str, datetime], datetime]:
        with loss_told(), self._kernel.read() as connection:
            return store.last_polls(connection, host_id()), self._kernel.clock.now()

    def _wake(self) -> None:
        with self._kernel.work(SYSTEM) as work:
            store.announce(work.connection)
