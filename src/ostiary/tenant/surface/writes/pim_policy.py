"""Schedules of PIM requests and the policy rules they may break."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ostiary.tenant.clock import graph_time
from ostiary.tenant.surface.errors import RefusalError
from ostiary.tenant.surface.odata.parser import as_instant

_DURATION = re.compile(
    r"^P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """What a role asks of requests. `longest` None allows any duration, permanent too."""

    justification: bool = False
    ticket: bool = False
    longest: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """`end` None is permanent."""

    start: datetime
    end: datetime | None

    def shown(self) -> dict[str, Any]:
        kind = "afterDateTime" if self.end else "noExpiration"
        end = graph_time(self.end) if self.end else None
        expiration = {"type": kind, "endDateTime": end, "duration": None}
        return {
            "startDateTime": graph_time(self.start),
            "recurrence": None,
            "expiration": expiration,
        }


def schedule_of(info: dict[str, Any] | None, now: datetime) -> Schedule:
    """`scheduleInfo`: without a start it begins now, without an expiration it stays."""
    info = info or {}
    start = _instant(info.get("startDateTime"), now)
    expiration = info.get("expiration") or {}
    match expiration.get("type", "noExpiration"):
        case "noExpiration" | "notSpecified":
            return Schedule(start, None)
        case "afterDateTime":
            return Schedule(start, _instant(expiration.get("endDateTime"), None))
        case "afterDuration":
            return Schedule(start, start + _duration(expiration.get("duration")))
    raise _invalid(f"expiration type '{expiration.get('type')}'")


def check_policy(policy: RolePolicy | None, body: dict[str, Any], schedule: Schedule) -> None:
    """Raises 400 naming every rule the request breaks."""
    if policy is None:
        return
    broken = []
    if policy.longest and (schedule.end is None or schedule.end - schedule.start > policy.longest):
        broken.append("ExpirationRule")
    if policy.justification and not body.get("justification"):
        broken.append("JustificationRule")
    if policy.ticket and not (body.get("ticketInfo") or {}).get("ticketNumber"):
        broken.append("TicketingRule")
    if broken:
        names = ",".join(f'"{rule}"' for rule in broken)
        raise RefusalError(
            400,
            "RoleAssignmentRequestPolicyValidationFailed",
            f"The following policy rules failed: [{names}]",
        )


def _instant(text: Any, default: datetime | None) -> datetime:
    if text is None and default is not None:
        return default
    try:
        return as_instant(str(text))
    except ValueError:
        raise _invalid(f"time '{text}'") from None


def _duration(text: Any) -> timedelta:
    match = _DURATION.match(str(text))
    if match is None:
        raise _invalid(f"duration '{text}'")
    parts = {name: int(value) for name, value in match.groupdict().items() if value}
    return timedelta(**parts)


def _invalid(what: str) -> RefusalError:
    return RefusalError(400, "InvalidScheduleInfo", f"The schedule info has an invalid {what}.")
