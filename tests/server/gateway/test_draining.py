from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ostiary.server.gateway import draining
from tests.server.gateway.agent import Request, data

MEBIBYTE = 1_048_576


async def test_a_small_rest_is_read_to_its_end() -> None:
    rest = list(data(bytes(MEBIBYTE)))
    read: list[Request] = []

    async def sending() -> AsyncIterator[Request]:
        for request in rest:
            read.append(request)
            yield request

    await draining.drain(sending())
    assert read == rest


async def test_a_sender_without_end_is_broken_off() -> None:
    sent = 0

    async def sending() -> AsyncIterator[Request]:
        nonlocal sent
        while True:
            sent += MEBIBYTE
            yield Request(data=Request.UploadData(data=bytes(MEBIBYTE)))

    await draining.drain(sending())
    assert draining.MOST_BYTES <= sent <= draining.MOST_BYTES + 2 * MEBIBYTE


async def test_a_sender_that_pauses_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "LONGEST_SECONDS", 0.0)

    async def sending() -> AsyncIterator[Request]:
        yield Request()
        await asyncio.Event().wait()

    await draining.drain(sending())
