"""A server that says what the test scripted and remembers everything it heard."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc.aio  # type: ignore[import-untyped]
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.duration_pb2 import Duration

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connectorapi_v1_grpc import (
    BatonServiceServicer,
    add_BatonServiceServicer_to_server,
)
from tests.connector.service.certificates import Certificates
from tests.connector.service.front import tls_front

IDLE_SECONDS = 77
"""How long a client is told to wait when the script is at its end."""

Answer = pb.BatonServiceGetTaskResponse
Beat = pb.BatonServiceHeartbeatResponse
Code = grpc.StatusCode


def seconds(count: float) -> Duration:
    duration = Duration()
    duration.FromMilliseconds(round(count * 1000))
    return duration


def given(task: pb.Task, next_poll: float = IDLE_SECONDS) -> Answer:
    return Answer(task=task, next_poll=seconds(next_poll))


@dataclass
class Uploaded:
    task_id: str
    host_id: str
    content: bytes
    chunks: list[int]
    checksum_matches: bool


@dataclass
class FakeServer(BatonServiceServicer):
    """`polls`, `beats` and so on are scripts: what to answer, or the status to fail with. At the
    end of a script all goes well and there is nothing to do."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    polls: deque[Any] = field(default_factory=deque)
    hello_failures: deque[Any] = field(default_factory=deque)
    beats: deque[Any] = field(default_factory=deque)
    upload_failures: deque[Any] = field(default_factory=deque)
    finish_failures: deque[Any] = field(default_factory=deque)
    token_answers: deque[tuple[int, Mapping[str, object]]] = field(default_factory=deque)
    token_seconds: int = 3600

    port: int = 0
    calls: list[str] = field(default_factory=list)
    tokens: list[dict[str, str]] = field(default_factory=list)
    metadata: list[dict[str, str]] = field(default_factory=list)
    hellos: list[pb.BatonServiceHelloRequest] = field(default_factory=list)
    uploads: list[Uploaded] = field(default_factory=list)
    on_hello: Callable[[pb.BatonServiceHelloRequest], object] = lambda _: None
    finished: asyncio.Queue[pb.BatonServiceFinishTaskRequest] = field(default_factory=asyncio.Queue)

    @property
    def client_id(self) -> str:
        return f"happy-otter@localhost:{self.port}/spc"

    @property
    def client_secret(self) -> str:
        private = self.key.private_bytes_raw()
        jwk = {"kty": "OKP", "crv": "Ed25519", "d": encoded(private)}
        jwk["x"] = encoded(self.key.public_key().public_bytes_raw())
        return f"otter:secret:v1:{encoded(json.dumps(jwk).encode())}"

    async def token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.tokens.append(form | {"User-Agent": request.headers["User-Agent"]})
        if self.token_answers:
            status, body = self.token_answers.popleft()
            return web.json_response(body, status=status)
        granted = {"access_token": f"token-{len(self.tokens)}", "token_type": "Bearer"}
        return web.json_response(granted | {"expires_in": self.token_seconds})

    async def Hello(
        self, request: pb.BatonServiceHelloRequest, context: Any
    ) -> pb.BatonServiceHelloResponse:
        await self._heard("Hello", context, self.hello_failures)
        self.hellos.append(request)
        self.on_hello(request)
        return pb.BatonServiceHelloResponse()

    async def GetTask(self, request: pb.BatonServiceGetTaskRequest, context: Any) -> Answer:
        found = await self._heard("GetTask", context, self.polls)
        return found or Answer(next_poll=seconds(IDLE_SECONDS))

    async def Heartbeat(self, request: pb.BatonServiceHeartbeatRequest, context: Any) -> Beat:
        found = await self._heard("Heartbeat", context, self.beats)
        return found or Beat(next_heartbeat=seconds(20))

    async def FinishTask(
        self, request: pb.BatonServiceFinishTaskRequest, context: Any
    ) -> pb.BatonServiceFinishTaskResponse:
        await self._heard("FinishTask", context, self.finish_failures)
        self.finished.put_nowait(request)
        return pb.BatonServiceFinishTaskResponse()

    async def UploadAsset(
        self, request_iterator: AsyncIterator[pb.BatonServiceUploadAssetRequest], context: Any
    ) -> pb.BatonServiceUploadAssetResponse:
        await self._heard("UploadAsset", context, self.upload_failures)
        messages = [message async for message in request_iterator]
        kinds = [message.WhichOneof("msg") for message in messages]
        assert kinds == ["metadata", *["data"] * (len(kinds) - 2), "eof"]
        content = b"".join(message.data.data for message in messages[1:-1])
        matches = messages[-1].eof.sha256_checksum == hashlib.sha256(content).digest()
        sent = messages[0].metadata
        sizes = [len(message.data.data) for message in messages[1:-1]]
        self.uploads.append(Uploaded(sent.task_id, sent.host_id, content, sizes, matches))
        return pb.BatonServiceUploadAssetResponse()

    async def _heard(self, call: str, context: Any, script: deque[Any]) -> Any:
        self.calls.append(call)
        self.metadata.append({name: str(value) for name, value in context.invocation_metadata()})
        scripted = script.popleft() if script else None
        if isinstance(scripted, Code):
            await context.abort(scripted, f"scripted {scripted.name}")
        return scripted


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@asynccontextmanager
async def serving(server: FakeServer, certificates: Certificates) -> AsyncIterator[FakeServer]:
    """The server on a port of this machine, token endpoint and gRPC alike."""
    application = web.Application()
    application.router.add_post("/auth/v1/token", server.token)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    inner = grpc.aio.server()
    add_BatonServiceServicer_to_server(server, inner)
    grpc_port = inner.add_insecure_port("127.0.0.1:0")
    await inner.start()
    http_port = runner.addresses[0][1]
    try:
        async with tls_front(certificates, http_port, grpc_port) as server.port:
            yield server
    finally:
        await inner.stop(None)
        await runner.cleanup()
