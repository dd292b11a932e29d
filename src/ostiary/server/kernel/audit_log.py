"""Reading the audit log, and proving that nobody has changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ostiary.server.kernel.audit import row_hash
from ostiary.server.kernel.model import audit_entries, audit_head

GENESIS = bytes(32)
MOST_PROBLEMS = 20
STREAMED_ROWS = 2000


@dataclass(frozen=True)
class Anchor:
    """An entry's hash as noted earlier and elsewhere: what the chain itself cannot prove."""

    sequence: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """The inverse of `str`. ValueError for anything else."""
        sequence, _, digest = text.partition(":")
        anchor = cls(int(sequence), bytes.fromhex(digest))
        if len(anchor.hash) != len(GENESIS):
            raise ValueError(f"not SEQUENCE:HASH: {text!r}")
        return anchor


@dataclass(frozen=True)
class Verdict:
    entries: int
    head: Anchor
    problems: Sequence[str]
    """The first twenty; none when the log is whole."""


def verify(connection: sa.Connection, expected: Anchor | None = None) -> Verdict:
    """Walks the whole chain, in constant memory. `connection` must see one moment."""
    row = connection.execute(sa.select(audit_head.c.sequence, audit_head.c.hash)).one()
    head, walk = Anchor(row.sequence, row.hash), _Walk(expected)
    for entry in _in_order(connection):
        walk.step(entry)
    walk.end(head)
    return Verdict(walk.count, head, tuple(walk.problems[:MOST_PROBLEMS]))


class _Walk:
    def __init__(self, expected: Anchor | None) -> None:
        self.count = 0
        self.problems: list[str] = []
        self._last = Anchor(0, GENESIS)
        self._expected = expected
        self._anchored = expected is None

    def step(self, entry: dict[str, Any]) -> None:
        self.count += 1
        sequence = entry["sequence"]
        if sequence > self._last.sequence + 1:
            self._miss(self._last.sequence + 1, sequence - 1)
        elif row_hash(self._last.hash, entry) != entry["hash"]:
            self.problems.append(f"entry {sequence} is not what was written")
        self._last = Anchor(sequence, entry["hash"])
        if self._expected and sequence == self._expected.sequence:
            self._anchored = entry["hash"] == self._expected.hash

    def end(self, head: Anchor) -> None:
        if self._last.sequence < head.sequence:
            self._miss(self._last.sequence + 1, head.sequence)
        elif self._last != head:
            self.problems.append("the end of the log is not where it was left")
        if not self._anchored:
            self.problems.append(f"entry {self._expected} is not in the log")

    def _miss(self, first: int, last: int) -> None:
        names = f"entry {first} is" if first == last else f"entries {first} to {last} are"
        self.problems.append(f"{names} missing")


def _in_order(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    query = sa.select(audit_entries).order_by(audit_entries.c.sequence)
    rows = connection.execution_options(yield_per=STREAMED_ROWS).execute(query)
    for row in rows.mappings():
        yield dict(row)


@dataclass(frozen=True)
class Filter:
    """None and empty mean any."""

    actor: str = ""
    """id or name"""
    action: str = ""
    """the whole, or its beginning up to a dot"""
    object_type: str = ""
    object_id: str = ""
    request_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(
    connection: sa.Connection, wanted: Filter, *, limit: int, before: int | None = None
) -> Sequence[sa.RowMapping]:
    """Newest first; `before` is the sequence to go on from."""
    table = audit_entries.c
    query = sa.select(audit_entries).where(*conditions(wanted))
    if before is not None:
        query = query.where(table.sequence < before)
    query = query.order_by(table.sequence.desc()).limit(limit)
    return connection.execute(query).mappings().all()


def conditions(wanted: Filter) -> Iterator[sa.ColumnElement[bool]]:
    table = audit_entries.c
    if wanted.actor:
        yield sa.or_(table.actor_id == wanted.actor, table.actor_name == wanted.actor)
    if wanted.action:
        beneath = table.action.startswith(f"{wanted.action}.", autoescape=True)
        yield sa.or_(table.action == wanted.action, beneath)
    for column, value in (
        (table.object_type, wanted.object_type),
        (table.object_id, wanted.object_id),
        (table.request_id, wanted.request_id),
    ):
        if value:
            yield column == value
    if wanted.since:
        yield table.at >= wanted.since
    if wanted.until:
        yield table.at < wanted.until
