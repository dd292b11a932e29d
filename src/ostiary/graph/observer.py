"""What a sync tells about its traffic: requests, resource units and waits, per stream."""

from dataclasses import dataclass, field


class Observer:
    """Hears of everything and keeps nothing; others keep what they need."""

    def request(self, stream: str, resource_units: float, seconds: float) -> None:
        """One exchange is over, whatever came of it.

        `resource_units` is what Graph charged by its `x-ms-resource-unit` header (for a batch the
        sum over its parts), else 0.
        """

    def throttled(self, stream: str, seconds: float) -> None:
        """Graph asked this stream, and all others of its throttle scope, to wait."""

    def retried(self, stream: str, reason: str) -> None:
        """A request failed for a passing reason and is sent again."""


@dataclass
class StreamTotals:
    requests: int = 0
    resource_units: float = 0.0
    seconds: float = 0.0
    throttled: int = 0
    throttled_seconds: float = 0.0
    retried: int = 0


@dataclass
class Ledger(Observer):
    """Totals per stream, for closing summaries and benchmarks."""

    streams: dict[str, StreamTotals] = field(default_factory=dict)

    def request(self, stream: str, resource_units: float, seconds: float) -> None:
        totals = self._of(stream)
        totals.requests += 1
        totals.resource_units += resource_units
        totals.seconds += seconds

    def throttled(self, stream: str, seconds: float) -> None:
        totals = self._of(stream)
        totals.throttled += 1
        totals.throttled_seconds += seconds

    def retried(self, stream: str, reason: str) -> None:
        self._of(stream).retried += 1

    @property
    def total(self) -> StreamTotals:
        whole = StreamTotals()
        for totals in self.streams.values():
            whole.requests += totals.requests
            whole.resource_units += totals.resource_units
            whole.seconds += totals.seconds
            whole.throttled += totals.throttled
            whole.throttled_seconds += totals.throttled_seconds
            whole.retried += totals.retried
        return whole

    def _of(self, stream: str) -> StreamTotals:
        return self.streams.setdefault(stream, StreamTotals())
