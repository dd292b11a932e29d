"""What Prometheus may know. One registry per process."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Slices add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)
        self._requests = Histogram(
            "ostiary_http_request_seconds",
            "Time to answer, by route",
            ["method", "route", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._jobs = Counter(
            "ostiary_jobs",
            "Jobs run, by how they ended",
            ["job", "outcome"],
            registry=self.registry,
        )
        self._queue = Gauge(
            "ostiary_queue_jobs",
            "Jobs in the queue, by state",
            ["state"],
            registry=self.registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """`route` is the pattern, not the path: there are only so many of them."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def job(self, name: str, outcome: str) -> None:
        self._jobs.labels(name, outcome).inc()

    def queue(self, sizes: Mapping[str, int]) -> None:
        """`sizes` by state."""
        for state, size in sizes.items():
            self._queue.labels(state).set(size)

    def text(self) -> bytes:
        """Prometheus' text format."""
        return generate_latest(self.registry)
