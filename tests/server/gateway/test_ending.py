"""Clients that stay connected do not keep a server that was asked to end."""

from __future__ import annotations

import asyncio
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import grpc  # type: ignore[import-untyped]
import pytest
from fastapi import FastAPI

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connectorapi_v1_grpc import BatonServiceStub
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.gateway.listener import TlsListener
from ostiary.server.gateway.service import BatonService
from ostiary.server.kernel.auth.api import tokens
from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.auth.passwords import Passwords
from ostiary.server.kernel.sockets import listen
from ostiary.server.kernel.work import Kernel
from tests.server.gateway.agent import Request, data, eof, metadata
from tests.server.gateway.conftest import SMALL, Enlist, Gateway
from tests.server.gateway.test_front import PREFACE, connect
from tests.server.gateway.test_uploads import signalled
from tests.server.kernel.running import starting

SHUTDOWN_SECONDS = "20"
"""Less than what TLS allows a peer for its farewell where nobody says otherwise (30 s)."""

KEEP_ALIVE = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
ACKNOWLEDGED = bytes([0, 0, 0, 4, 1, 0, 0, 0, 0])
UPLOADED = b"C1ZF\x00" + bytes(1_000_000)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ostiary-ending-") as folder:
        yield Path(folder)


def over_tls(folder: Path, port: int, protocols: list[str], said: bytes) -> socket.socket:
    """A client that says this, reads the beginning of the answer, and nothing ever after."""
    context = ssl.create_default_context(cafile=str(folder / "tls" / "ca.pem"))
    if protocols:
        context.set_alpn_protocols(protocols)
    plain = socket.create_connection(("127.0.0.1", port))
    wrapped = context.wrap_socket(plain, server_hostname="localhost")
    if said:
        wrapped.sendall(said)
        assert wrapped.recv(5)
    return wrapped


def of_grpc(folder: Path, port: int) -> grpc.Channel:
    """A channel that has made a call and is open."""
    trust = grpc.ssl_channel_credentials((folder / "tls" / "ca.pem").read_bytes())
    channel = grpc.secure_channel(f"127.0.0.1:{port}", trust)
    with pytest.raises(grpc.RpcError) as refused:
        BatonServiceStub(channel).GetTask(pb.BatonServiceGetTaskRequest(host_id="a"))
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    return channel


def test_idle_clients_of_every_kind_do_not_hold_up_the_end(
    data_dir: Path, empty_database: str
) -> None:
    environment = {
        "OSTIARY_DATA_DIR": str(data_dir),
        "OSTIARY_DATABASE_URL": empty_database,
        "OSTIARY_SHUTDOWN_SECONDS": SHUTDOWN_SECONDS,
        "OSTIARY_TLS_HOST": "127.0.0.1",
    }
    with starting(data_dir, environment, "--role", "web") as server, ExitStack() as clients:
        http = urlsplit(server.wait_until_it_listens()).port
        assert server.process.stdout
        line = next(line for line in server.process.stdout if line.startswith("https"))
        tls = urlsplit(line.strip()).port
        assert http
        assert tls
        for port in (http, tls):
            clients.enter_context(socket.create_connection(("127.0.0.1", port)))
        kept = clients.enter_context(socket.create_connection(("127.0.0.1", http)))
        kept.sendall(KEEP_ALIVE)
        assert kept.recv(5) == b"HTTP/"
        for protocols, said in (
            (["http/1.1"], KEEP_ALIVE),
            ([], b""),
            (["h2"], b""),
            (["h2"], PREFACE),
            (["h2"], PREFACE + ACKNOWLEDGED),
        ):
            clients.enter_context(over_tls(data_dir, tls, protocols, said))
        clients.enter_context(of_grpc(data_dir, tls))
        assert server.stop() == 0, server.log
        assert "server.abandoned" not in server.log


class Slow:
    """A web application whose answer waits until it is let go."""

    def __init__(self) -> None:
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    async def answer(self) -> str:
        self.asked.set()
        await self.go_on.wait()
        return "in full"


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def listening() -> socket.socket:
    return listen("127.0.0.1", 0)


@pytest.fixture
async def listener(
    kernel: Kernel, slow: Slow, listening: socket.socket
) -> AsyncIterator[TlsListener]:
    clients = ClientRegistry([ConnectorClients()])
    app = FastAPI()
    app.state.kernel = kernel
    app.state.authentication = Authentication(clients, Passwords())
    app.include_router(tokens.router)
    app.get("/slow")(slow.answer)
    listener = TlsListener(kernel, app, BatonService(kernel, clients, SMALL), listening)
    await listener.start()
    running = asyncio.create_task(listener.run())
    yield listener
    if not running.done():
        await listener.stop()
    await running


@pytest.fixture
def gateway(kernel: Kernel, listener: TlsListener, listening: socket.socket) -> Gateway:
    port = listening.getsockname()[1]
    return Gateway(kernel, port, kernel.settings.data_dir / "tls" / "ca.pem")


async def test_a_request_under_way_is_answered_in_full_while_nobody_new_gets_in(
    gateway: Gateway, listener: TlsListener, slow: Slow
) -> None:
    reader, writer = await connect(gateway, ["http/1.1"])
    writer.write(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await slow.asked.wait()
    ending = asyncio.create_task(listener.stop())
    await asyncio.sleep(0)
    with pytest.raises(ConnectionRefusedError):
        await connect(gateway, ["http/1.1"])
    slow.go_on.set()
    assert (await reader.read()).endswith(b'"in full"')
    writer.close()
    await ending


async def test_an_upload_under_way_arrives_in_full(
    gateway: Gateway, listener: TlsListener, enlist: Enlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = await enlist()
    task_id = (await agent.get_task()).task.id
    arriving, ending = signalled(monkeypatch, "add"), asyncio.Event()

    async def stream() -> AsyncIterator[Request]:
        yield metadata(agent.host, task_id)
        first, *others = data(UPLOADED)
        yield first
        await ending.wait()
        for part in (*others, eof(UPLOADED)):
            yield part

    sending = asyncio.ensure_future(agent.stub().UploadAsset(stream(), metadata=agent.metadata))
    await arriving.wait()
    stopping = asyncio.create_task(listener.stop())
    await asyncio.sleep(0)
    ending.set()
    await sending
    await stopping
