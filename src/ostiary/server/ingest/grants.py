"""What is said of a grant beyond who holds what.

Millions of grants differ only in their principal. The bytes that follow the principal and the id
of a serialized grant are therefore parsed once and remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ostiary.baton.annotations import find
from ostiary.baton.pb import connector_v2 as v2
from ostiary.server.ingest.records import checked_id, clean, facts, reason_of

_KEPT: Final = 50_000
"""Distinct texts that are remembered; when more come, forgetting costs only time."""
_HEAD: Final = frozenset({0x0A, 0x12, 0x1A})
"""Tags of entitlement, principal and id, fields 1 to 3 of a Grant."""

DetailRow = tuple[int, bool, str | None, str | None, str | None, str | None]
"""number, direct, sources, immutable_reason, metadata, expands; json as text."""


@dataclass(slots=True)
class _Tail:
    sources: dict[str, bool]
    immutable_reason: str | None
    metadata: str | None
    expands: str | None
    number: int | None = None
    beside_own: dict[str, int] = field(default_factory=dict)

    def row(self, number: int, *, direct: bool, own: str | None) -> DetailRow:
        sources = {name: is_direct for name, is_direct in self.sources.items() if name != own}
        told = json.dumps(sources) if sources else None
        return number, direct, told, self.immutable_reason, self.metadata, self.expands


class Details:
    """Numbers the distinct details of a sync's grants. `take` what is new between batches."""

    def __init__(self) -> None:
        self._tails: dict[tuple[bytes, bytes | None], _Tail] = {}
        self._new: list[DetailRow] = []
        self._last = 0
        self._kept = 0

    def number(self, data: bytes, expansion: bytes | None, entitlement: str) -> int:
        key = (tail_of(data), expansion)
        tail = self._tails.get(key)
        if tail is None:
            tail = self._remember(key)
        if entitlement in tail.sources:
            number = tail.beside_own.get(entitlement)
            if number is None:
                number = tail.beside_own[entitlement] = self._add(tail, True, entitlement)
            return number
        if tail.number is None:
            tail.number = self._add(tail, not tail.sources, None)
        return tail.number

    def take(self) -> list[DetailRow]:
        new, self._new = self._new, []
        return new

    def _remember(self, key: tuple[bytes, bytes | None]) -> _Tail:
        if self._kept >= _KEPT:
            self._tails.clear()
            self._kept = 0
        tail = self._tails[key] = _parse(*key)
        return tail

    def _add(self, tail: _Tail, direct: bool, own: str | None) -> int:
        self._last += 1
        self._kept += 1
        self._new.append(tail.row(self._last, direct=direct, own=own))
        return self._last


def tail_of(data: bytes) -> bytes:
    """A serialized Grant from behind its entitlement, principal and id."""
    place, end = 0, len(data)
    while place < end and data[place] in _HEAD:
        place += 1
        length = shift = 0
        while place < end and data[place] & 0x80:
            length |= (data[place] & 0x7F) << shift
            shift += 7
            place += 1
        if place < end:
            length |= data[place] << shift
        place += 1 + length
    return data[place:]


def _parse(tail: bytes, expansion: bytes | None) -> _Tail:
    grant = v2.Grant.FromString(tail)
    metadata = find(grant.annotations, v2.GrantMetadata)
    expandable = (
        v2.GrantExpandable.FromString(expansion)
        if expansion
        else find(grant.annotations, v2.GrantExpandable)
    )
    sources = grant.sources.sources
    return _Tail(
        {checked_id(name): sources[name].is_direct for name in sources},
        reason_of(find(grant.annotations, v2.GrantImmutable)),
        json.dumps(facts(metadata.metadata)) if metadata else None,
        _expands(expandable) if expandable else None,
    )


def _expands(expandable: v2.GrantExpandable) -> str | None:
    names = sorted({clean(name) for name in expandable.entitlement_ids if name.strip()})
    if not names:
        return None
    told: dict[str, Any] = {
        "entitlements": names,
        "shallow": expandable.shallow,
        "types": sorted({clean(name) for name in expandable.resource_type_ids}),
    }
    return json.dumps(told)


def grant_rows(
    batch: list[tuple[Any, ...]], details: Details, types: dict[str, int]
) -> Iterator[tuple[str, int, str, int, str | None]]:
    """entitlement, id of the principal's type, principal, number of the detail, id if it is not
    the conventional one. A principal of a type that nobody declared has type 0."""
    for _, entitlement, kind, principal, identity, expansion, data in batch:
        number = details.number(data, expansion, entitlement)
        conventional = identity == f"{entitlement}:{kind}:{principal}"
        own_id = None if conventional else identity
        yield entitlement, types.get(kind, 0), principal, number, own_id
