"""Ids as clients see them: 27-character KSUIDs that sort by second of creation."""

from __future__ import annotations

import re
from datetime import datetime

from ostiary.baton.ids import new_ksuid
from ostiary.server.kernel.clock import SystemClock

_SHAPE = re.compile(r"[0-9A-Za-z]{27}")


def new_id(now: datetime | None = None) -> str:
    """`now` is the instant the id sorts by; without it, the machine's time."""
    instant = now or SystemClock().now()
    return new_ksuid(clock=instant.timestamp)


def is_id(text: str) -> bool:
    return _SHAPE.fullmatch(text) is not None
