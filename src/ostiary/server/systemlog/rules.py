"""What changed between two states of an object, and what is known of the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ostiary.server.kernel.audit_log import Anchor

GIVEN_UP_AFTER: Final = timedelta(hours=1)
"""A verification that has not ended by then was lost with its worker."""


_NOTHING: Final = ("", "0", "null", "none", "{}", "[]")


@dataclass(frozen=True)
class Verification:
    """`head` is the last entry that was read; None while it runs."""

    asked_at: datetime
    asked_by: str
    finished_at: datetime | None
    entries: int | None
    head: Anchor | None
    problems: Sequence[str]

    @property
    def whole(self) -> bool:
        return self.finished_at is not None and not self.problems


@dataclass(frozen=True)
class Change:
    """One value, by its dotted name. None: it was not there."""

    name: str
    before: str | None
    after: str | None

    @property
    def differs(self) -> bool:
        """What is new and says nothing, such as a count of none, is no difference."""
        if self.before is None and self.after in _NOTHING:
            return False
        return self.before != self.after


def running(latest: Verification | None, now: datetime) -> bool:
    if latest is None or latest.finished_at is not None:
        return False
    return now - latest.asked_at < GIVEN_UP_AFTER


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """By name, those that differ first."""
    old, new = dict(_flat(before or {})), dict(_flat(after or {}))
    found = [Change(name, old.get(name), new.get(name)) for name in sorted(old | new)]
    return sorted(found, key=lambda change: not change.differs)


def _flat(state: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in state.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _words(value)


def _words(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value) or "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
