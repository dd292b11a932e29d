"""Watching the requests that reach a simulated tenant, and stepping in between two of them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from aiohttp import web

from ostiary.tenant.server import SimulatedTenant

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Act(NamedTuple):
    path: str
    nth: int
    handler: Handler


class Watch:
    """``requests`` are the paths asked for, version left out; ``tokens`` what was shown."""

    def __init__(self, tenant: SimulatedTenant) -> None:
        self._serve: Handler = tenant.surface.handle
        self._acts: list[_Act] = []
        self._met: Counter[int] = Counter()
        self.requests: list[str] = []
        self.tokens: set[str] = set()

    def before(self, path: str, act: Callable[[], object], *, nth: int = 1) -> None:
        """Do something just before the nth request whose path begins so is answered."""

        async def handle(request: web.Request) -> web.StreamResponse:
            act()
            return await self._serve(request)

        self._acts.append(_Act(path, nth, handle))

    def hold(self, path: str, released: threading.Event, *, nth: int = 1) -> threading.Event:
        """Let the nth request whose path begins so wait; returns what is set when it does."""
        reached = threading.Event()

        async def handle(request: web.Request) -> web.StreamResponse:
            reached.set()
            await asyncio.to_thread(released.wait)
            return await self._serve(request)

        self._acts.append(_Act(path, nth, handle))
        return reached

    def instead(self, path: str, answer: Handler, *, nth: int = 1) -> None:
        """Answer the nth request whose path begins so in the tenant's place."""
        self._acts.append(_Act(path, nth, answer))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix("/v1.0").removeprefix("/beta")
        self.requests.append(path)
        self.tokens.add(request.headers.get("Authorization", "").removeprefix("Bearer "))
        for number, act in enumerate(self._acts):
            if path.startswith(act.path):
                self._met[number] += 1
                if self._met[number] == act.nth:
                    return await act.handler(request)
        return await self._serve(request)


@contextmanager
def watched(tenant: SimulatedTenant) -> Iterator[Watch]:
    """Start a tenant under watch."""
    watch = Watch(tenant)
    with patch.object(tenant.surface, "handle", watch.handle), tenant:
        yield watch


def refusing(status: int, code: str, message: str = "no") -> Handler:
    """Graph's error envelope, whatever was asked; to the parts of a batch one by one."""

    async def handle(request: web.Request) -> web.StreamResponse:
        body: dict[str, Any] = {"error": {"code": code, "message": message}}
        if not request.path.endswith("/$batch"):
            return web.json_response(body, status=status)
        parts = json.loads(await request.read())["requests"]
        answers = [{"id": part["id"], "status": status, "body": body} for part in parts]
        return web.json_response({"responses": answers})

    return handle
