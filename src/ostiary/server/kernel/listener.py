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


class HttpListener:
    name = "http"

    def __init__(self, app: ASGIApp, host: str, port: int, grace: float) -> None:
        """Port 0 takes any free one. `grace`: seconds that running requests get at the end."""
        self._host = host
        self._port = port
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=time_for_requests(grace),
        )
        self._server = _Server(config)
        self._socket: socket.socket | None = None
        self._ended = asyncio.Event()

    async def start(self) -> Sequence[str]:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((self._host, self._port))
            self._socket.listen(BACKLOG)  # from now on nobody is refused
        except OSError as error:
            self._socket.close()
            raise PortTakenError(
                f"cannot listen on {self._host}:{self._port} ({error.strerror}); "
                "set another port with OSTIARY_HTTP_PORT"
            ) from None
        host = f"[{self._host}]" if family is socket.AF_INET6 else self._host
        return [f"http://{host}:{self._socket.getsockname()[1]}"]

    async def run(self) -> None:
        assert self._socket is not None, "start it first"
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
