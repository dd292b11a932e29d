"""`/people/domains`: whose addresses are not external."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from ostiary.server.directory import actions
from ostiary.server.directory.store import directories
from ostiary.server.directory.views import owning as views
from ostiary.server.directory.views import sections
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.errors import AppError
from ostiary.server.web.components.forms import Form as FormModel
from ostiary.server.web.moments import counted
from ostiary.server.web.shell import Shell, ShellOf

router = APIRouter(prefix="/people/domains", include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.SETTINGS_VIEW)]
Manager = Annotated[Access, requires(Permission.SETTINGS_MANAGE)]


@router.get("")
def show_domains(shell: ShellOf, access: Viewer) -> Response:
    with shell.kernel.read() as connection:
        trusted = directories.domains(connection)
    return _page(shell, trusted, views.domains_form(trusted))


@router.post("")
def set_domains(
    shell: ShellOf, access: Manager, domains: Annotated[str, Form(max_length=100_000)] = ""
) -> Response:
    wanted = domains.split()
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            actions.set_trusted_domains(unit, wanted)
    except AppError as error:
        form = views.domains_form([]).refused({"domains": domains}, {"domains": error.message})
        return _page(shell, wanted, form, error.status)
    return shell.go("/people/orphans", f"{counted(len(set(wanted)), 'domain')} trusted from now on")


def _page(shell: Shell, trusted: list[str], form: FormModel, status: int = 200) -> Response:
    changes = shell.as_of is None and shell.allows(Permission.SETTINGS_MANAGE)
    return shell.page(
        "directory/domains.html",
        "Trusted domains",
        crumbs=[sections.ORPHANS],
        status=status,
        trusted=trusted,
        form=form if changes else None,
    )
