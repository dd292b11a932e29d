"""A simulated tenant as a process, and its books."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bench.program import BIN, FailedError, run

_START_SECONDS = 120
_OSTIARY = str(BIN / "ostiary")


class Size(NamedTuple):
    """How much a generated tenant holds; ``links`` are members and owners of all groups."""

    users: int
    groups: int
    links: int
    service_principals: int

    def __str__(self) -> str:
        return (
            f"{self.users:,} users, {self.groups:,} groups, {self.links:,} links, "
            f"{self.service_principals:,} service principals"
        )


MEDIUM = Size(users=10_000, groups=2_000, links=88_000, service_principals=300)
LARGE = Size(users=100_000, groups=20_000, links=1_500_000, service_principals=3_000)


class Bill(NamedTuple):
    """What was asked of Graph: HTTP requests that were answered (a batch is one), what they cost,
    and how many more were turned away for being too many.
    """

    requests: int
    units: int
    throttled: int


@dataclass(frozen=True)
class Tenant:
    """A tenant that serves. ``environment`` is what a connector needs to sync it."""

    environment: dict[str, str]
    folder: Path

    def bill(self) -> Bill:
        """What was asked since the last bill."""
        told = json.loads(self._do("ledger", "--reset", "--json"))
        throttled = sum(tally["throttled"] for tally in told["operations"].values())
        return Bill(told["httpRequests"] - throttled, told["resourceUnits"], throttled)

    def drift(self, steps: int) -> None:
        """Let so many things change."""
        self._do("drift", "--steps", str(steps))

    def _do(self, command: str, *words: str) -> str:
        asked = [_OSTIARY, "tenant", command, "--data-dir", str(self.folder), *words]
        return run(asked, {}).output


@contextmanager
def serving(size: Size, folder: Path, *, latency_ms: int = 0) -> Iterator[Tenant]:
    """A generated tenant of that size, stopped at the end."""
    ready, log = folder / "ready.json", folder / "tenant.log"
    numbers = {
        "--users": size.users,
        "--groups": size.groups,
        "--memberships": size.links,
        "--service-principals": size.service_principals,
        "--latency-ms": latency_ms,
        "--port": 0,
    }
    options = [word for name, number in numbers.items() for word in (name, str(number))]
    where = ["--data-dir", str(folder / "tenant"), "--ready-file", str(ready)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [_OSTIARY, "tenant", "serve", *options, *where], stdout=output, stderr=output
        )
    try:
        told = _announced(process, ready, log)
        yield Tenant(told["environment"], folder / "tenant")
    finally:
        process.terminate()
        process.wait()


def _announced(process: subprocess.Popen[bytes], ready: Path, log: Path) -> dict[str, Any]:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise FailedError(f"the simulated tenant did not start:\n{log.read_text()}")
        time.sleep(0.05)
    told: dict[str, Any] = json.loads(ready.read_text())
    return told
