"""Token buckets, and the waits they impose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

GRACE = 0.05
"""Real seconds within which a request on another connection may have crossed a 429."""

_ROUNDING = timedelta(milliseconds=2)
"""Telling the rest of a wait again, rounded up, is no new wait."""


@dataclass(slots=True)
class Wait:
    """A client was told to stay away. `told` is a monotonic time, None until it was sent."""

    until: datetime
    connection: int
    told: float | None = None

    def broken_by(self, now: datetime, connection: int, arrived: float) -> bool:
        """Whether a request comes too early from someone who must have known."""
        if self.told is None or now >= self.until:
            return False
        return connection == self.connection or arrived - self.told > GRACE


class Bucket:
    """`capacity` tokens that refill evenly over `seconds`."""

    def __init__(self, capacity: float, seconds: float, now: datetime) -> None:
        self.capacity = capacity
        self.rate = capacity / seconds
        self.wait: Wait | None = None
        self._tokens = capacity
        self._at = now

    def resize(self, capacity: float) -> None:
        if capacity != self.capacity:
            self.rate *= capacity / self.capacity
            self._tokens *= capacity / self.capacity
            self.capacity = capacity

    def shortage(self, amount: float, now: datetime) -> float:
        """Seconds until `amount` may be taken; 0 when it may be taken now."""
        self._refill(now)
        waiting = (self.wait.until - now).total_seconds() if self.wait else 0.0
        wanted = min(amount, self.capacity)
        return max(0.0, waiting, (wanted - self._tokens) / self.rate)

    def take(self, amount: float) -> None:
        self._tokens -= min(amount, self.capacity)

    def hold(self, seconds: float, now: datetime, connection: int) -> Wait:
        """Nobody gets anything for so long."""
        until = now + timedelta(seconds=seconds)
        if self.wait is None or until - self.wait.until > _ROUNDING:
            self.wait = Wait(until, connection)
        return self.wait

    @property
    def used(self) -> float:
        """Share of the capacity in use; 1.0 is where throttling starts."""
        return 1.0 - self._tokens / self.capacity

    def _refill(self, now: datetime) -> None:
        gone = (now - self._at).total_seconds()
        self._tokens = min(self.capacity, self._tokens + gone * self.rate)
        self._at = now
