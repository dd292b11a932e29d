"""An ASGI application on a plain HTTP port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 2048


def time_for_requests(grace: float) -> int:
    """Seconds of `grace` that running requests get: the rest is for cutting off those that never
    end, so that even then everything is closed in order."""
    return max(1, int(grace * 0.8))


class PortTakenError(RuntimeError):
    pass


def listen(host: str, port: int) -> socket.socket:
    """On any free port if it is 0. From now on nobody is refused. PortTakenError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise PortTakenError(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "set another port with OSTIARY_HTTP_PORT"
        ) from None
    return listening


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
        host, port = self._socket.getsockname()[:2]
        return [f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"]

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
