"""Writing takes turns with other work, and signals come between two steps."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ostiary.baton.c1z import C1zWriter, GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector.batches import batches, closing, grant_batches
from ostiary.connector.connector import SyncScope
from ostiary.connector.interrupts import Interrupts
from ostiary.connector.progress import Ledger
from ostiary.connector.resources import user_resource
from ostiary.connector.sync import Sync
from tests.connector.fake import FakeConnector, definition


def sheet(size: int) -> GrantSheet:
    held = pb.Entitlement(id="e", resource=pb.Resource(id=pb.ResourceId(resource="r")))
    return GrantSheet(held, "user", [str(number) for number in range(size)])


def sizes(parts: list[pb.Grant | GrantSheet]) -> list[int]:
    return [len(part.principal_ids) if isinstance(part, GrantSheet) else 1 for part in parts]


def test_records_come_in_batches_and_none_is_lost() -> None:
    assert list(batches(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(batches([], 3)) == []


def test_small_sheets_are_gathered_and_large_ones_cut() -> None:
    grants: list[pb.Grant | GrantSheet] = [sheet(2), pb.Grant(), sheet(7), sheet(1)]
    assert [sizes(batch) for batch in grant_batches(grants, 3)] == [[2, 1], [3], [3], [1, 1]]
    whole = [
        name
        for batch in grant_batches([sheet(10)], 4)
        for part in batch
        for name in getattr(part, "principal_ids", ())
    ]
    assert whole == [str(number) for number in range(10)]


async def test_a_stream_goes_on_while_a_long_listing_is_written(tmp_path: Path) -> None:
    class Crowded(FakeConnector):
        order = ("user",)

        async def collect(self, scope: SyncScope) -> AsyncIterator[str]:
            ticking = asyncio.create_task(self.tick())
            yield "user"
            ticking.cancel()

        async def tick(self) -> None:
            while True:
                seen.append(len(written))
                await asyncio.sleep(0)

        def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
            for number in range(5_000):
                written.append(number)
                yield user_resource("user", f"u{number}", f"User {number}")

    seen: list[int] = []
    written: list[int] = []
    scope = SyncScope(resource_types=frozenset({"user"}))
    ledger = Ledger()
    with C1zWriter(tmp_path / "x.c1z") as writer:
        connector = Crowded(None, None)  # type: ignore[arg-type]
        await Sync(definition(), connector, writer, scope, ledger, max_depth=20).run()
    assert ledger.types["user"].resources == 5_000
    assert len({count for count in seen if 0 < count < 5_000}) >= 9


async def test_an_iterator_without_close_can_be_closed() -> None:
    class Counting:
        def __init__(self) -> None:
            self.left = 2

        def __aiter__(self) -> Counting:
            return self

        async def __anext__(self) -> int:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return self.left

    async with closing(Counting()) as numbers:
        assert [number async for number in numbers] == [1, 0]


async def interrupted(interrupts: Interrupts) -> str:
    with interrupts.cancelling(asyncio.current_task()):  # type: ignore[arg-type]
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(10):
            await asyncio.sleep(0)
    return "finished"


async def test_a_signal_cancels_the_task() -> None:
    interrupts = Interrupts()
    task = asyncio.create_task(interrupted(interrupts))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert interrupts.received


async def test_a_signal_that_comes_too_late_stops_nothing() -> None:
    interrupts = Interrupts()
    interrupts.hold()
    assert await asyncio.create_task(interrupted(interrupts)) == "finished"
    assert not interrupts.received
