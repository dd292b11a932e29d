"""BatonService on grpc.aio: threads for the calls, gRPC statuses for refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, Protocol, TypeVar

import grpc  # type: ignore[import-untyped]
import structlog

from ostiary.baton.pb.connectorapi_v1 import (
    BatonServiceFinishTaskRequest,
    BatonServiceFinishTaskResponse,
    BatonServiceGetTaskRequest,
    BatonServiceGetTaskResponse,
    BatonServiceGetTasksRequest,
    BatonServiceGetTasksResponse,
    BatonServiceHeartbeatRequest,
    BatonServiceHeartbeatResponse,
    BatonServiceHelloRequest,
    BatonServiceHelloResponse,
    BatonServiceUploadAssetRequest,
    BatonServiceUploadAssetResponse,
    StartDebuggingRequest,
    StartDebuggingResponse,
)
from ostiary.baton.pb.connectorapi_v1_grpc import BatonServiceServicer
from ostiary.server.connectors.reads import Agency
from ostiary.server.gateway.admission import Metadata, admit, bearer_of
from ostiary.server.gateway.calls import Calls
from ostiary.server.gateway.draining import drain
from ostiary.server.gateway.limits import InvalidRequestError
from ostiary.server.gateway.spool import SizeLimits
from ostiary.server.gateway.under_way import UnderWay
from ostiary.server.gateway.uploads import Uploads
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.context import within_request
from ostiary.server.kernel.errors import AppError, Code, unauthenticated
from ostiary.server.kernel.ids import new_id
from ostiary.server.kernel.work import Kernel

log = structlog.get_logger("ostiary.server.gateway")

Request = TypeVar("Request")
Response = TypeVar("Response")

THREADS = 16
_STATUS = {code.value[0]: code for code in grpc.StatusCode}


class Context(Protocol):
    """The part of grpc.aio.ServicerContext that is used."""

    def invocation_metadata(self) -> Metadata | None: ...

    async def abort(self, code: grpc.StatusCode, details: str) -> NoReturn: ...


class BatonService(BatonServiceServicer):
    def __init__(
        self, kernel: Kernel, clients: ClientRegistry, sizes: SizeLimits | None = None
    ) -> None:
        self._kernel = kernel
        self._clients = clients
        self._calls = Calls(kernel)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gateway")
        self._under_way = UnderWay()
        self._uploads = Uploads(kernel, sizes or SizeLimits(), self._in_thread)

    async def idle(self, deadline: asyncio.Task[None]) -> None:
        """Once no call is under way, or once `deadline` is over."""
        await self._under_way.none(deadline)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)

    async def Hello(  # noqa: N802
        self, request: BatonServiceHelloRequest, context: Context
    ) -> BatonServiceHelloResponse:
        return await self._answer(self._calls.hello, request, context)

    async def GetTask(  # noqa: N802
        self, request: BatonServiceGetTaskRequest, context: Context
    ) -> BatonServiceGetTaskResponse:
        return await self._answer(self._calls.get_task, request, context)

    async def GetTasks(  # noqa: N802
        self, request: BatonServiceGetTasksRequest, context: Context
    ) -> BatonServiceGetTasksResponse:
        return await self._answer(self._calls.get_tasks, request, context)

    async def Heartbeat(  # noqa: N802
        self, request: BatonServiceHeartbeatRequest, context: Context
    ) -> BatonServiceHeartbeatResponse:
        return await self._answer(self._calls.heartbeat, request, context)

    async def FinishTask(  # noqa: N802
        self, request: BatonServiceFinishTaskRequest, context: Context
    ) -> BatonServiceFinishTaskResponse:
        return await self._answer(self._calls.finish_task, request, context)

    async def UploadAsset(  # noqa: N802
        self,
        request_iterator: AsyncIterator[BatonServiceUploadAssetRequest],
        context: Context,
    ) -> BatonServiceUploadAssetResponse:
        requests = aiter(request_iterator)
        with self._under_way:
            try:
                agency = await self._in_thread(self._admit, _token(context))
                await self._uploads.receive(agency, requests)
            except Exception as error:
                await drain(requests)
                await _abort(context, error)
            return BatonServiceUploadAssetResponse()

    async def StartDebugging(  # noqa: N802
        self, request: StartDebuggingRequest, context: Context
    ) -> StartDebuggingResponse:
        def refuse(_agency: Agency, _request: StartDebuggingRequest) -> StartDebuggingResponse:
            raise AppError(Code.UNIMPLEMENTED, "Debugging is not offered.")

        return await self._answer(refuse, request, context)

    async def _answer(
        self, call: Callable[[Agency, Request], Response], request: Request, context: Context
    ) -> Response:
        def admitted(token: str) -> Response:
            return call(self._admit(token), request)

        with self._under_way:
            try:
                response: Response = await self._in_thread(admitted, _token(context))
            except Exception as error:
                await _abort(context, error)
            return response

    def _admit(self, token: str) -> Agency:
        if not token:
            raise unauthenticated("A bearer token is required.")
        return admit(self._kernel, self._clients, token)

    def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        def run() -> Any:
            with within_request(new_id(self._kernel.clock.now())):
                return function(*arguments)

        return asyncio.get_running_loop().run_in_executor(self._threads, run)


def _token(context: Context) -> str:
    return bearer_of(context.invocation_metadata() or ())


async def _abort(context: Context, error: Exception) -> NoReturn:
    """What went wrong on our side stays in our log."""
    match error:
        case AppError():
            await context.abort(_STATUS[error.code], error.message)
        case InvalidRequestError():
            await context.abort(_STATUS[Code.INVALID_ARGUMENT], str(error))
    log.error("gateway.call_failed", exc_info=error)
    await context.abort(grpc.StatusCode.INTERNAL, "The server failed; its log says why.")
