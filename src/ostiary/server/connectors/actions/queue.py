"""What agents ask and tell: tasks out, signs of life, uploads and outcomes in.

A task may be handed out again when its holder falls silent; leases.TERMS says which may.
"""

from collections.abc import Collection

from ostiary.baton.pb.connectorapi_v1 import Task as TaskMessage
from ostiary.server.connectors import leases
from ostiary.server.connectors.actions.locking import locked
from ostiary.server.connectors.actions.noting import note
from ostiary.server.connectors.actions.outcomes import Outcome, conclude, release_lost
from ostiary.server.connectors.leases import TERMS, Standing, TaskState
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import journal, registry, syncs, tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.connectors.store.tasks import Task, Upload
from ostiary.server.kernel.errors import AppError, Code, failed_precondition, invalid, not_found
from ostiary.server.kernel.work import UnitOfWork


def enqueue_task(work: UnitOfWork, connector_id: str, message: TaskMessage) -> str:
    """Returns the task's id. Full syncs are asked for with `enqueue_sync`."""
    kind = message.WhichOneof("task_type")
    if kind is None or kind not in TERMS or kind == leases.SYNC_FULL:
        raise invalid(f"A task of kind {kind} cannot be queued.")
    connector = locked(work, connector_id)
    task_id = work.new_id()
    tasks.add(
        work.connection,
        public_id=task_id,
        connector_id=connector.key,
        kind=kind,
        payload=message.SerializeToString(),
        available_at=work.now,
        created_at=work.now,
    )
    return task_id


def lease_tasks(
    work: UnitOfWork, connector_id: str, host: str, limit: int, known: Collection[str] = ()
) -> list[TaskMessage]:
    """Up to `limit` tasks that are from now on `host`'s, with their ids, oldest first."""
    connector = locked(work, connector_id)
    release_lost(work, connector)
    ready = tasks.find_ready(work.connection, connector.key, work.now, limit, known)
    return [_hand_out(work, connector, task, host) for task in ready]


def keep_alive(work: UnitOfWork, connector_id: str, host: str, task_id: str) -> bool:
    """A heartbeat. False tells the host to abandon the task."""
    connector = locked(work, connector_id)
    task = tasks.find_of_connector(work.connection, connector.key, task_id)
    if task is None or leases.must_stop(task.lease, host, work.now):
        return False
    _revive(work, task)
    return True


def accept_upload(work: UnitOfWork, connector_id: str, host: str, task_id: str) -> None:
    """AppError unless `host` may upload for the task now; receiving counts as a sign of life."""
    connector = locked(work, connector_id)
    task = _held(work, connector, host, task_id)
    if task.kind != leases.SYNC_FULL:
        raise failed_precondition(f"A task of kind {task.kind} takes no uploads.")
    if leases.must_stop(task.lease, host, work.now):
        raise AppError(Code.CANCELLED, "The task was cancelled.")
    _revive(work, task)


def record_upload(
    work: UnitOfWork, connector_id: str, host: str, task_id: str, upload: Upload
) -> None:
    """A file has arrived whole. It counts once the task is finished, and only the last one does."""
    accept_upload(work, connector_id, host, task_id)
    task = tasks.find(work.connection, task_id)
    assert task is not None
    attempt = Upload(
        upload.id,
        upload.kind,
        host,
        task.lease.attempts,
        upload.size,
        upload.sha256,
        upload.received_at,
    )
    tasks.add_upload(work.connection, task.key, attempt)
    tasks.update(work.connection, task.key, refusal="")


def record_refusal(work: UnitOfWork, connector_id: str, task_id: str, reason: str) -> None:
    """Old connectors report a refused upload as "EOF"; the reason is worth more. It is noted once:
    they try three times."""
    connector = locked(work, connector_id)
    task = tasks.find_of_connector(work.connection, connector.key, task_id)
    if task is None:
        return
    if task.refusal != reason:
        tasks.update(work.connection, task.key, refusal=reason)
        note(work, connector.key, "warning", f"Upload refused: {reason}", task.sync_key)


def finish_task(
    work: UnitOfWork, connector_id: str, host: str, task_id: str, outcome: Outcome
) -> None:
    """Idempotent for the host that finished it. AppError for one that lost the task."""
    connector = locked(work, connector_id)
    task = tasks.find_of_connector(work.connection, connector.key, task_id)
    if task is None:
        raise not_found("No such task.")
    if leases.standing(task.lease, host) is Standing.OVER and task.lease.host == host:
        return
    task = _held(work, connector, host, task_id)
    conclude(work, connector, task, outcome)


def release_lost_tasks(work: UnitOfWork, connector_id: str) -> None:
    """For connectors of which no agent is left that would ask."""
    release_lost(work, locked(work, connector_id))


def see_host(work: UnitOfWork, connector_id: str, host: str) -> None:
    connector = locked(work, connector_id)
    journal.see_agent(work.connection, connector.key, host, work.now)


def record_hello(
    work: UnitOfWork,
    connector_id: str,
    host: str,
    metadata: bytes,
    *,
    build: dict[str, str],
    system: dict[str, str],
    task_id: str = "",
) -> None:
    """What an agent says of itself. With a task id it answers a hello task, which is then over."""
    connector = locked(work, connector_id)
    registry.update(work.connection, connector.key, metadata=metadata)
    journal.see_agent(work.connection, connector.key, host, work.now, build=build, system=system)
    if task_id:
        task = tasks.find_of_connector(work.connection, connector.key, task_id)
        if task is not None and task.kind == "hello" and task.lease.host == host:
            finish_task(work, connector_id, host, task_id, Outcome())


def _hand_out(work: UnitOfWork, connector: Connector, task: Task, host: str) -> TaskMessage:
    lease = leases.claim(task.lease, host, work.now)
    tasks.update(
        work.connection,
        task.key,
        state=lease.state,
        host=lease.host,
        leased_until=lease.until,
        limit_at=lease.limit,
        attempts=lease.attempts,
        refusal="",
    )
    if task.sync_key is not None:
        syncs.update(
            work.connection, task.sync_key, state=SyncState.RUNNING, started_at=work.now, host=host
        )
        note(
            work,
            connector.key,
            "info",
            "Sync started.",
            task.sync_key,
            host=host,
            attempt=lease.attempts,
        )
    message = TaskMessage.FromString(task.payload)
    message.id, message.status = task.id, TaskMessage.STATUS_PENDING
    return message


def _held(work: UnitOfWork, connector: Connector, host: str, task_id: str) -> Task:
    task = tasks.find_of_connector(work.connection, connector.key, task_id)
    if task is None:
        raise not_found("No such task.")
    match leases.standing(task.lease, host):
        case Standing.OVER:
            raise failed_precondition("The task is over.")
        case Standing.STRANGER:
            raise failed_precondition("The task is held by another host.")
    return task


def _revive(work: UnitOfWork, task: Task) -> None:
    tasks.update(
        work.connection,
        task.key,
        state=TaskState.LEASED,
        leased_until=leases.extended(task.lease, work.now),
    )
    if task.sync_key is not None and task.lease.state is TaskState.QUEUED:
        syncs.update(work.connection, task.sync_key, state=SyncState.RUNNING)
