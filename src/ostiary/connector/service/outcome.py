"""How a task ended, as FinishTask says it (protocol reference 3.6)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import structlog

from ostiary.baton.pb import connectorapi_v1 as pb
from ostiary.baton.pb.rpc import Status as RpcStatus
from ostiary.connector.admission import DefectError
from ostiary.connector.faults import explained
from ostiary.connector.service.clock import Clock
from ostiary.connector.service.remarks import Remarks
from ostiary.connector.service.server import Server
from ostiary.connector.status import ConnectorError, Status

Finish = pb.BatonServiceFinishTaskRequest

TRANSIENT = frozenset({Status.UNAVAILABLE, Status.DEADLINE_EXCEEDED})
PAUSES = (1.0, 5.0)
"""Seconds before another try to hand back a result that took hours to make."""

log = structlog.stdlib.get_logger("ostiary.connector.service")


class RefusedTaskError(ConnectorError):
    """This connector can never do that task; trying again does not help."""


class Outcomes:
    """Hands results back. One that the server does not take is lost; it gives the task again."""

    def __init__(self, server: Server, clock: Clock, redact: Callable[[str], str]) -> None:
        self._server = server
        self._clock = clock
        self._redact = redact

    async def succeeded(self, task_id: str, remarks: Remarks) -> None:
        success = Finish.Success(annotations=remarks.annotations(self._redact))
        host_id = self._server.host_id
        await self._send(Finish(host_id=host_id, task_id=task_id, success=success))

    async def failed(self, task_id: str, error: BaseException) -> None:
        known = explained_task(error)
        _tell(task_id, error, known)
        await self._send(
            Finish(
                host_id=self._server.host_id,
                task_id=task_id,
                status=RpcStatus(code=int(known.status), message=self._redact(str(known))),
                error=Finish.Error(non_retryable=isinstance(known, RefusedTaskError | DefectError)),
            )
        )

    async def _send(self, request: Finish) -> None:
        for pause in PAUSES:
            try:
                return await self._server.finish(request)
            except ConnectorError as error:
                log.warning("a result was not taken", task=request.task_id, reason=str(error))
                if error.status not in TRANSIENT:
                    return None
            await self._clock.sleep(pause)
        return await self._last_try(request)

    async def _last_try(self, request: Finish) -> None:
        try:
            await self._server.finish(request)
        except ConnectorError as error:
            log.error("a result is lost", task=request.task_id, reason=str(error))


def _tell(task_id: str, error: BaseException, known: ConnectorError) -> None:
    stopped = known.status is Status.CANCELED
    unforeseen = known is not error and known.status in (Status.UNKNOWN, Status.INTERNAL)
    log.log(
        logging.WARNING if stopped else logging.ERROR,
        "the task was stopped" if stopped else "the task failed",
        task=task_id,
        code=known.status.label,
        reason=known.message,
        remedy=known.remedy,
        details=known.details,
        exc_info=error if unforeseen else None,
    )


def explained_task(error: BaseException) -> ConnectorError:
    """Also for the ends that only a task has: stopped, or out of time."""
    if isinstance(error, asyncio.CancelledError):
        message = "The connector is being stopped: the task was not finished."
        return ConnectorError(Status.CANCELED, message)
    if isinstance(error, TimeoutError):
        return ConnectorError(Status.DEADLINE_EXCEEDED, str(error) or "It took too long.")
    return explained(error)
