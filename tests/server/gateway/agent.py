"""A connector as the server sees it: it says on the wire what stock ones say."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import grpc.aio  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.any_pb2 import Any as AnyMessage

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connector_v2 import ConnectorMetadata
from ostiary.baton.pb.connectorapi_v1_grpc import BatonServiceStub
from ostiary.baton.pb.rpc import Status

CHUNK = 524_288
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

Request = pb.BatonServiceUploadAssetRequest


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def assertion(
    secret: str,
    client_id: str,
    now: datetime,
    *,
    header: Mapping[str, Any] | None = None,
    **claims: Any,
) -> str:
    """As Go's connectors sign it; `header` and `claims` replace parts, None leaves one out."""
    jwk = json.loads(base64.urlsafe_b64decode(secret.rpartition(":")[2] + "=="))
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(jwk["d"] + "=="))
    moment = int(now.timestamp())
    protected = {"alg": "EdDSA", "nonce": secrets.token_hex(16)} | dict(header or {})
    payload = {
        "iss": client_id,
        "sub": client_id,
        "aud": "127.0.0.1",
        "iat": moment,
        "nbf": moment - 120,
        "exp": moment + 120,
    } | claims
    parts = [
        encode(json.dumps({k: v for k, v in part.items() if v is not None}).encode())
        for part in (protected, payload)
    ]
    return ".".join([*parts, encode(key.sign(".".join(parts).encode()))])


@dataclass
class Agent:
    """`port` of the server; `authority` is the file of the certificate authority to trust."""

    port: int
    authority: Path
    client_id: str
    secret: str
    host: str = "host-a"
    token: str = ""
    _channels: list[Any] = field(default_factory=list)

    async def sign_in(self, now: datetime) -> None:
        status, answer = await self.ask_for_token(assertion(self.secret, self.client_id, now))
        assert status == 200, answer
        self.token = answer["access_token"]

    async def ask_for_token(self, signed: str = "", **fields: str) -> tuple[int, dict[str, Any]]:
        form = {"client_id": self.client_id, "grant_type": "client_credentials"}
        if signed:
            form |= {"client_assertion_type": JWT_BEARER, "client_assertion": signed}
        trust = ssl.create_default_context(cafile=self.authority)
        url = f"https://127.0.0.1:{self.port}/auth/v1/token"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=form | fields, ssl=trust) as response,
        ):
            return response.status, await response.json()

    def stub(self) -> BatonServiceStub:
        """On a connection of its own, as stock connectors make one for each call."""
        credentials = grpc.ssl_channel_credentials(self.authority.read_bytes())
        options = [("grpc.use_local_subchannel_pool", 1)]
        channel = grpc.aio.secure_channel(f"127.0.0.1:{self.port}", credentials, options=options)
        self._channels.append(channel)
        return BatonServiceStub(channel)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),) if self.token else ()

    async def close(self) -> None:
        for channel in self._channels:
            await channel.close()

    async def hello(self, **fields: Any) -> pb.BatonServiceHelloResponse:
        request = pb.BatonServiceHelloRequest(
            host_id=self.host,
            build_info=pb.BatonServiceHelloRequest.BuildInfo(package="baton-fake"),
            os_info=pb.BatonServiceHelloRequest.OSInfo(hostname=self.host),
            connector_metadata=ConnectorMetadata(display_name="Fake"),
        )
        request.MergeFrom(pb.BatonServiceHelloRequest(**fields))
        answer: pb.BatonServiceHelloResponse = await self._call("Hello", request)
        return answer

    async def get_task(self) -> pb.BatonServiceGetTaskResponse:
        request = pb.BatonServiceGetTaskRequest(host_id=self.host)
        answer: pb.BatonServiceGetTaskResponse = await self._call("GetTask", request)
        return answer

    async def get_tasks(self, size: int, *known: str) -> pb.BatonServiceGetTasksResponse:
        request = pb.BatonServiceGetTasksRequest(
            host_id=self.host, page_size=size, known_task_ids=known
        )
        answer: pb.BatonServiceGetTasksResponse = await self._call("GetTasks", request)
        return answer

    async def heartbeat(self, task_id: str, *more: str) -> pb.BatonServiceHeartbeatResponse:
        request = pb.BatonServiceHeartbeatRequest(host_id=self.host, task_id=task_id, task_ids=more)
        answer: pb.BatonServiceHeartbeatResponse = await self._call("Heartbeat", request)
        return answer

    async def succeed(self, task_id: str, response: AnyMessage | None = None) -> None:
        success = pb.BatonServiceFinishTaskRequest.Success(response=response)
        request = pb.BatonServiceFinishTaskRequest(
            host_id=self.host, task_id=task_id, success=success
        )
        await self._call("FinishTask", request)

    async def fail(self, task_id: str, code: int, message: str) -> None:
        request = pb.BatonServiceFinishTaskRequest(
            host_id=self.host,
            task_id=task_id,
            status=Status(code=code, message=message),
            error=pb.BatonServiceFinishTaskRequest.Error(),
        )
        await self._call("FinishTask", request)

    async def upload(self, task_id: str, content: bytes, sha256: bytes | None = None) -> None:
        parts = [metadata(self.host, task_id), *data(content), eof(content, sha256)]
        await self.send(parts)

    async def send(self, requests: list[Request]) -> None:
        """An upload of exactly these messages."""

        async def stream() -> AsyncIterator[Request]:
            for request in requests:
                yield request

        await self.stub().UploadAsset(stream(), metadata=self.metadata)

    async def _call(self, name: str, request: Any) -> Any:
        return await getattr(self.stub(), name)(request, metadata=self.metadata)


def metadata(host: str, task_id: str) -> Request:
    return Request(metadata=Request.UploadMetadata(host_id=host, task_id=task_id))


def data(content: bytes, chunk: int = CHUNK) -> Iterator[Request]:
    for start in range(0, len(content), chunk):
        yield Request(data=Request.UploadData(data=content[start : start + chunk]))


def eof(content: bytes, sha256: bytes | None = None) -> Request:
    checksum = hashlib.sha256(content).digest() if sha256 is None else sha256
    return Request(eof=Request.UploadEOF(sha256_checksum=checksum))
