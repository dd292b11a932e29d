"""What a process that lives for months shares between its tasks."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

import pytest

from ostiary.connector.redaction import Redactor
from ostiary.connector.run import to_its_end
from ostiary.connector.service.cancellation import heeded_cancellation
from ostiary.connector.settings import Settings
from tests.connector.fake import definition


def test_a_secret_is_masked_until_everyone_who_concealed_it_forgot_it() -> None:
    redact = Redactor(["client-secret"])
    redact.conceal("token-of-the-hour")
    redact.conceal("client-secret")
    redact.forget("token-of-the-hour")
    redact.forget("client-secret")
    assert redact("token-of-the-hour client-secret") == "token-of-the-hour ***"
    redact.forget("client-secret")
    assert redact("client-secret") == "client-secret"


def test_settings_for_a_task_leave_those_of_the_process_alone() -> None:
    own = Settings(
        definition().all_fields,
        {"sync-resource-types": ("user",), "fake-region": "eu"},
        auth_method="certificate",
    )
    asked = own.replaced({"sync-resource-types": ("group",), "skip-grants": True})
    assert asked.get_list("sync-resource-types") == ("group",)
    assert asked.given("skip-grants")
    assert (asked.get_str("fake-region"), asked.auth_method) == ("eu", "certificate")
    assert own.get_list("sync-resource-types") == ("user",)
    assert not own.given("skip-grants")


async def test_a_cancellation_waits_for_the_thread_that_packs_the_file() -> None:
    begun, go_on, done = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def pack() -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()
        done.set()

    packing = asyncio.create_task(to_its_end(pack))
    await begun.wait()
    for _ in range(2):
        packing.cancel()
        await asyncio.sleep(0)
    assert not packing.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await packing
    assert done.is_set()


async def test_a_cancellation_that_a_call_swallows_still_stops_the_task() -> None:
    async def call() -> str:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return "the answer came first"

    async def work() -> str:
        with heeded_cancellation():
            return await call()

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working


async def test_a_call_made_after_a_cancellation_goes_through() -> None:
    async def work() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            with heeded_cancellation():
                return "reported"
        return "never"

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()
    assert await working == "reported"
