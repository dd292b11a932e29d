"""Whether mail works, what was written to whom, and a test."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi import Form as Sent
from starlette.responses import Response

from ostiary.server.kernel.auth.users import check_email
from ostiary.server.kernel.authz.enforcement import Access, requires
from ostiary.server.kernel.authz.permissions import Permission
from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.errors import AppError
from ostiary.server.notify import store
from ostiary.server.notify.delivery import send_test
from ostiary.server.notify.rendering import AddressError
from ostiary.server.notify.rules import MailState
from ostiary.server.notify.store import Mail
from ostiary.server.notify.transport import LaterError, RefusedError
from ostiary.server.settings.views import mails as views
from ostiary.server.settings.views import sections
from ostiary.server.web.components.forms import Form
from ostiary.server.web.components.tables import Found, Wanted
from ostiary.server.web.lists import found_in, list_page
from ostiary.server.web.shell import Shell, ShellOf

LATEST = 1000
"""Older mails are shown by `ostiary mail list`."""

router = APIRouter(prefix="/settings/mail", include_in_schema=False)

Viewer = Annotated[Access, requires(Permission.SETTINGS_VIEW)]
Manager = Annotated[Access, requires(Permission.SETTINGS_MANAGE)]


@router.get("")
def show_mail(shell: ShellOf, access: Viewer) -> Response:
    return _page(shell, views.test_form(access.caller.user.email))


@router.post("/test")
def send(shell: ShellOf, access: Manager, address: Annotated[str, Sent()] = "") -> Response:
    """What the server says, if it does not take it."""
    settings = shell.kernel.settings
    form = partial(views.test_form("").refused, {"address": address})
    try:
        with shell.kernel.work(access.caller.actor) as unit:
            send_test(unit, settings, check_email(address))
    except AppError as error:
        return _page(shell, form({"address": error.message}), error.status)
    except AddressError as error:
        return _page(shell, form({"address": str(error)}), 400)
    except (LaterError, RefusedError) as error:
        return _page(shell, form({}, views.not_taken(error, settings)), 400)
    return shell.go("/settings/mail", f"The server took a mail for {address.strip()}")


def _page(shell: Shell, form: Form, status: int = 200) -> Response:
    settings = shell.kernel.settings
    with shell.kernel.read() as connection:
        switches = store.switches(connection)
        numbers = store.counts(connection, list(MailState))
    changes = shell.allows(Permission.SETTINGS_MANAGE) and not shell.as_of
    return list_page(
        shell,
        "settings/mail.html",
        "Settings",
        views.mails(),
        _read,
        tabs=sections.tabs("/settings/mail"),
        sections=sections.mail(settings, switches, dict(numbers)),
        form=form if changes and settings.smtp_host else None,
        status=status,
    )


def _read(connection: Connection, wanted: Wanted) -> Found[Mail]:
    chosen = wanted.filters["state"]
    found = store.page(connection, limit=LATEST)
    kept = [mail for mail in found if not chosen or mail.state in chosen]
    return found_in(wanted, kept, len(found))
