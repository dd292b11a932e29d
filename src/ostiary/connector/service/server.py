"""The calls of BatonService, as a connector makes them (protocol reference 3.3 to 3.7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc.aio  # type: ignore[import-untyped]

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.connectorapi_v1_grpc import BatonServiceStub
from ostiary.connector.service.cancellation import heeded_cancellation
from ostiary.connector.service.token import Tokens
from ostiary.connector.service.upload import Upload
from ostiary.connector.status import ConnectorError, Status

DEFAULT_PORT = 443
CALL_SECONDS = 30.0

Metadata = tuple[tuple[str, str], ...]


class Server:
    """Every call opens a connection of its own, as stock connectors do: there may be minutes
    between two, and so an address that changed or a dead connection never matters.

    All methods raise `ConnectorError` with the status of the call.
    """

    def __init__(self, host: str, roots: bytes, tokens: Tokens, host_id: str, agent: str) -> None:
        """`host` is `host[:port]`, `roots` are PEM certificates, `host_id` names this machine."""
        self._target = with_port(host)
        self._trust = grpc.ssl_channel_credentials(roots)
        self._tokens = tokens
        self._options = [("grpc.primary_user_agent", agent)]
        self.host_id = host_id

    async def hello(self, request: pb.BatonServiceHelloRequest) -> None:
        async with self._connection() as (stub, metadata):
            await stub.Hello(request, timeout=CALL_SECONDS, metadata=metadata)

    async def get_task(self) -> pb.BatonServiceGetTaskResponse:
        request = pb.BatonServiceGetTaskRequest(host_id=self.host_id)
        async with self._connection() as (stub, metadata):
            return await stub.GetTask(request, timeout=CALL_SECONDS, metadata=metadata)

    async def heartbeat(self, task_id: str) -> pb.BatonServiceHeartbeatResponse:
        request = pb.BatonServiceHeartbeatRequest(host_id=self.host_id, task_id=task_id)
        async with self._connection() as (stub, metadata):
            return await stub.Heartbeat(request, timeout=CALL_SECONDS, metadata=metadata)

    async def finish(self, request: pb.BatonServiceFinishTaskRequest) -> None:
        async with self._connection() as (stub, metadata):
            await stub.FinishTask(request, timeout=CALL_SECONDS, metadata=metadata)

    async def upload(self, task_id: str, path: Path) -> None:
        """Send a file; returns when the server has checked it."""
        upload = Upload(self.host_id, task_id, path)
        async with self._connection() as (stub, metadata), upload.watched():
            await stub.UploadAsset(upload.messages(), metadata=metadata)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[tuple[BatonServiceStub, Metadata]]:
        token = await self._tokens.current()
        async with grpc.aio.secure_channel(self._target, self._trust, self._options) as channel:
            try:
                with heeded_cancellation():
                    yield BatonServiceStub(channel), (("authorization", f"Bearer {token}"),)
            except grpc.aio.AioRpcError as error:
                status = Status(error.code().value[0])
                if status is Status.UNAUTHENTICATED:
                    self._tokens.drop(token)
                raise self._failed(status, error.details() or "") from error

    def _failed(self, status: Status, reason: str) -> ConnectorError:
        untrusted = "CERTIFICATE_VERIFY_FAILED" in reason
        return ConnectorError(
            status,
            f"The server {self._target} answers {status.label}: {reason or 'no reason'}",
            remedy="Name the server's authority in SSL_CERT_FILE." if untrusted else "",
        )


def with_port(host: str) -> str:
    """`host:port`, for an IPv6 address in brackets as well."""
    return host if host.rpartition("]")[2].count(":") else f"{host}:{DEFAULT_PORT}"
