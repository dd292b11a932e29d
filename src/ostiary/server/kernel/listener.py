"""An ASGI application on a plain HTTP port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from ostiary.server.kernel.sockets import address


def time_for_requests(grace: float) -> int:
    """Seconds of `grace` that running requests get: the rest is for cutting off those that never
    end, so that even then everything is closed in order."""
    return max(1, int(grace * 0.8))


class HttpListener:
    name = "http"

    def __init__(self, app: ASGIApp, listening: socket.socket, grace: float) -> None:
        """`grace`: seconds that running requests get at the end."""
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=time_for_requests(grace),
        )
        self._server = _Server(config)
        self._socket = listening
        self._ended = asyncio.Event()

    async def start(self) -> Sequence[str]:
        return [address("http", self._socket)]

    async def run(self) -> None:
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._ended.set()

    async def stop(self) -> None:
        self._server.should_exit = True
        await self._ended.wait()


class _Server(uvicorn.Server):
    """Signals are for the whole process, not for one listener."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
