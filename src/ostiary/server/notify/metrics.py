"""How much mail waits or has failed, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ostiary.server.kernel.work import Kernel
from ostiary.server.notify import store
from ostiary.server.notify.rules import MailState


class MailMetrics(Collector):
    """Counted when asked."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("ostiary_mails", "Mails, by state", labels=["state"])
        with self._kernel.read() as connection:
            found = store.counts(connection, [MailState.QUEUED, MailState.FAILED])
        for state, number in found.items():
            gauge.add_metric([state], number)
        yield gauge

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering asks for no database."""
        return []
