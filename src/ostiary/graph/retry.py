"""How long to wait before a request is sent again, and when to stop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random


@dataclass
class RetryPolicy:
    """`tries` counts requests, not repetitions. Waits are seconds.

    `longest_wait` bounds what an unavailable service can ask for by Retry-After.

    A host that has never answered gets fewer tries: its name is more likely wrong than its line is
    down.
    """

    tries: int = 8
    first_contact_tries: int = 3
    base: float = 0.5
    cap: float = 30.0
    longest_wait: float = 600.0
    random: Random = field(default_factory=Random)

    def backoff(self, failures: int) -> float:
        """After the n-th failure: exponential, and half of it drawn by lot."""
        whole = min(self.cap, self.base * 2.0 ** min(failures - 1, 30))
        return whole / 2 + self.random.uniform(0, whole / 2)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by Retry-After, which may be fractional or a date (RFC 9110, 10.2.3).

    A date is read against the reply's own Date, so that a wrong clock here does not matter; `now`,
    in seconds since the epoch, serves where there is none. None without a usable header.
    """
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = _http_date(value)
        if until is None:
            return None
        since = _http_date(headers.get("Date", "")) or datetime.fromtimestamp(now, UTC)
        seconds = (until - since).total_seconds()
    return max(0.0, seconds) if seconds < float("inf") else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
