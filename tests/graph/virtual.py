"""A Graph in memory and in virtual time, for properties over many schedules."""

import asyncio
import heapq
import json
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

from multidict import CIMultiDict

from ostiary.graph.scopes import scopes_of
from ostiary.graph.transport import Outgoing, Reply

T = TypeVar("T")


class VirtualClock:
    """Time leaps to the next sleeper's end as soon as everybody sleeps."""

    def __init__(self) -> None:
        self.now = 500.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_790_000_000.0 + self.now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now + seconds, self._count, woken))
        await woken

    async def drive(self, work: Awaitable[T]) -> T:
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(40):
                await asyncio.sleep(0)
            if not task.done():
                self._wake_next()
        return task.result()

    def _wake_next(self) -> None:
        assert self._sleepers, "everybody waits for somebody else"
        until, _, woken = heapq.heappop(self._sleepers)
        self.now = max(self.now, until)
        if not woken.done():
            woken.set_result(None)


class MoodyGraph:
    """Answers each request or batch part by lot: well, or with 429 and a Retry-After.

    `early` collects requests that departed into a throttle scope before a Retry-After that had
    already arrived was over.
    """

    def __init__(self, clock: VirtualClock, lots: Random, throttle: float) -> None:
        self.clock = clock
        self.lots = lots
        self.throttle = throttle
        self.early: list[str] = []
        self.departures: list[tuple[float, str]] = []
        self.refusals = 0
        self._shut: dict[str, float] = {}

    async def exchange(self, outgoing: Outgoing, may_depart: Callable[[], None]) -> Reply:
        await self.clock.sleep(self.lots.choice([0.0, 0.05, 0.5]))
        may_depart()
        for scope in self._needed(outgoing):
            self.departures.append((self.clock.now, scope))
            if self.clock.now < self._shut.get(scope, 0.0):
                self.early.append(f"{outgoing.url} into {scope} at {self.clock.now}")
        await self.clock.sleep(self.lots.choice([0.01, 0.3, 2.0]))
        if outgoing.body is not None:
            return self._batch(outgoing.body)
        scope = scopes_of(outgoing.url.path, outgoing.url.query_string)[0]
        return Reply(*self._answer(scope, {"value": []}))

    async def aclose(self) -> None:
        return None

    def _needed(self, outgoing: Outgoing) -> set[str]:
        if outgoing.body is None:
            return set(scopes_of(outgoing.url.path, outgoing.url.query_string))
        parts = json.loads(outgoing.body)["requests"]
        return {scope for part in parts for scope in scopes_of(*part["url"].partition("?")[::2])}

    def _answer(self, scope: str, good: object) -> tuple[int, CIMultiDict[str], bytes]:
        headers: CIMultiDict[str] = CIMultiDict()
        if self.lots.random() < 0.3:
            headers["x-ms-throttle-limit-percentage"] = str(self.lots.uniform(0.8, 1.4))
        if self.lots.random() >= self.throttle:
            return 200, headers, json.dumps(good).encode()
        self.refusals += 1
        seconds = self.lots.choice([0.0, 0.004, 1.5, 2.128, 7, 10, 30])
        self._shut[scope] = max(self._shut.get(scope, 0.0), self.clock.now + seconds)
        headers["Retry-After"] = str(seconds)
        return 429, headers, json.dumps({"error": {"code": "TooManyRequests"}}).encode()

    def _batch(self, body: bytes) -> Reply:
        responses = []
        for part in json.loads(body)["requests"]:
            scope = scopes_of(*part["url"].partition("?")[::2])[0]
            status, headers, answer = self._answer(scope, {"value": []})
            responses.append(
                {
                    "id": part["id"],
                    "status": status,
                    "headers": dict(headers),
                    "body": json.loads(answer),
                }
            )
        self.lots.shuffle(responses)
        return Reply(200, CIMultiDict(), json.dumps({"responses": responses}).encode())
