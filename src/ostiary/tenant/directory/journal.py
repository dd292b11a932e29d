"""Everything that has changed in a tenant since its baseline; delta queries read this."""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory.objects import Kind

CREATED: Final = "created"
DELETED: Final = "deleted"
PURGED: Final = "purged"
RESTORED: Final = "restored"
MEMBERS_ADDED: Final = "members+"
MEMBERS_REMOVED: Final = "members-"
OWNERS_ADDED: Final = "owners+"
OWNERS_REMOVED: Final = "owners-"
MANAGER: Final = "manager"
APP_ROLE_ADDED: Final = "appRole+"
APP_ROLE_REMOVED: Final = "appRole-"
PROPERTY: Final = "property:"


@dataclass(slots=True, frozen=True)
class Change:
    """One change of one object.

    `what` is a constant of this module or `property:<Graph name>`. `target` is the member, the
    owner, the manager (None when cleared) or, for `appRole±` on a resource service principal, the
    assignment's id. `deleted` is soft (restorable), `purged` is for good.
    """

    version: int
    at: datetime
    kind: Kind
    object_id: str
    what: str
    target: str | None = None

    @property
    def property_name(self) -> str | None:
        return self.what.removeprefix(PROPERTY) if self.what.startswith(PROPERTY) else None


class Journal:
    """Append-only. Version 0 is the baseline; the first change has version 1."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changes: list[Change] = []
        self._recording = True

    @property
    def version(self) -> int:
        return len(self._changes)

    def record(self, kind: Kind, object_id: str, what: str, target: str | None = None) -> None:
        if self._recording:
            change = Change(self.version + 1, self._clock.now(), kind, object_id, what, target)
            self._changes.append(change)

    def since(self, version: int, until: int | None = None) -> list[Change]:
        """Changes later than `version`, up to and including `until` (default: the last)."""
        return self._changes[version:until]

    def version_at(self, moment: datetime) -> int:
        """The last version written at or before `moment`: what a reader that lags can see."""
        return bisect_right(self._changes, moment, key=lambda change: change.at)

    def __len__(self) -> int:
        return len(self._changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._changes)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While a baseline is being built, nothing is written."""
        was, self._recording = self._recording, False
        try:
            yield
        finally:
            self._recording = was
