"""What agents elsewhere sign in with: the list, Rotate with a secret shown once, and revoking."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.connectors.actions.credentials import revoke_credential, rotate_credential
from ostiary.server.connectors.api.permissions import Manager, Viewer, find
from ostiary.server.connectors.catalogue.kinds import kinds
from ostiary.server.connectors.pages.reading import shown
from ostiary.server.connectors.store import credentials as store
from ostiary.server.connectors.store import journal
from ostiary.server.connectors.views import credentials as views
from ostiary.server.connectors.views.starting import Start, label, program_of
from ostiary.server.kernel.settings import Settings
from ostiary.server.web.components.forms import check_typed
from ostiary.server.web.shell import ShellOf

router = APIRouter(
    prefix="/apps/{app_id}/connectors/{connector_id}/credentials", include_in_schema=False
)


@router.get("")
def list_credentials(shell: ShellOf, access: Viewer, app_id: str, connector_id: str) -> Response:
    page = shown(shell, app_id, connector_id)
    path = f"{page.path}/credentials"
    rotate = f"{path}/rotate"
    with shell.kernel.read() as connection:
        found = store.find_of(connection, page.connector.key)
    listed = views.listed(found, path, shell.now)
    working = sum(each.works for each in listed)
    return page.page(
        "credentials",
        "connectors/credentials.html",
        credentials=listed,
        rotating=views.rotating(rotate, working) if working else None,
        rotate=rotate,
        revocable=[each for each in listed if each.works] if page.changes else [],
    )


@router.post("/rotate")
def rotate(shell: ShellOf, access: Manager, app_id: str, connector_id: str) -> Response:
    """The only answer with the secret in it."""
    page = shown(shell, app_id, connector_id)
    settings = shell.kernel.settings
    with shell.kernel.work(access.caller.actor) as unit:
        connector = find(unit.connection, app_id, connector_id)
        rotated = rotate_credential(unit, connector.id, settings.external_authority)
        agents = journal.agents_of(unit.connection, connector.key)
    start = Start(
        name=label(page.connector.display_name, page.connector.id),
        client_id=rotated.credential.client_id,
        secret=rotated.secret,
        program=program_of(agents, kinds(settings), page.connector),
        ca=_authority(settings),
    )
    return page.page(
        "credentials",
        "connectors/secret.html",
        start=start,
        ends_at=rotated.credential.expires_at,
        old_until=rotated.old_until,
        server=settings.external_authority,
    )


@router.post("/{credential_id}/revoke")
def revoke(
    shell: ShellOf,
    access: Manager,
    app_id: str,
    connector_id: str,
    credential_id: str,
    typed: Annotated[str, Form()] = "",
) -> Response:
    check_typed(typed, views.WORD)
    page = shown(shell, app_id, connector_id)
    with shell.kernel.work(access.caller.actor) as unit:
        revoke_credential(unit, page.connector.id, credential_id)
    return shell.go(f"{page.path}/credentials", "Revoked: it works no more")


def _authority(settings: Settings) -> str:
    """What agents must trust: our own authority, unless the operator's certificate is used."""
    file = settings.authority_file
    return file.read_text(encoding="ascii") if file is not None and file.is_file() else ""
