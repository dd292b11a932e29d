"""UploadAsset: metadata, data and its checksum, in this order, onto disk and into the books."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from ostiary.baton.pb.connectorapi_v1 import BatonServiceUploadAssetRequest
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.files import uploads_folder
from ostiary.server.connectors.reads import Agency
from ostiary.server.connectors.store.tasks import Upload
from ostiary.server.gateway import limits
from ostiary.server.gateway.limits import InvalidRequestError
from ostiary.server.gateway.spool import (
    Received,
    SizeLimits,
    Spool,
    UploadRefusedError,
    UploadTooLargeError,
    WrongChecksumError,
)
from ostiary.server.kernel.errors import AppError, Code
from ostiary.server.kernel.ids import new_id
from ostiary.server.kernel.work import Kernel

SIGN_OF_LIFE_EVERY: Final = timedelta(seconds=30)

Requests = AsyncIterator[BatonServiceUploadAssetRequest]


class InThread(Protocol):
    """Runs a blocking function elsewhere."""

    def __call__(self, function: Callable[..., Any], *arguments: Any) -> Awaitable[Any]: ...


@dataclass(frozen=True, slots=True)
class Uploads:
    kernel: Kernel
    sizes: SizeLimits
    in_thread: InThread

    async def receive(self, agency: Agency, requests: Requests) -> None:
        """Returns once the whole upload is safe. AppError or InvalidRequestError otherwise."""
        host, task_id = _metadata(await anext(requests, None))
        await self.in_thread(self._accept, agency, host, task_id)
        upload_id = new_id(self.kernel.clock.now())
        spool = await self.in_thread(
            Spool, uploads_folder(self.kernel.settings), upload_id, self.sizes
        )
        try:
            received = await self._fill(agency, host, task_id, spool, requests)
            await self.in_thread(self._record, agency, host, task_id, upload_id, received)
        except UploadRefusedError as error:
            await self.in_thread(self._refuse, agency, task_id, str(error))
            raise AppError(_code(error), str(error)) from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise AppError(Code.RESOURCE_EXHAUSTED, "The server's disk is full.") from error
        finally:
            await asyncio.shield(self.in_thread(spool.discard))

    async def _fill(
        self, agency: Agency, host: str, task_id: str, spool: Spool, requests: Requests
    ) -> Received:
        alive_until = self._now() + SIGN_OF_LIFE_EVERY
        async for request in requests:
            match request.WhichOneof("msg"):
                case "data":
                    limits.check_chunk(request.data.data)
                    await self.in_thread(spool.add, request.data.data)
                case "eof":
                    limits.check_annotations(request.eof.annotations)
                    limits.check_checksum(request.eof.sha256_checksum)
                    received: Received = await self.in_thread(
                        spool.complete, request.eof.sha256_checksum
                    )
                    return received
                case _:
                    raise InvalidRequestError("after metadata come data and then eof")
            if self._now() >= alive_until:
                await self.in_thread(self._accept, agency, host, task_id)
                alive_until = self._now() + SIGN_OF_LIFE_EVERY
        raise InvalidRequestError("the stream ended before eof")

    def _accept(self, agency: Agency, host: str, task_id: str) -> None:
        with self.kernel.work(agency.actor) as work:
            queue.accept_upload(work, agency.connector_id, host, task_id)

    def _record(
        self, agency: Agency, host: str, task_id: str, upload_id: str, received: Received
    ) -> None:
        try:
            with self.kernel.work(agency.actor) as work:
                upload = Upload(
                    upload_id, received.kind, host, 0, received.size, received.sha256, work.now
                )
                queue.record_upload(work, agency.connector_id, host, task_id, upload)
        except AppError:
            received.path.unlink(missing_ok=True)
            raise

    def _refuse(self, agency: Agency, task_id: str, reason: str) -> None:
        with self.kernel.work(agency.actor) as work:
            queue.record_refusal(work, agency.connector_id, task_id, reason)

    def _now(self) -> datetime:
        return self.kernel.clock.now()


def _metadata(first: BatonServiceUploadAssetRequest | None) -> tuple[str, str]:
    if first is None or first.WhichOneof("msg") != "metadata":
        raise InvalidRequestError("an upload begins with its metadata")
    limits.check_host(first.metadata.host_id)
    limits.check_task_id(first.metadata.task_id)
    limits.check_annotations(first.metadata.annotations)
    return first.metadata.host_id, first.metadata.task_id


def _code(error: UploadRefusedError) -> Code:
    match error:
        case WrongChecksumError():
            return Code.DATA_LOSS
        case UploadTooLargeError():
            return Code.RESOURCE_EXHAUSTED
    return Code.INVALID_ARGUMENT
