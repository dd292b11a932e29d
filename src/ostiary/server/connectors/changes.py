"""Pages that follow connectors: one listening session per process, however many look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final

import structlog

from ostiary.server.connectors.store.changes import HearingLostError, heard

PAUSE_SECONDS: Final = 2.0
"""Between losing the database and asking it again."""

log = structlog.get_logger("ostiary.server.changes")


class Watch:
    """What one page waits for."""

    def __init__(self) -> None:
        self._happened = asyncio.Event()
        self.ended = False

    def tell(self) -> None:
        self._happened.set()

    def end(self) -> None:
        self.ended = True
        self._happened.set()

    async def changed(self, longest: float) -> bool:
        """Within `longest` seconds. Whatever happened since the last call counts once."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._happened.wait(), longest)
        happened = self._happened.is_set()
        self._happened.clear()
        return happened


class Changes:
    """A Service, so that it ends what it feeds when the server stops. It listens only while
    somebody watches. Everything happens in the loop of whoever watches."""

    name = "changes"

    def __init__(self, url: str) -> None:
        """`url` is libpq's."""
        self._url = url
        self._watches: dict[Watch, int] = {}
        self._listening: asyncio.Task[None] | None = None
        self._hears = False
        self._stopped = False

    async def start(self) -> Sequence[str]:
        """It listens on no port."""
        return []

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self._stopped = True
        for watch in self._watches:
            watch.end()

    @asynccontextmanager
    async def watching(self, connector_key: int) -> AsyncIterator[Watch]:
        """The first `changed` comes as soon as nothing can be missed any more."""
        watch = Watch()
        self._watches[watch] = connector_key
        if self._stopped:
            watch.end()
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen())
        elif self._hears:
            watch.tell()
        try:
            yield watch
        finally:
            del self._watches[watch]
            if not self._watches:
                await self._fall_silent()

    async def _listen(self) -> None:
        while True:
            try:
                async with aclosing(heard(self._url)) as keys:
                    async for key in keys:
                        if self._listening is not asyncio.current_task():
                            return  # up to Python 3.11 waiting may swallow that it was cancelled
                        self._hears = True
                        self._tell(key)
            except HearingLostError as error:
                log.warning("changes.lost", reason=str(error))
            self._hears = False
            await asyncio.sleep(PAUSE_SECONDS)

    def _tell(self, key: int | None) -> None:
        """None: everybody, for something may have been missed."""
        for watch, wanted in self._watches.items():
            if key in (None, wanted):
                watch.tell()

    async def _fall_silent(self) -> None:
        listening, self._listening, self._hears = self._listening, None, False
        if listening is not None:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
