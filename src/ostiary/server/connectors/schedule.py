"""When a connector is due for its next sync: every so often, or by cron in a time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterBadDateError, croniter

SHORTEST_INTERVAL = timedelta(minutes=30)
DEFAULT_INTERVAL = timedelta(hours=1)
_OCCURRENCES_CHECKED = 500


class ScheduleError(ValueError):
    """A schedule that cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    every: timedelta = DEFAULT_INTERVAL

    def __post_init__(self) -> None:
        if self.every < SHORTEST_INTERVAL:
            raise ScheduleError("The interval must be at least 30 minutes.")

    def next_after(self, moment: datetime) -> datetime:
        return moment + self.every


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields; `zone` is an IANA name. Occurrences follow the wall clock of the zone."""

    spec: str
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if len(self.spec.split()) != 5 or not croniter.is_valid(self.spec):
            raise ScheduleError(f"Not a cron expression of five fields: {self.spec!r}.")
        _zone(self.zone)

    def next_after(self, moment: datetime) -> datetime:
        local = moment.astimezone(_zone(self.zone))
        try:
            following = croniter(self.spec, local).get_next(datetime)
        except CroniterBadDateError as error:
            raise ScheduleError(f"{self.spec!r} names a date that never comes.") from error
        return datetime.fromtimestamp(following.timestamp(), moment.tzinfo)


Schedule = Interval | Cron


def check(schedule: Schedule, now: datetime) -> None:
    """Raises ScheduleError for a cron expression that comes round never, or too often."""
    if isinstance(schedule, Interval):
        return
    moment = schedule.next_after(now)
    for _ in range(_OCCURRENCES_CHECKED):
        following = schedule.next_after(moment)
        if following - moment < SHORTEST_INTERVAL:
            raise ScheduleError(
                f"{schedule.spec!r} comes round within 30 minutes, at {moment:%H:%M} and "
                f"{following:%H:%M}; syncs must be at least 30 minutes apart."
            )
        moment = following


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleError(f"No such time zone: {name!r}.") from error
