"""Everything on one TLS port: HTTP/1.1 goes to the web application, HTTP/2 to BatonService."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import grpc  # type: ignore[import-untyped]
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from ostiary.baton.pb.connectorapi_v1_grpc import add_BatonServiceServicer_to_server
from ostiary.server.gateway.pipe import FAREWELL_SECONDS, Pipes
from ostiary.server.gateway.service import BatonService
from ostiary.server.gateway.tls import CertificateFiles, local_certificate, tls_context
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.listener import time_for_requests
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.sockets import BACKLOG, address
from ostiary.server.kernel.work import Kernel

LARGEST_MESSAGE = 4 * 1024 * 1024
"""Bytes; an upload's chunk has 1 MiB at most."""

HANDSHAKE_SECONDS = 30.0
"""What a client may take for its TLS handshake."""

_OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.max_connection_idle_ms", 10 * 60 * 1000),
    ("grpc.keepalive_time_ms", 60 * 1000),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 10 * 1000),
)


class TlsListener:
    """A Service. gRPC itself listens on a socket in a private directory, not on a port."""

    name = "gateway"

    def __init__(
        self, kernel: Kernel, app: ASGIApp, service: BatonService, listening: socket.socket
    ) -> None:
        self._settings = kernel.settings
        self._now = kernel.clock.now
        self._app = app
        self._service = service
        self._folder: Path | None = None
        self._pipes: Pipes | None = None
        self._grpc: grpc.aio.Server | None = None
        self._http: _Server | None = None
        self._socket = listening
        self._accepting: asyncio.Server | None = None
        self._ended = asyncio.Event()

    async def start(self) -> Sequence[str]:
        context = tls_context(certificate_files(self._settings, self._now()))
        self._folder = Path(tempfile.mkdtemp(prefix="ostiary-gateway-"))
        target = self._folder / "grpc"
        self._grpc = grpc.aio.server(options=_OPTIONS)
        add_BatonServiceServicer_to_server(self._service, self._grpc)
        self._grpc.add_insecure_port(f"unix:{target}")
        await self._grpc.start()
        self._pipes = Pipes(target)
        self._http = _Server(_configuration(self._app, self._settings))
        self._accepting = await asyncio.get_running_loop().create_server(
            _protocol(self._http, self._pipes),
            sock=self._socket,
            backlog=BACKLOG,
            ssl=context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
            ssl_shutdown_timeout=FAREWELL_SECONDS,  # who is idle does not answer a farewell
        )
        return [address("https", self._socket)]

    async def run(self) -> None:
        assert self._http is not None, "start it first"
        try:
            await self._http.serve(sockets=[])
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Requests and calls that are under way may finish; then every connection is closed."""
        assert self._accepting is not None, "start it first"
        assert self._http is not None
        assert self._grpc is not None
        assert self._pipes is not None
        self._accepting.close()
        self._http.should_exit = True
        calls = asyncio.create_task(
            self._grpc.stop(time_for_requests(self._settings.shutdown_seconds))
        )
        await self._service.idle(calls)
        await self._pipes.let_go()
        await self._service.idle(calls)  # one may have begun with the last bytes that came in
        await self._pipes.hang_up()
        await calls
        await self._ended.wait()
        self._service.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)


def tls_listener(kernel: Kernel, app: FastAPI, listening: socket.socket) -> TlsListener:
    """For the composition root. `app.state.authentication` must know the connectors' clients."""
    clients: ClientRegistry = app.state.authentication.clients
    return TlsListener(kernel, app, BatonService(kernel, clients), listening)


def certificate_files(settings: Settings, now: datetime) -> CertificateFiles:
    """The operator's certificate, or one made by an authority of our own."""
    if settings.tls_cert is not None and settings.tls_key is not None:
        return CertificateFiles(settings.tls_cert, settings.tls_key)
    return local_certificate(settings.tls_folder, [settings.external_host], now)


class _Server(uvicorn.Server):
    """Signals are for the whole process, not for one listener."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _configuration(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=H11Protocol,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=time_for_requests(settings.shutdown_seconds),
    )


def _protocol(server: uvicorn.Server, pipes: Pipes) -> Callable[[], H11Protocol]:
    class Split(H11Protocol):
        """What a connection speaks is known once its TLS handshake is done."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            tls = transport.get_extra_info("ssl_object")
            if server.should_exit:
                transport.abort()  # its handshake began before the end
            elif tls.selected_alpn_protocol() == "h2":
                pipes.take(transport)
            else:
                super().connection_made(transport)

    server.config.load()
    return lambda: Split(config=server.config, server_state=server.server_state, app_state={})
