from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Sequence

import grpc.aio

import ostiary.baton.pb.c1.connectorapi.baton.v1.baton_pb2 as pb

Metadata = Sequence[tuple[str, str | bytes]]

class BatonServiceStub:
    def __init__(self, channel: grpc.aio.Channel) -> None: ...
    def Hello(
        self,
        request: pb.BatonServiceHelloRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceHelloResponse]: ...
    def GetTask(
        self,
        request: pb.BatonServiceGetTaskRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceGetTaskResponse]: ...
    def GetTasks(
        self,
        request: pb.BatonServiceGetTasksRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceGetTasksResponse]: ...
    def Heartbeat(
        self,
        request: pb.BatonServiceHeartbeatRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceHeartbeatResponse]: ...
    def FinishTask(
        self,
        request: pb.BatonServiceFinishTaskRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceFinishTaskResponse]: ...
    def UploadAsset(
        self,
        request_iterator: AsyncIterable[pb.BatonServiceUploadAssetRequest],
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.BatonServiceUploadAssetResponse]: ...
    def StartDebugging(
        self,
        request: pb.StartDebuggingRequest,
        *,
        timeout: float | None = None,
        metadata: Metadata | None = None,
    ) -> Awaitable[pb.StartDebuggingResponse]: ...

class BatonServiceServicer:
    async def Hello(
        self,
        request: pb.BatonServiceHelloRequest,
        context: grpc.aio.ServicerContext[pb.BatonServiceHelloRequest, pb.BatonServiceHelloResponse],
    ) -> pb.BatonServiceHelloResponse: ...
    async def GetTask(
        self,
        request: pb.BatonServiceGetTaskRequest,
        context: grpc.aio.ServicerContext[pb.BatonServiceGetTaskRequest, pb.BatonServiceGetTaskResponse],
    ) -> pb.BatonServiceGetTaskResponse: ...
    async def GetTasks(
        self,
        request: pb.BatonServiceGetTasksRequest,
        context: grpc.aio.ServicerContext[pb.BatonServiceGetTasksRequest, pb.BatonServiceGetTasksResponse],
    ) -> pb.BatonServiceGetTasksResponse: ...
    async def Heartbeat(
        self,
        request: pb.BatonServiceHeartbeatRequest,
        context: grpc.aio.ServicerContext[pb.BatonServiceHeartbeatRequest, pb.BatonServiceHeartbeatResponse],
    ) -> pb.BatonServiceHeartbeatResponse: ...
    async def FinishTask(
        self,
        request: pb.BatonServiceFinishTaskRequest,
        context: grpc.aio.ServicerContext[pb.BatonServiceFinishTaskRequest, pb.BatonServiceFinishTaskResponse],
    ) -> pb.BatonServiceFinishTaskResponse: ...
    async def UploadAsset(
        self,
        request_iterator: AsyncIterator[pb.BatonServiceUploadAssetRequest],
        context: grpc.aio.ServicerContext[pb.BatonServiceUploadAssetRequest, pb.BatonServiceUploadAssetResponse],
    ) -> pb.BatonServiceUploadAssetResponse: ...
    async def StartDebugging(
        self,
        request: pb.StartDebuggingRequest,
        context: grpc.aio.ServicerContext[pb.StartDebuggingRequest, pb.StartDebuggingResponse],
    ) -> pb.StartDebuggingResponse: ...

def add_BatonServiceServicer_to_server(
    servicer: BatonServiceServicer, server: grpc.aio.Server
) -> None: ...
