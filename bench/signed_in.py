"""The server's API and pages in this process, asked by a Super Administrator who is signed in."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
import structlog
from fastapi import FastAPI

from bench.program import FailedError
from ostiary.server.app import create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import sessions, users
from ostiary.server.kernel.work import Kernel

ORIGIN = "http://127.0.0.1"


@dataclass(frozen=True)
class Request:
    """`path` without the prefix of the API; with a body it is a POST."""

    path: str
    body: dict[str, Any] | None = None
    query: dict[str, str] = field(default_factory=dict)

    def as_of(self, at: datetime | None) -> Request:
        if at is None:
            return self
        return Request(self.path, self.body, {**self.query, "as_of": at.isoformat()})

    def after(self, token: str) -> Request:
        if self.body is None:
            return Request(self.path, None, {**self.query, "page_token": token})
        return Request(self.path, {**self.body, "pageToken": token}, self.query)


class SignedIn:
    def __init__(self, app: FastAPI, cookie: str) -> None:
        self._transport = httpx2.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._options: dict[str, Any] = {
            "cookies": {"ostiary": cookie},
            "headers": {"x-csrf-token": sessions.csrf_token(cookie)},
        }

    def answer(self, request: Request) -> dict[str, Any]:
        return self.timed(request)[0]

    def timed(self, request: Request) -> tuple[dict[str, Any], float]:
        """The answer and how many milliseconds it took; `FailedError` when it is a refusal."""
        return self._loop.run_until_complete(self._ask(request))

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def page(self, path: str) -> float:
        """How many milliseconds a page took; `FailedError` when it is a refusal."""
        asking = self._send("GET", path, {"headers": {"accept": "text/html"}})
        return self._loop.run_until_complete(asking)[1]

    async def _ask(self, request: Request) -> tuple[dict[str, Any], float]:
        method = "GET" if request.body is None else "POST"
        options = {"params": request.query, "json": request.body}
        reply, taken = await self._send(method, f"/api/v1{request.path}", options)
        return reply.json(), taken

    async def _send(
        self, method: str, path: str, options: dict[str, Any]
    ) -> tuple[httpx2.Response, float]:
        async with httpx2.AsyncClient(transport=self._transport, **self._options) as client:
            began = time.perf_counter()
            reply = await client.request(method, f"{ORIGIN}{path}", **options)
            taken = (time.perf_counter() - began) * 1000
        if reply.status_code != 200:
            raise FailedError(f"{method} {path} answered {reply.status_code}: {reply.text}")
        return reply, taken


def new_session(kernel: Kernel) -> str:
    """The cookie of the first Super Administrator of a server that has none yet. From now on
    requests are not logged."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with kernel.work(SYSTEM) as unit:
        user = users.promote_first(
            unit, users.create_person(unit, "bench@corp.test", "Bench", "local")
        )
        return sessions.open_session(unit, user, replacing="", address="", user_agent="")


@contextmanager
def signed_in(kernel: Kernel) -> Iterator[SignedIn]:
    """The first Super Administrator of a server that has none yet."""
    client = SignedIn(create_app(kernel), new_session(kernel))
    try:
        yield client
    finally:
        client.close()
