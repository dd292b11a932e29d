"""What a form sends that asks for a key, and the page that shows its secret."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends, Form
from starlette.responses import Response

from ostiary.server.kernel.auth.api_clients import ApiClient
from ostiary.server.kernel.auth.client_ids import ClientId
from ostiary.server.settings.views.keys import WishedKey
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.shell import Shell

Text = Annotated[str, Form(max_length=2000)]


def _wished(
    display_name: Text = "", days: Text = "", role: Text = "", networks: Text = ""
) -> WishedKey:
    return WishedKey(display_name.strip(), days.strip(), role, networks)


Wished = Annotated[WishedKey, Depends(_wished)]


def secret_page(shell: Shell, client: ApiClient, secret: str, crumbs: Sequence[Crumb]) -> Response:
    """This once. The last of the crumbs is where it leads back to."""
    authority = shell.kernel.settings.external_authority
    return shell.page(
        "settings/secret.html",
        client.display_name,
        crumbs=crumbs,
        client_id=str(ClientId(client.name, authority, client.kind)),
        secret=secret,
        client=client,
        back=crumbs[-1].path,
    )
