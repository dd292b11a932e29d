"""Telling connectors when to sync: now, not at all, again."""

from typing import Annotated

from fastapi import APIRouter, Body

from ostiary.server.connectors.actions.registry import (
    pause_connector,
    resume_connector,
    set_schedule,
)
from ostiary.server.connectors.actions.syncs import confirm_sync, request_sync, stop_sync
from ostiary.server.connectors.api import messages as m
from ostiary.server.connectors.api.config_messages import ScheduleRequest
from ostiary.server.connectors.api.connectors import reply
from ostiary.server.connectors.api.permissions import Manager, find
from ostiary.server.connectors.schedule import Cron, Interval, Schedule, ScheduleError
from ostiary.server.kernel.errors import invalid
from ostiary.server.kernel.rest import Empty, KernelOf

router = APIRouter(prefix="/api/v1/apps/{app_id}/connectors/{connector_id}", tags=["Connector"])


@router.post("/force_sync")
def force_sync(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Empty:
    """FAILED_PRECONDITION while it is paused, ABORTED when a sync waits or runs."""
    with kernel.work(access.caller.actor) as unit:
        request_sync(unit, find(unit.connection, app_id, connector_id).id)
    return Empty()


@router.post("/stop_sync")
def stop(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Empty:
    """FAILED_PRECONDITION when none waits or runs. Our own: C1 documents no way to stop one."""
    with kernel.work(access.caller.actor) as unit:
        stop_sync(unit, find(unit.connection, app_id, connector_id).id)
    return Empty()


@router.post("/confirm_sync_valid/{sync_lifecycle_id}")
def confirm_sync_valid(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, sync_lifecycle_id: str
) -> Empty:
    """What a held sync would remove is really gone. `sync_lifecycle_id` is the held sync's id."""
    with kernel.work(access.caller.actor) as unit:
        confirm_sync(unit, find(unit.connection, app_id, connector_id).id, sync_lifecycle_id)
    return Empty()


@router.post("/schedule")
def schedule(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, request: ScheduleRequest
) -> m.ConnectorReply:
    with kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        set_schedule(unit, connector.id, _wanted(request))
        return reply(unit.connection, connector)


@router.post("/pause")
def pause(
    kernel: KernelOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    request: Annotated[m.PauseRequest | None, Body()] = None,
) -> Empty:
    """A sync that waits or runs is stopped."""
    reason = request.reason if request else ""
    with kernel.work(access.caller.actor) as unit:
        pause_connector(unit, find(unit.connection, app_id, connector_id).id, reason)
    return Empty()


@router.post("/resume")
def resume(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Empty:
    with kernel.work(access.caller.actor) as unit:
        resume_connector(unit, find(unit.connection, app_id, connector_id).id)
    return Empty()


def _wanted(request: ScheduleRequest) -> Schedule | None:
    try:
        if request.cron is not None:
            return Cron(request.cron.cron_spec, request.cron.timezone or "UTC")
        if request.interval is not None:
            return Interval(request.interval)
    except ScheduleError as error:
        raise invalid(str(error)) from error
    if not request.on_demand:
        raise invalid("A schedule is cron, interval or onDemand.")
    return None
