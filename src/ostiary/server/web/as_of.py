"""`?as_of=` in the address of a page: a day or an instant that everything on it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import Depends, Query

from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.rest import KernelOf

PARAMETER = "as_of"


def instant_of(text: str, now: datetime) -> datetime | None:
    """None for now. A day means its end, in UTC; today is now. AppError for what is neither, or
    lies in the future."""
    if not text:
        return None
    try:
        whole_day = date.fromisoformat(text) if len(text) == len("2026-03-01") else None
        at = datetime.fromisoformat(text)
    except ValueError:
        raise invalid("as_of must be a date such as 2026-03-01") from None
    if whole_day:
        if whole_day == now.date():
            return None
        at = datetime.combine(whole_day, time.max, UTC)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at > now:
        raise invalid("as_of lies in the future, of which nothing is known")
    return at.astimezone(UTC)


def _as_of(kernel: KernelOf, as_of: Annotated[str, Query(max_length=40)] = "") -> datetime | None:
    return instant_of(as_of, kernel.clock.now())


PageAsOf = Annotated[datetime | None, Depends(_as_of)]
"""None: now."""
