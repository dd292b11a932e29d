from __future__ import annotations

import asyncio

import pytest

from ostiary.graph import MalformedReply, side_by_side


async def test_the_first_error_comes_as_it_is_and_stops_the_others() -> None:
    stopped: list[str] = []
    waiting = asyncio.Event()

    async def endless() -> None:
        waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append("endless")
            raise

    async def failing() -> None:
        await waiting.wait()
        raise MalformedReply("not what was asked for")

    with pytest.raises(MalformedReply, match="not what was asked for"):
        await side_by_side([endless(), failing()])
    assert stopped == ["endless"]


async def test_it_returns_once_all_are_done() -> None:
    done: list[int] = []
    second = asyncio.Event()

    async def note(number: int, after: asyncio.Event | None) -> None:
        if after is not None:
            await after.wait()
        done.append(number)
        second.set()

    await side_by_side(note(number, second if number == 1 else None) for number in (1, 2))
    assert done == [2, 1]
