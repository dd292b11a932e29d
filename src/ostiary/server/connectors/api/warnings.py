"""Credentials of a connector that end soon. A route of our own."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from ostiary.server.connectors.actions.endings import endings_of
from ostiary.server.connectors.api.permissions import Viewer, find
from ostiary.server.connectors.expiring import ADVICE, CredentialKind, Ending, days_left
from ostiary.server.kernel.rest import KernelOf, Message, Timestamp

router = APIRouter(prefix="/api/v1/apps/{app_id}/connectors/{connector_id}", tags=["Connector"])


class EndingMessage(Message):
    """`credentialId`: of a credential of the connector (agent) or of a resource (source)."""

    kind: CredentialKind
    credential_id: str
    display_name: str
    ends_at: Timestamp
    days_left: int
    expired: bool
    advice: str


class WarningList(Message):
    list: list[EndingMessage]


@router.get("/warnings")
def list_warnings(kernel: KernelOf, access: Viewer, app_id: str, connector_id: str) -> WarningList:
    """Soonest end first; none of a connector that was deleted."""
    now = kernel.clock.now()
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        found = (
            []
            if connector.deleted_at is not None
            else endings_of(connection, connector, now, kernel.secrets)
        )
    return WarningList(list=[_shown(ending, now) for ending in found])


def _shown(ending: Ending, now: datetime) -> EndingMessage:
    return EndingMessage(
        kind=ending.kind,
        credential_id=ending.id,
        display_name=ending.name,
        ends_at=ending.ends_at,
        days_left=days_left(ending.ends_at, now),
        expired=ending.expired,
        advice=ADVICE[ending.kind],
    )
