"""Whether the connector's credentials work, as far as is known."""

from __future__ import annotations

from ostiary.connector.faults import explained
from ostiary.connector.service.clock import Clock

FRESH_SECONDS = 300.0


class Validity:
    """What the last check found. `problem` is "" when all was well or nothing was checked yet."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.checked_at: float | None = None
        self.problem = ""

    def record(self, error: Exception | None) -> None:
        self.checked_at = self._clock.now()
        self.problem = str(explained(error)) if error else ""

    @property
    def is_fresh(self) -> bool:
        return self.checked_at is not None and (self._clock.now() - self.checked_at < FRESH_SECONDS)
