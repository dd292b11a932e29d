"""Time inside a simulated tenant."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 1, 9, 0, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is advanced. `now()` is always UTC."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class RealClock(Clock):
    """The machine's clock; `advance` puts it further ahead, so that expiry can be rehearsed."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += timedelta(seconds=seconds)


def graph_time(moment: datetime) -> str:
    """`2026-11-01T09:00:00Z`, as Graph writes Edm.DateTimeOffset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
