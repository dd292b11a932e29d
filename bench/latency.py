"""How long a first sync takes when every answer of Graph takes 30 ms."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from bench.measures import Report
from bench.program import Run, sync
from bench.tenant import MEDIUM, serving

LATENCY_MS = 30
SECONDS = 8.0
REPEATS = 5


def measure(folder: Path) -> Report:
    """Sync a medium tenant into an empty folder a few times, each time from nothing.

    The very first run may find nothing compiled; the median passes over it.
    """
    report = Report("latency", f"{MEDIUM}, {LATENCY_MS} ms an answer")
    with serving(MEDIUM, folder, latency_ms=LATENCY_MS) as tenant:
        runs: list[Run] = []
        for number in range(REPEATS):
            place = folder / str(number)
            place.mkdir()
            runs.append(sync(tenant.environment, place / "sync.c1z"))
            report.add(f"full sync {number + 1}", runs[-1].seconds, "s")
        bill = tenant.bill()
    report.add("full sync, median", median(run.seconds for run in runs), "s", SECONDS)
    report.add("processor time, median", median(run.cpu for run in runs), "s")
    report.add("requests of one sync", bill.requests / REPEATS, "")
    return report
