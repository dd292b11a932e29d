"""What becomes of a task once its holder has reported, or fallen silent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.any_pb2 import Any as AnyMessage

from ostiary.server.connectors import leases
from ostiary.server.connectors.actions.noting import note
from ostiary.server.connectors.actions.syncs import INGEST, end_cancelled, end_failed, ingest_lock
from ostiary.server.connectors.leases import TaskState
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import syncs, tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.tasks import Task, Upload
from ostiary.server.kernel.errors import Code
from ostiary.server.kernel.work import UnitOfWork

NO_UPLOAD: Final = "The connector reported success without uploading a sync file."


@dataclass(frozen=True, slots=True)
class Remark:
    """What whoever looks after the connector should see, for its log."""

    message: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an agent reports when a task is over.

    `code` is a google.rpc.Code, 0 for success; `response` what the connector answered.
    """

    code: int = 0
    message: str = ""
    non_retryable: bool = False
    response: AnyMessage | None = None
    remarks: Sequence[Remark] = ()

    @property
    def succeeded(self) -> bool:
        return self.code == 0


def conclude(work: UnitOfWork, connector: Connector, task: Task, outcome: Outcome) -> None:
    """What its holder reported."""
    if _gave_up(task, outcome):
        _give_back(work, connector, task, "The agent was stopped.")
    else:
        _finish(work, connector, task, outcome)


def release_lost(work: UnitOfWork, connector: Connector) -> None:
    """Tasks of holders that fell silent: again for somebody else, or over."""
    for task in tasks.find_lost(work.connection, connector.key, work.now):
        silent = f"{task.lease.host} fell silent."
        if task.lease.cancel_requested:
            _finish(work, connector, task, Outcome(Code.CANCELLED, silent))
        elif leases.may_retry(task.lease):
            _give_back(work, connector, task, silent)
        else:
            _finish(work, connector, task, Outcome(Code.DEADLINE_EXCEEDED, silent))


def _gave_up(task: Task, outcome: Outcome) -> bool:
    """An agent that is shut down reports its running sync as cancelled; nobody asked for that."""
    return (
        outcome.code == Code.CANCELLED
        and not task.lease.cancel_requested
        and leases.may_retry(task.lease)
    )


def _give_back(work: UnitOfWork, connector: Connector, task: Task, reason: str) -> None:
    pause = leases.retry_after(task.lease.attempts)
    tasks.update(
        work.connection,
        task.key,
        state=TaskState.QUEUED,
        leased_until=None,
        available_at=work.now + pause,
    )
    if task.sync_key is not None:
        syncs.update(work.connection, task.sync_key, state=SyncState.QUEUED)
        note(
            work,
            connector.key,
            "warning",
            f"{reason} The sync waits for another attempt.",
            task.sync_key,
            attempt=task.lease.attempts,
        )


def _finish(work: UnitOfWork, connector: Connector, task: Task, outcome: Outcome) -> None:
    upload = tasks.latest_upload(work.connection, task, "c1z")
    if task.sync_key is not None and outcome.succeeded and upload is None:
        outcome = Outcome(Code.FAILED_PRECONDITION, task.refusal or NO_UPLOAD)
    cancelled = task.lease.cancel_requested
    response = outcome.response
    tasks.update(
        work.connection,
        task.key,
        state=TaskState.CANCELLED if cancelled else TaskState.FINISHED,
        finished_at=work.now,
        leased_until=None,
        succeeded=outcome.succeeded and not cancelled,
        error_code=outcome.code,
        error=outcome.message.replace("\x00", "\ufffd"),
        non_retryable=outcome.non_retryable,
        result=None if response is None else response.SerializeToString(),
    )
    if task.sync_key is None:
        return
    if cancelled:
        end_cancelled(work, task.sync_key)
    elif upload is not None and outcome.succeeded:
        _publish(work, connector, task.sync_key, upload, outcome.remarks)
    else:
        end_failed(work, task.sync_key, task.refusal or outcome.message)


def _publish(
    work: UnitOfWork,
    connector: Connector,
    sync_key: int,
    upload: Upload,
    remarks: Sequence[Remark],
) -> None:
    """The upload becomes the sync; the job that applies it is queued in the same transaction."""
    syncs.update(
        work.connection,
        sync_key,
        state=SyncState.INGESTING,
        uploaded_at=work.now,
        upload_id=upload.id,
    )
    sync = syncs.get(work.connection, sync_key)
    for remark in remarks:
        note(work, connector.key, "warning", remark.message, sync_key, **remark.details)
    note(work, connector.key, "info", "Sync uploaded.", sync_key, bytes=upload.size)
    work.defer(INGEST, lock=ingest_lock(connector), sync_id=sync.id)
