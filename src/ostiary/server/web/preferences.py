"""`/preferences/…`: what people choose for themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import invalid
from ostiary.server.web import store
from ostiary.server.web.shell import ShellOf

MOST = 100
LONGEST = 64

router = APIRouter(prefix="/preferences", include_in_schema=False)


@router.post("/columns")
def choose_columns(
    shell: ShellOf,
    access: Annotated[Access, requires(Permission.SELF)],
    table: Annotated[str, Form(max_length=LONGEST)] = "",
    column: Annotated[list[str] | None, Form(max_length=MOST)] = None,
    return_to: Annotated[str, Form()] = "/",
    reset: Annotated[str, Form()] = "",
) -> Response:
    """Not audited: it changes nothing but what one person sees."""
    columns = column or []
    if not table or any(len(name) > LONGEST for name in columns):
        raise invalid("that is no choice of columns")
    with shell.kernel.work(access.caller.actor) as unit:
        if reset:
            store.forget_columns(unit.connection, access.caller.user.id, table)
        else:
            store.keep_columns(unit.connection, access.caller.user.id, table, columns)
    local = return_to.startswith("/") and not return_to.startswith(("//", "/\\"))
    return shell.go(return_to if local and return_to.isprintable() else "/")
