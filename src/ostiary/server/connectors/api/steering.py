"""Telling connectors when to sync: now, not at all, again."""

from typing import Annotated

from fastapi import APIRouter, Body

from ostiary.server.connectors.actions.registry import pause_connector, resume_connector
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.api import messages as m
from ostiary.server.connectors.api.permissions import Manager, find
from ostiary.server.kernel.rest import Empty, KernelOf

router = APIRouter(prefix="/api/v1/apps/{app_id}/connectors/{connector_id}", tags=["Connector"])


@router.post("/force_sync")
def force_sync(kernel: KernelOf, access: Manager, app_id: str, connector_id: str) -> Empty:
    """FAILED_PRECONDITION while it is paused, ABORTED when a sync waits or runs."""
    with kernel.work(access.caller.actor) as unit:
        request_sync(unit, find(unit.connection, app_id, connector_id).id)
    return Empty()


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
