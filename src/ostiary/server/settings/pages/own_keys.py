"""`/keys`: the API keys that somebody has made for their own programs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.kernel.auth import api_clients, keys
from ostiary.server.kernel.auth.api_clients import PERSONAL
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.settings.pages.key_form import Wished, secret_page
from ostiary.server.settings.views import keys as views
from ostiary.server.web.components.forms import Refused, check_typed, with_refusal
from ostiary.server.web.navigation import Crumb
from ostiary.server.web.search import Command
from ostiary.server.web.shell import Shell, ShellOf

OWN_KEYS = Crumb("Your API keys", "/keys")
COMMANDS = (Command("Make an API key of your own", OWN_KEYS.path, "key", Permission.SELF),)
MOST = 500

router = APIRouter(prefix=OWN_KEYS.path, include_in_schema=False)

Own = Annotated[Access, requires(Permission.SELF)]


@router.get("")
def list_own_keys(shell: ShellOf, access: Own) -> Response:
    return _page(shell)


@router.post("")
def make_key(shell: ShellOf, access: Own, wished: Wished) -> Response:
    """The only answer with the secret in it."""
    if wrong := wished.wrong():
        return _page(shell, (vars(wished), wrong), 400)
    with shell.kernel.work(access.caller.actor) as unit:
        client, secret = keys.create_personal(unit, access.caller, wished.wish())
    return secret_page(shell, client, secret, [OWN_KEYS])


@router.post("/{key_id}/revoke")
def revoke_key(
    shell: ShellOf, access: Own, key_id: str, typed: Annotated[str, Form()] = ""
) -> Response:
    check_typed(typed, views.REVOKE)
    with shell.kernel.work(access.caller.actor) as unit:
        keys.revoke(unit, keys.find(unit.connection, PERSONAL, key_id, access.caller.user.id))
    return shell.go(OWN_KEYS.path, "Revoked: it works no more")


def _page(shell: Shell, refused: Refused | None = None, status: int = 200) -> Response:
    caller, path = shell.caller, OWN_KEYS.path
    with shell.kernel.read() as connection:
        found = api_clients.page(connection, PERSONAL, after=0, limit=MOST, user_id=caller.user.id)
    changes = not shell.as_of
    form = views.key_form(path, "Make API key", caller.allowances)
    return shell.page(
        "settings/own_keys.html",
        OWN_KEYS.title,
        status=status,
        keys=views.listed_keys(found, path),
        form=with_refusal(form, refused) if changes else None,
        changes=changes,
    )
