"""What was asked of the tenant and what it cost; tests and demos read their counts here."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ostiary.tenant.surface.limits.limiter import Charge
from ostiary.tenant.surface.message import GraphRequest

MOST_LOGGED = 200_000


class Entry(NamedTuple):
    """One request. `path` has no query. `violation` names the limit whose wait it broke."""

    method: str
    path: str
    operation: str
    status: int
    at: datetime
    resource_units: int
    batched: bool
    violation: str | None


@dataclass(slots=True)
class Tally:
    requests: int = 0
    resource_units: int = 0
    throttled: int = 0
    errors: int = 0


class Ledger:
    """`violations`: requests that came before the Retry-After of their limit had passed.

    `log` keeps the last 200,000 requests. A throttled request costs nothing. `http_requests`
    counts a batch once, `requests` its parts as well.
    """

    def __init__(self) -> None:
        self.operations: dict[str, Tally] = {}
        self.log: deque[Entry] = deque(maxlen=MOST_LOGGED)
        self.violations: list[Entry] = []
        self.http_requests = 0

    def record(
        self,
        request: GraphRequest,
        operation: str,
        status: int,
        at: datetime,
        charge: Charge | None,
    ) -> None:
        throttled = status == 429
        units = charge.cost.units if charge and not throttled else 0
        tally = self.operations.get(operation)
        if tally is None:
            tally = self.operations[operation] = Tally()
        tally.requests += 1
        tally.resource_units += units
        tally.throttled += throttled
        tally.errors += status >= 400
        self.http_requests += not request.batched
        entry = Entry(
            request.method,
            request.raw_path,
            operation,
            status,
            at,
            units,
            request.batched,
            charge.broke if charge else None,
        )
        self.log.append(entry)
        if entry.violation:
            self.violations.append(entry)

    @property
    def requests(self) -> int:
        return sum(tally.requests for tally in self.operations.values())

    @property
    def resource_units(self) -> int:
        return sum(tally.resource_units for tally in self.operations.values())

    @property
    def throttled(self) -> int:
        return sum(tally.throttled for tally in self.operations.values())

    def reset(self) -> None:
        self.operations.clear()
        self.log.clear()
        self.violations.clear()
        self.http_requests = 0

    def summary(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "requests": self.requests,
            "httpRequests": self.http_requests,
            "resourceUnits": self.resource_units,
            "throttled": self.throttled,
            "retryAfterViolations": len(self.violations),
            "operations": {
                name: {
                    "requests": tally.requests,
                    "resourceUnits": tally.resource_units,
                    "throttled": tally.throttled,
                    "errors": tally.errors,
                }
                for name, tally in sorted(self.operations.items())
            },
        }
