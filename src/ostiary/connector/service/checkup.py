"""Checks the credentials when somebody asks for the connector's health."""

from __future__ import annotations

import asyncio

from ostiary.connector.progress import Ledger
from ostiary.connector.service.validity import Validity
from ostiary.connector.service.workplace import Workplace


class Checkup:
    """Asks the source at most every few minutes, once for all who wait, and never beside a sync,
    which checks the credentials itself."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._running: asyncio.Task[None] | None = None

    async def current(self) -> Validity:
        validity = self._place.validity
        if self._running is None and not validity.is_fresh and not self._place.turn.locked():
            self._running = asyncio.create_task(self._check())
            self._running.add_done_callback(self._ended)
        if self._running is not None:
            await asyncio.shield(self._running)
        return validity

    def _ended(self, _: asyncio.Task[None]) -> None:
        self._running = None

    async def _check(self) -> None:
        place = self._place
        async with place.turn:
            with place.concealing() as conceal:
                run = place.run(place.settings, Ledger(), conceal)
                try:
                    async with run.connected(place.state / "sync.c1z"):
                        pass
                except Exception as error:
                    place.validity.record(error)
