"""A clock that moves when the test says so."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

MORNING = 1_795_000_000.0


@dataclass(eq=False)
class Sleeper:
    seconds: float
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class ManualClock:
    """Whoever sleeps here sleeps until `wake`."""

    def __init__(self) -> None:
        self.time = MORNING
        self.slept: list[float] = []
        self._sleepers: list[Sleeper] = []
        self._arrivals = asyncio.Condition()

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        sleeper = Sleeper(seconds)
        self.slept.append(seconds)
        self._sleepers.append(sleeper)
        async with self._arrivals:
            self._arrivals.notify_all()
        try:
            await sleeper.woken.wait()
        finally:
            self._sleepers.remove(sleeper)

    async def asleep(self, seconds: float) -> Sleeper:
        """Wait until somebody sleeps for so long."""
        async with self._arrivals:
            await self._arrivals.wait_for(lambda: self._find(seconds) is not None)
        found = self._find(seconds)
        assert found is not None
        return found

    async def wake(self, seconds: float) -> None:
        """Wait until somebody sleeps for so long, then let that time pass."""
        sleeper = await self.asleep(seconds)
        self.time += seconds
        sleeper.woken.set()

    def _find(self, seconds: float) -> Sleeper | None:
        return next(
            (s for s in self._sleepers if s.seconds == seconds and not s.woken.is_set()), None
        )
