"""The form for a schedule, and when it would come round."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

from ostiary.server.connectors.schedule import Cron, Interval, Schedule, ScheduleError, check
from ostiary.server.web.components.forms import Field, Form

SHOWN: Final = 5
KINDS: Final = (
    ("interval", "Every so often"),
    ("cron", "By cron, in a time zone"),
    ("demand", "Only when asked"),
)
_UNITS: Final = (("minutes", 60), ("hours", 3600), ("days", 86400))
_MOST: Final = 100_000


@dataclass(frozen=True)
class Asked:
    """What was typed. `every` counts `unit`."""

    kind: str = ""
    every: str = ""
    unit: str = "hours"
    cron: str = ""
    zone: str = "UTC"

    @property
    def values(self) -> dict[str, str]:
        return {
            "kind": self.kind,
            "every": self.every,
            "unit": self.unit,
            "cron": self.cron,
            "zone": self.zone,
        }


def asked_of(schedule: Schedule | None) -> Asked:
    match schedule:
        case Interval(every):
            seconds = int(every.total_seconds())
            unit, size = next(
                each for each in reversed(_UNITS) if seconds % each[1] == 0 or each[1] == 60
            )
            return Asked("interval", str(seconds // size), unit)
        case Cron(spec, zone):
            return Asked("cron", cron=spec, zone=zone)
    return Asked("demand")


def schedule_of(asked: Asked, now: datetime) -> Schedule | None:
    """ScheduleError says what is wrong with it."""
    if asked.kind == "demand":
        return None
    if asked.kind == "cron":
        wanted: Schedule = Cron(asked.cron.strip(), asked.zone.strip() or "UTC")
    else:
        if not (asked.every.isascii() and asked.every.isdigit() and int(asked.every) <= _MOST):
            raise ScheduleError("Say every how many, as a whole number.")
        wanted = Interval(timedelta(seconds=int(asked.every) * dict(_UNITS).get(asked.unit, 60)))
    check(wanted, now)
    return wanted


def next_times(
    schedule: Schedule | None, now: datetime, due_at: datetime | None = None
) -> list[datetime]:
    """The next few; none where it is only asked for. `due_at`: when the first of them is, for a
    schedule that is kept already."""
    found = [max(due_at, now)] if due_at else []
    while schedule is not None and len(found) < SHOWN:
        found.append(schedule.next_after(found[-1] if found else now))
    return found


def form(path: str, asked: Asked, problem: str = "") -> Form:
    fields = (
        Field("kind", "When it syncs", "select", asked.kind, options=KINDS, required=True),
        Field("every", "Every", "number", asked.every, "Half an hour is the shortest."),
        Field("unit", "Unit", "select", asked.unit, options=[(u, u) for u, _ in _UNITS]),
        Field(
            "cron",
            "Cron",
            "text",
            asked.cron,
            "Five fields: minute, hour, day, month, day of the week. 0 6 * * 1-5 is every working "
            "day at six.",
            placeholder="0 6 * * 1-5",
        ),
        Field("zone", "Time zone", "text", asked.zone, "Such as Europe/Berlin. Clocks are heeded."),
    )
    shown = [each for each in fields if each.name in _FIELDS.get(asked.kind, ())]
    shown = [replace(each, required=True) for each in shown]
    return Form(path, shown, "Save", problem=problem)


_FIELDS: Final = {
    "interval": ("kind", "every", "unit"),
    "cron": ("kind", "cron", "zone"),
    "demand": ("kind",),
}


def zones() -> list[str]:
    return sorted(available_timezones())
