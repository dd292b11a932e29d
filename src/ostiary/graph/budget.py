"""Not sending more than Graph takes: throttle gates, pacing, and a bound on requests in flight.

Source: "Microsoft Graph throttling guidance" and "service-specific throttling limits".
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ostiary.graph.clock import Clock, SystemClock
from ostiary.graph.faults import Throttled

MARGIN = 0.05
"""Seconds added to every Retry-After, so that no rounding on either side makes us early."""

PACE_FROM = 0.8
"""Share of the limit from which Graph reports x-ms-throttle-limit-percentage."""


@dataclass
class Gate:
    """One throttle scope. All times are the clock's monotonic seconds."""

    opens_at: float = 0.0
    spacing: float = 0.0
    next_start: float = 0.0
    stalled_since: float | None = None
    refusals: int = 0


class Budget:
    """Shared by all requests of one app in one tenant.

    After `close`, no request of that scope is admitted until the time is over, whoever asks for it.
    """

    def __init__(
        self, *, in_flight: int = 6, give_up: float = 1800.0, clock: Clock | None = None
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self._give_up = give_up
        self._slots = asyncio.Semaphore(in_flight)
        self._gates: dict[str, Gate] = {}

    @asynccontextmanager
    async def slot(self, scopes: Iterable[str]) -> AsyncIterator[None]:
        """Holds one of the places in flight, entered only while all `scopes` are open.

        Errors: Throttled when they will not open in a time worth waiting for.
        """
        gates = [self._gate(scope) for scope in scopes]
        while True:
            await self._until_open(gates)
            await self._pace(gates)
            async with self._slots:
                if self._remaining(gates) <= 0:
                    yield
                    return

    def is_open(self, scopes: Iterable[str]) -> bool:
        return self._remaining([self._gate(scope) for scope in scopes]) <= 0

    def close(self, scope: str, seconds: float) -> None:
        """Shuts the scope from now on. The latest end of several wins."""
        gate, now = self._gate(scope), self.clock.monotonic()
        gate.opens_at = max(gate.opens_at, now + seconds + MARGIN)
        gate.refusals += 1
        if gate.stalled_since is None:
            gate.stalled_since = now

    def hopeless(self, scopes: Iterable[str]) -> bool:
        """Whether one of `scopes` is shut and, when it opens, will have let nothing through for
        longer than is worth waiting.
        """
        return any(self._is_hopeless(self._gate(scope)) for scope in scopes)

    def refusals(self, scope: str) -> int:
        """How many times the scope was shut since something last got through."""
        return self._gate(scope).refusals

    def passed(self, scope: str, load: float) -> None:
        """A request got through; `load` is Graph's share-of-limit figure, 0 when unsaid."""
        gate = self._gate(scope)
        gate.stalled_since = None
        gate.refusals = 0
        gate.spacing = spacing_at(load)

    async def _until_open(self, gates: list[Gate]) -> None:
        while (seconds := self._remaining(gates)) > 0:
            if any(map(self._is_hopeless, gates)):
                raise Throttled(
                    f"Microsoft Graph lets nothing through and asks to wait {seconds:.0f} s more.",
                    status=429,
                    advice="Run again later.",
                )
            await self.clock.sleep(seconds)

    async def _pace(self, gates: list[Gate]) -> None:
        now = self.clock.monotonic()
        start = max(now, *(gate.next_start for gate in gates))
        for gate in gates:
            gate.next_start = start + gate.spacing if gate.spacing else 0.0
        if start > now:
            await self.clock.sleep(start - now)

    def _is_hopeless(self, gate: Gate) -> bool:
        shut = gate.opens_at > self.clock.monotonic()
        since = gate.stalled_since
        return shut and since is not None and gate.opens_at - since > self._give_up

    def _remaining(self, gates: list[Gate]) -> float:
        return max(gate.opens_at for gate in gates) - self.clock.monotonic()

    def _gate(self, scope: str) -> Gate:
        return self._gates.setdefault(scope, Gate(opens_at=self.clock.monotonic()))


def spacing_at(load: float) -> float:
    """Seconds between two starts: none below 0.8 of the limit, doubling with every tenth above."""
    if load < PACE_FROM:
        return 0.0
    return float(min(0.1 * 2 ** ((min(load, 2.0) - PACE_FROM) * 10), 5.0))
