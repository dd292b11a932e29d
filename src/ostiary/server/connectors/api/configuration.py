"""The settings of one connector: read without secrets, changed in part, tried out."""

from __future__ import annotations

from fastapi import APIRouter

from ostiary.server.connectors.api import config_messages as m
from ostiary.server.connectors.api.permissions import Manager, Viewer, find
from ostiary.server.connectors.configuration.rules import secrets_set, shown
from ostiary.server.connectors.configuration.saving import approve, draft, keep, readable, tried
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

router = APIRouter(prefix="/api/v1/apps/{app_id}/connectors/{connector_id}", tags=["Connector"])


@router.get("/config")
def get_settings(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str
) -> m.SettingsReply:
    return _reply(kernel, _found(kernel, app_id, connector_id))


@router.post("/config")
def change_settings(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, request: m.SettingsRequest
) -> m.SettingsReply:
    """Only what is sent changes. They are tried out first; FAILED_PRECONDITION has the causes."""
    connector = _found(kernel, app_id, connector_id)
    written = draft(kernel, connector.catalog_id, request.values, connector, partial=True)
    approve(kernel, access.caller.actor, written, connector)
    with kernel.work(access.caller.actor) as unit:
        keep(unit, kernel, connector.id, written)
    return _reply(kernel, connector)


@router.post("/check")
def check_settings(
    kernel: KernelOf, access: Manager, app_id: str, connector_id: str, request: m.SettingsRequest
) -> m.CheckReply:
    """What would come of it; nothing is changed."""
    connector = _found(kernel, app_id, connector_id)
    written = draft(kernel, connector.catalog_id, request.values, connector, partial=True)
    return m.CheckReply.of(tried(kernel, written))


def _found(kernel: Kernel, app_id: str, connector_id: str) -> Connector:
    with kernel.read() as connection:
        return find(connection, app_id, connector_id)


def _reply(kernel: Kernel, connector: Connector) -> m.SettingsReply:
    schema, values = readable(kernel, connector)
    return m.SettingsReply(
        catalog_id=connector.catalog_id,
        values=shown(schema, values),
        secrets_set=secrets_set(schema, values),
    )
