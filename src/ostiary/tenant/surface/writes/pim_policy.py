"""Schedules of PIM requests and the policy rules they may break."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ostiary.tenant.clock import graph_time
from ostiary.tenant.surface.errors import RefusalError
from ostiary.tenant.surface.odata.parser import as_instant

_DURATION = re.compile(
    r"^P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


class Expiration(msgspec.Struct):
    type: str = "noExpiration"
    endDateTime: str | None = None  # noqa: N815
    duration: str | None = None


class ScheduleInfo(msgspec.Struct):
    startDateTime: str | None = None  # noqa: N815
    expiration: Expiration | None = None


class TicketInfo(msgspec.Struct):
    ticketNumber: str | None = None  # noqa: N815
    ticketSystem: str | None = None  # noqa: N815


class RoleRequest(msgspec.Struct):
    """Body of a schedule request, in Graph's names."""

    action: str
    principalId: str = ""  # noqa: N815
    roleDefinitionId: str = ""  # noqa: N815
    directoryScopeId: str = "/"  # noqa: N815
    justification: str | None = None
    isValidationOnly: bool = False  # noqa: N815
    scheduleInfo: ScheduleInfo | None = None  # noqa: N815
    ticketInfo: TicketInfo = msgspec.field(default_factory=TicketInfo)  # noqa: N815


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


def schedule_of(info: ScheduleInfo | None, now: datetime) -> Schedule:
    """Without a start it begins now, without an expiration it stays."""
    info = info or ScheduleInfo()
    start = now if info.startDateTime is None else _instant(info.startDateTime)
    expiration = info.expiration or Expiration()
    match expiration.type:
        case "noExpiration" | "notSpecified":
            return Schedule(start, None)
        case "afterDateTime":
            return Schedule(start, _instant(expiration.endDateTime))
        case "afterDuration":
            return Schedule(start, start + _duration(expiration.duration))
    raise _invalid(f"expiration type '{expiration.type}'")


def check_policy(policy: RolePolicy | None, request: RoleRequest, schedule: Schedule) -> None:
    """Raises 400 naming every rule the request breaks."""
    if policy is None:
        return
    broken = []
    if policy.longest and (schedule.end is None or schedule.end - schedule.start > policy.longest):
        broken.append("ExpirationRule")
    if policy.justification and not request.justification:
        broken.append("JustificationRule")
    if policy.ticket and not request.ticketInfo.ticketNumber:
        broken.append("TicketingRule")
    if broken:
        names = ",".join(f'"{rule}"' for rule in broken)
        raise RefusalError(
            400,
            "RoleAssignmentRequestPolicyValidationFailed",
            f"The following policy rules failed: [{names}]",
        )


def _instant(text: str | None) -> datetime:
    try:
        return as_instant(text or "")
    except ValueError:
        raise _invalid(f"time '{text}'") from None


def _duration(text: str | None) -> timedelta:
    match = _DURATION.match(text or "")
    if match is None or not any(match.groups()):
        raise _invalid(f"duration '{text}'")
    parts = {name: int(value) for name, value in match.groupdict().items() if value}
    return timedelta(**parts)


def _invalid(what: str) -> RefusalError:
    return RefusalError(400, "InvalidScheduleInfo", f"The schedule info has an invalid {what}.")
