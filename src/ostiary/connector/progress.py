"""How a connector tells what it is doing, and the ledger that remembers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Stream(Protocol):
    """One thing being read from the source, such as all users."""

    def advance(
        self, *, objects: int = 0, requests: int = 0, resource_units: float = 0.0
    ) -> None: ...

    def waiting(self, seconds: float, reason: str = "") -> None:
        """The source asked to wait, or with 0 seconds something is tried again for `reason`.

        Shown until the next `advance`.
        """

    def done(self) -> None: ...


class Progress(Protocol):
    def start(self, name: str, *, expected: int | None = None) -> Stream:
        """Open a stream; starting a name again continues it. `expected` is a count of objects."""


@dataclass
class StreamRecord:
    """What one stream has done so far. Seconds waited are summed over all waits."""

    name: str
    expected: int | None = None
    objects: int = 0
    requests: int = 0
    resource_units: float = 0.0
    waits: int = 0
    waited: float = 0.0
    waiting_for: str = ""
    finished: bool = False

    def advance(self, *, objects: int = 0, requests: int = 0, resource_units: float = 0.0) -> None:
        self.objects += objects
        self.requests += requests
        self.resource_units += resource_units
        self.waiting_for = ""

    def waiting(self, seconds: float, reason: str = "") -> None:
        self.waits += seconds > 0
        self.waited += seconds
        self.waiting_for = reason or f"asked to wait {seconds:.0f} s"

    def done(self) -> None:
        self.finished = True
        self.waiting_for = ""


@dataclass
class TypeCounts:
    """Records written of one resource type; grants are those of its resources' entitlements."""

    resources: int = 0
    entitlements: int = 0
    grants: int = 0


class Ledger:
    """Progress that only counts: what the live view shows and the closing summary is made of."""

    def __init__(self) -> None:
        self.phase = ""
        self.streams: dict[str, StreamRecord] = {}
        self.types: dict[str, TypeCounts] = {}

    def start(self, name: str, *, expected: int | None = None) -> StreamRecord:
        record = self.streams.setdefault(name, StreamRecord(name))
        record.expected = expected if expected is not None else record.expected
        record.finished = False
        return record

    @property
    def requests(self) -> int:
        return sum(record.requests for record in self.streams.values())

    @property
    def resource_units(self) -> float:
        return sum(record.resource_units for record in self.streams.values())

    @property
    def waits(self) -> int:
        return sum(record.waits for record in self.streams.values())

    @property
    def waited(self) -> float:
        """Seconds, summed over streams, which may wait side by side."""
        return sum(record.waited for record in self.streams.values())
