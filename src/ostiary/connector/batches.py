"""Pieces of work small enough to take turns with network streams on one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb.connector_v2 import Grant

Record = TypeVar("Record")

RECORDS = 8
GRANT_ROWS = 2_000


def batches(records: Iterable[Record], size: int = RECORDS) -> Iterator[list[Record]]:
    remaining = iter(records)
    while batch := list(islice(remaining, size)):
        yield batch


def grant_batches(
    grants: Iterable[Grant | GrantSheet], rows: int = GRANT_ROWS
) -> Iterator[list[Grant | GrantSheet]]:
    """Batches of at least `rows` rows, save the last, and of less than twice as many."""
    batch: list[Grant | GrantSheet] = []
    weight = 0
    for grant in grants:
        for piece in _pieces(grant, rows):
            batch.append(piece)
            weight += len(piece.principal_ids) if isinstance(piece, GrantSheet) else 1
            if weight >= rows:
                yield batch
                batch, weight = [], 0
    if batch:
        yield batch


def _pieces(grant: Grant | GrantSheet, rows: int) -> Iterator[Grant | GrantSheet]:
    if not isinstance(grant, GrantSheet) or len(grant.principal_ids) <= rows:
        yield grant
        return
    for start in range(0, len(grant.principal_ids), rows):
        yield replace(grant, principal_ids=grant.principal_ids[start : start + rows])


@asynccontextmanager
async def closing(stream: AsyncIterator[Record]) -> AsyncIterator[AsyncIterator[Record]]:
    """Like `contextlib.aclosing`, also for iterators that cannot be closed."""
    try:
        yield stream
    finally:
        if (close := getattr(stream, "aclose", None)) is not None:
            await close()
