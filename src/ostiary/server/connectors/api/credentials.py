"""What agents of a connector sign in with."""

from fastapi import APIRouter

from ostiary.server.connectors.actions.credentials import revoke_credential, rotate_credential
from ostiary.server.connectors.api import messages as m
from ostiary.server.connectors.api.permissions import (
    Manager,
    ManagerByBody,
    Viewer,
    find,
    owns,
)
from ostiary.server.connectors.store import credentials, registry
from ostiary.server.kernel.authz.enforcement import Access
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import denied, not_found
from ostiary.server.kernel.rest import Empty, KernelOf

router = APIRouter(prefix="/api/v1/apps", tags=["Connector"])


@router.post("/connectors/credentials")
def rotate(kernel: KernelOf, access: ManagerByBody, request: m.RotateRequest) -> m.CredentialReply:
    """The only answer with the secret in it. Earlier secrets work for another hour."""
    with kernel.work(access.caller.actor) as unit:
        if not (access.everything or _is_own(unit.connection, access, request.connector_id)):
            raise denied(f"this needs the permission {access.permission} for that connector")
        connector = find(unit.connection, request.app_id, request.connector_id)
        minted = rotate_credential(unit, connector.id, kernel.settings.external_authority)
    return m.CredentialReply(credential=m.credential_message(minted.credential, minted.secret))


@router.get("/{app_id}/connectors/{connector_id}/credentials/{id}")
def get_credential(
    kernel: KernelOf, access: Viewer, app_id: str, connector_id: str, id: str
) -> m.CredentialReply:
    """A revoked one is shown with `deletedAt`."""
    with kernel.read() as connection:
        connector = find(connection, app_id, connector_id)
        credential = credentials.find(connection, id)
    if credential is None or credential.connector_key != connector.key:
        raise not_found("The credential does not exist.")
    return m.CredentialReply(credential=m.credential_message(credential))


@router.post("/{app_id}/connectors/{connector_id}/credentials/{id}")
def revoke(kernel: KernelOf, access: Manager, app_id: str, connector_id: str, id: str) -> Empty:
    """Nothing happens to one that is revoked."""
    with kernel.work(access.caller.actor) as unit:
        revoke_credential(unit, find(unit.connection, app_id, connector_id).id, id)
    return Empty()


def _is_own(connection: Connection, access: Access, connector_id: str) -> bool:
    connector = registry.find(connection, connector_id)
    return connector is not None and owns(connection, access.caller, connector)
