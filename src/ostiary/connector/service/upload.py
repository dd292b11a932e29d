"""A file as the messages of one UploadAsset call (protocol reference 3.7)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ostiary.baton.pb.connectorapi_v1 import BatonServiceUploadAssetRequest as Request
from ostiary.connector.status import ConnectorError, Status

CHUNK_BYTES = 512 * 1024
STALLED_SECONDS = 300.0
"""An upload in which nothing moves for so long is given up."""


class Upload:
    def __init__(self, host_id: str, task_id: str, path: Path) -> None:
        self._metadata = Request.UploadMetadata(host_id=host_id, task_id=task_id)
        self._path = path
        self._watch: asyncio.Timeout | None = None
        self._unreadable: OSError | None = None

    async def messages(self) -> AsyncIterator[Request]:
        """Metadata, the content in chunks, its SHA-256; asked for as fast as the server reads."""
        yield Request(metadata=self._metadata)
        digest = hashlib.sha256()
        try:
            with self._path.open("rb") as file:
                while data := await asyncio.to_thread(file.read, CHUNK_BYTES):
                    digest.update(data)
                    self._moved()
                    yield Request(data=Request.UploadData(data=data))
        except OSError as error:
            self._unreadable = error
            raise
        self._moved()
        yield Request(eof=Request.UploadEOF(sha256_checksum=digest.digest()))

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """`ConnectorError` when the upload inside stalls (DeadlineExceeded) or its file cannot be
        read (DataLoss), of which gRPC only says that the call was cancelled."""
        try:
            async with asyncio.timeout(STALLED_SECONDS) as self._watch:
                yield
        except asyncio.CancelledError:
            if self._unreadable is None:
                raise
            reason = self._unreadable.strerror or str(self._unreadable)
            message = f"{self._path} cannot be read: {reason}."
            raise ConnectorError(Status.DATA_LOSS, message) from self._unreadable
        except TimeoutError as error:
            message = f"The upload made no progress for {STALLED_SECONDS:.0f} s."
            raise ConnectorError(Status.DEADLINE_EXCEEDED, message) from error

    def _moved(self) -> None:
        if self._watch is not None:
            self._watch.reschedule(asyncio.get_running_loop().time() + STALLED_SECONDS)
