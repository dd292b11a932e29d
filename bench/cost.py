"""What a sync of a medium tenant costs its quota, at first and without changes."""

from __future__ import annotations

from pathlib import Path

from bench.measures import Report
from bench.program import sync
from bench.tenant import MEDIUM, Tenant, serving

FULL_REQUESTS = 350
FULL_UNITS = 370
REPEAT_REQUESTS = 10


def measure(folder: Path) -> Report:
    """Count the requests of a full sync and of a repeat."""
    report = Report("cost", str(MEDIUM))
    with serving(MEDIUM, folder) as tenant:
        file = folder / "sync.c1z"
        _add(report, tenant, file, "full sync", FULL_REQUESTS, FULL_UNITS)
        _add(report, tenant, file, "repeat without changes", REPEAT_REQUESTS, None)
    return report


def _add(
    report: Report, tenant: Tenant, file: Path, name: str, requests: int, units: int | None
) -> None:
    run = sync(tenant.environment, file)
    bill = tenant.bill()
    report.add(f"{name}: requests", bill.requests, "", requests)
    report.add(f"{name}: resource units", bill.units, "", units)
    report.add(f"{name}: grants in the file", run.last_line["grants"], "")
