"""Graph's timestamps."""

from __future__ import annotations

from datetime import UTC, datetime


def parse(text: str | None) -> datetime | None:
    """An ISO 8601 time in UTC. Graph says year 1 where it knows none: that is None here."""
    if not text:
        return None
    try:
        time = datetime.fromisoformat(_microseconds(text))
    except ValueError:
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return None if time.year <= 1 else time.astimezone(UTC)


def _microseconds(text: str) -> str:
    """Graph writes up to seven decimals, Python reads six."""
    head, dot, tail = text.partition(".")
    if not dot:
        return text
    digits = tail.rstrip("Zz")
    zone = "+00:00" if digits != tail else ""
    return f"{head}.{digits[:6]}{zone}"
