"""What happened to something over its versions, each told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from ostiary.server.web.components.pictures import Event

MOST = 200


class Version(Protocol):
    """What was true from `since` until `ended_at`, which is None while it is."""

    @property
    def since(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


Told = tuple[str, Callable[[Any], str]]
"""The name of what can change, and its value in words."""


def events(versions: Sequence[Version], told: Sequence[Told], until: datetime) -> list[Event]:
    """The newest first, none of them after `until`; versions come the oldest first."""
    found: list[Event] = []
    last: Version | None = None
    for version in versions:
        found += _beginning(last, version, told)
        last = version
        gone = version.ended_at
        if gone is not None and not any(other.since == gone for other in versions):
            found.append(Event(gone, "Gone from the source", icon="circle-x"))
    known = [event for event in found if event.at <= until]
    return known[::-1][:MOST]


def _beginning(last: Version | None, version: Version, told: Sequence[Told]) -> list[Event]:
    if last is None:
        return [Event(version.since, "First seen", icon="plus", tone="accent")]
    if last.ended_at != version.since:
        return [Event(version.since, "Back in the source", icon="refresh", tone="accent")]
    return [
        Event(version.since, f"{name} changed", text=_changed(value(last), value(version)))
        for name, value in told
        if value(last) != value(version)
    ] or [Event(version.since, "Other attributes changed")]


def _changed(before: str, now: str) -> str:
    return f"{before or 'none'} before, {now or 'none'} now"
