"""Instants as people read them: how long ago, and exactly."""

from __future__ import annotations

from datetime import datetime, timedelta

_STEPS = (
    ("year", timedelta(days=365)),
    ("month", timedelta(days=30)),
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
)


def relative(at: datetime, now: datetime) -> str:
    """`3 days ago`, `in 2 hours`, `just now`."""
    length = abs(now - at)
    for unit, step in _STEPS:
        if number := length // step:
            words = counted(number, unit)
            return f"{words} ago" if at <= now else f"in {words}"
    return "just now"


def exact(at: datetime) -> str:
    """`2 March 2026, 09:00:00 UTC`; instants here are in UTC."""
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def day(at: datetime) -> str:
    """`2 March 2026`."""
    return f"{at.day} {at:%B %Y}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 app`, `1,024 apps`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
