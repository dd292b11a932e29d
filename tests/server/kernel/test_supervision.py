from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence

import pytest

from ostiary.server.kernel.supervision import NotStoppedError, ServiceEndedError, supervise


class Recorded:
    """A service that tells what happens to it."""

    def __init__(self, name: str, told: list[str]) -> None:
        self.name = name
        self._told = told

    async def start(self) -> Sequence[str]:
        self._told.append(f"{self.name} starts")
        return [f"{self.name}://"]

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self._told.append(f"{self.name} stops")


class Failing(Recorded):
    async def run(self) -> None:
        raise OSError("no more room")


class Hanging(Recorded):
    async def stop(self) -> None:
        self._told.append(f"{self.name} hangs")
        await asyncio.Event().wait()


class Interrupting(Hanging):
    async def stop(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await super().stop()


def terminate(_addresses: list[str]) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


async def test_a_signal_stops_every_service() -> None:
    told: list[str] = []

    def started(addresses: list[str]) -> None:
        told.append(" ".join(addresses))
        terminate(addresses)

    await supervise([Recorded("a", told), Recorded("b", told)], grace=60, started=started)
    assert told == ["a starts", "b starts", "a:// b://", "a stops", "b stops"]


async def test_a_service_that_fails_ends_the_others_and_says_why() -> None:
    told: list[str] = []
    with pytest.raises(ServiceEndedError, match="b ended") as ended:
        await supervise([Recorded("a", told), Failing("b", told)], grace=60, started=lambda _: None)
    assert isinstance(ended.value.__cause__, OSError)
    assert told[-1] == "a stops"


async def test_what_does_not_stop_in_time_is_left_behind() -> None:
    told: list[str] = []
    with pytest.raises(NotStoppedError):
        await supervise([Hanging("a", told)], grace=0, started=terminate)


async def test_a_second_signal_waits_for_nothing() -> None:
    told: list[str] = []
    with pytest.raises(NotStoppedError):
        await supervise([Interrupting("a", told)], grace=3600, started=terminate)
    assert told == ["a starts", "a hangs"]
