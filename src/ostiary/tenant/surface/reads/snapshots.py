"""Where a paged listing stands: page tokens name a snapshot of keys and an offset into it."""

from collections import OrderedDict
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

import msgspec

from ostiary.tenant.clock import Clock
from ostiary.tenant.surface.errors import expired_page_token, invalid_page_token
from ostiary.tenant.surface.seal import Sealer

MOST_KEPT = 1000
MOST_KEYS = 4_000_000
"""Over all listings that are being paged; the oldest go first."""


class Place(msgspec.Struct, array_like=True):
    snapshot: int
    offset: int


class Snapshot(NamedTuple):
    number: int
    keys: list[str]
    expires: datetime


class Snapshots:
    """`life` seconds after its first page a listing can no longer be continued."""

    def __init__(self, clock: Clock, sealer: Sealer, life: float) -> None:
        self._clock, self._sealer = clock, sealer
        self.life = life
        self._kept: OrderedDict[int, Snapshot] = OrderedDict()
        self._keys = 0
        self._numbers = count(1)

    def take(self, keys: list[str]) -> Snapshot:
        expires = self._clock.now() + timedelta(seconds=self.life)
        return Snapshot(next(self._numbers), keys, expires)

    def resume(self, token: str) -> tuple[Snapshot, int]:
        place = self._sealer.open(token, Place)
        if place is None:
            raise invalid_page_token()
        snapshot = self._kept.get(place.snapshot)
        if snapshot is None or snapshot.expires <= self._clock.now():
            raise expired_page_token()
        return snapshot, place.offset

    def token(self, snapshot: Snapshot, offset: int) -> str:
        """Only now is the snapshot kept: a listing of one page costs nothing."""
        if snapshot.number not in self._kept:
            self._keep(snapshot)
        return self._sealer.seal(Place(snapshot.number, offset))

    def _keep(self, snapshot: Snapshot) -> None:
        self._kept[snapshot.number] = snapshot
        self._keys += len(snapshot.keys)
        while len(self._kept) > MOST_KEPT or (self._keys > MOST_KEYS and len(self._kept) > 1):
            _, dropped = self._kept.popitem(last=False)
            self._keys -= len(dropped.keys)
