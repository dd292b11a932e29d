"""The calls of BatonService but UploadAsset: a request and its caller in, an answer out.

Synchronous; service.py runs them in threads.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration

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
    Task,
)
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.outcomes import Outcome
from ostiary.server.connectors.leases import HEARTBEAT_EVERY
from ostiary.server.connectors.reads import Agency, look
from ostiary.server.gateway import limits
from ostiary.server.gateway.pace import next_poll
from ostiary.server.gateway.remarks import remarks_in
from ostiary.server.kernel.errors import Code
from ostiary.server.kernel.work import Kernel

NO_REASON: Final = "The connector gave no reason."
LONGEST_REASON: Final = 8000
"""Characters; some connectors report whole pages of HTML."""


@dataclass(frozen=True, slots=True)
class Calls:
    kernel: Kernel

    def hello(self, agency: Agency, request: BatonServiceHelloRequest) -> BatonServiceHelloResponse:
        limits.check_host(request.host_id)
        limits.check_task_id(request.task_id, optional=True)
        limits.check_annotations(request.annotations)
        if not request.HasField("connector_metadata"):
            raise limits.InvalidRequestError("connector_metadata is required")
        with self.kernel.work(agency.actor) as work:
            queue.record_hello(
                work,
                agency.connector_id,
                request.host_id,
                request.connector_metadata.SerializeToString(),
                build=_texts(request.build_info),
                system=_texts(request.os_info),
                task_id=request.task_id,
            )
        return BatonServiceHelloResponse()

    def get_task(
        self, agency: Agency, request: BatonServiceGetTaskRequest
    ) -> BatonServiceGetTaskResponse:
        limits.check_host(request.host_id)
        tasks = self._lease(agency, request.host_id, 1)
        return BatonServiceGetTaskResponse(
            task=tasks[0] if tasks else None,
            next_poll=_duration(next_poll(len(tasks))),
            next_heartbeat=_duration(HEARTBEAT_EVERY),
        )

    def get_tasks(
        self, agency: Agency, request: BatonServiceGetTasksRequest
    ) -> BatonServiceGetTasksResponse:
        limits.check_host(request.host_id)
        limits.check_page_size(request.page_size)
        limits.check_annotations(request.annotations)
        for task_id in request.known_task_ids:
            limits.check_task_id(task_id)
        known = list(request.known_task_ids)
        tasks = self._lease(agency, request.host_id, request.page_size, known)
        return BatonServiceGetTasksResponse(
            tasks=tasks,
            next_poll=_duration(next_poll(len(tasks))),
            next_heartbeat=_duration(HEARTBEAT_EVERY),
        )

    def heartbeat(
        self, agency: Agency, request: BatonServiceHeartbeatRequest
    ) -> BatonServiceHeartbeatResponse:
        limits.check_host(request.host_id)
        limits.check_annotations(request.annotations)
        limits.check_page_of_ids(request.task_ids)
        for task_id in (request.task_id, *request.task_ids):
            limits.check_task_id(task_id)
        host = request.host_id
        with self.kernel.work(agency.actor) as work:
            alive = {
                task_id: queue.keep_alive(work, agency.connector_id, host, task_id)
                for task_id in dict.fromkeys([request.task_id, *request.task_ids])
            }
        return BatonServiceHeartbeatResponse(
            next_heartbeat=_duration(HEARTBEAT_EVERY),
            cancelled=not alive[request.task_id],
            cancelled_task_ids=[task_id for task_id in request.task_ids if not alive[task_id]],
        )

    def finish_task(
        self, agency: Agency, request: BatonServiceFinishTaskRequest
    ) -> BatonServiceFinishTaskResponse:
        limits.check_host(request.host_id)
        limits.check_task_id(request.task_id)
        outcome = _outcome(request)
        with self.kernel.work(agency.actor) as work:
            queue.finish_task(work, agency.connector_id, request.host_id, request.task_id, outcome)
        return BatonServiceFinishTaskResponse()

    def _lease(
        self, agency: Agency, host: str, limit: int, known: list[str] | None = None
    ) -> list[Task]:
        poll = look(self.kernel, agency, host, self.kernel.clock.now())
        if not (poll.work or poll.unseen):
            return []
        with self.kernel.work(agency.actor) as work:
            if poll.unseen:
                queue.see_host(work, agency.connector_id, host)
            return queue.lease_tasks(work, agency.connector_id, host, limit, known or ())


def _outcome(request: BatonServiceFinishTaskRequest) -> Outcome:
    match request.WhichOneof("final_state"):
        case "success":
            limits.check_annotations(request.success.annotations)
            response = request.success.response if request.success.HasField("response") else None
            return Outcome(response=response, remarks=remarks_in(request.success.annotations))
        case "error":
            limits.check_annotations(request.error.annotations)
            error = request.error
            return Outcome(
                code=request.status.code or Code.UNKNOWN,
                message=request.status.message[:LONGEST_REASON] or NO_REASON,
                non_retryable=error.non_retryable,
                response=error.response if error.HasField("response") else None,
            )
    raise limits.InvalidRequestError("final_state must be success or error")


def _texts(
    message: BatonServiceHelloRequest.BuildInfo | BatonServiceHelloRequest.OSInfo,
) -> dict[str, str]:
    texts = {field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields}
    for name, text in texts.items():
        limits.check_text(name, text)
    return texts


def _duration(length: timedelta) -> Duration:
    duration = Duration()
    duration.FromTimedelta(length)
    return duration
