"""Time and memory of a large tenant, beside what the usual walk over its groups takes."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measures import Report
from bench.program import Run, run, sync
from bench.tenant import LARGE, Bill, Tenant, serving

FULL_SECONDS = 180.0
REPEAT_SECONDS = 60.0
PEAK_MIB = 800.0
CHANGES = 100


def measure(folder: Path) -> Report:
    """A full sync, a repeat after some changes, and a naive walk, one after the other."""
    report = Report("large", str(LARGE))
    with serving(LARGE, folder) as tenant:
        file = folder / "sync.c1z"
        full, full_bill = _sync(report, tenant, file, "full sync", FULL_SECONDS)
        tenant.drift(CHANGES)
        tenant.bill()
        name = f"repeat after {CHANGES} changes"
        _sync(report, tenant, file, name, REPEAT_SECONDS)
        walk = run([sys.executable, "-m", "bench.naive"], tenant.environment)
        walk_bill = tenant.bill()
    _compare(report, full, full_bill, walk, walk_bill)
    return report


def _sync(
    report: Report, tenant: Tenant, file: Path, name: str, seconds: float
) -> tuple[Run, Bill]:
    synced = sync(tenant.environment, file)
    bill = tenant.bill()
    told = synced.last_line
    report.add(f"{name}: wall time", synced.seconds, "s", seconds)
    report.add(f"{name}: processor time", synced.cpu, "s")
    report.add(f"{name}: peak memory", synced.peak, "MiB", PEAK_MIB)
    report.add(f"{name}: requests", bill.requests, "")
    report.add(f"{name}: resource units", bill.units, "")
    for kind in ("resources", "entitlements", "grants"):
        report.add(f"{name}: {kind}", told[kind], "")
    report.add(f"{name}: file", told["bytes"] / 1024**2, "MiB")
    return synced, bill


def _compare(report: Report, full: Run, full_bill: Bill, walk: Run, walk_bill: Bill) -> None:
    name = "one request per group"
    report.add(f"{name}: wall time", walk.seconds, "s")
    report.add(f"{name}: requests", walk_bill.requests, "")
    report.add(f"{name}: resource units", walk_bill.units, "")
    report.add(f"{name}: throttled answers", walk_bill.throttled, "")
    report.add(f"{name}: members and owners", walk.last_line["links"], "")
    report.add("ratio to our full sync: requests", walk_bill.requests / full_bill.requests, "x")
    report.add("ratio to our full sync: resource units", walk_bill.units / full_bill.units, "x")
    report.add("ratio to our full sync: wall time", walk.seconds / full.seconds, "x")
