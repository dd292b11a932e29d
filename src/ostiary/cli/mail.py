"""`ostiary mail`: what was mailed to whom, whether mail works, and the switch that ends it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ostiary.cli.opening import CONSOLE, FAILED, opened_kernel
from ostiary.cli.options import AsJsonLines
from ostiary.cli.tables import show
from ostiary.server.kernel.auth.users import check_email
from ostiary.server.notify import store
from ostiary.server.notify.actions import switch_mail
from ostiary.server.notify.delivery import send_test
from ostiary.server.notify.rendering import AddressError
from ostiary.server.notify.rules import MailState
from ostiary.server.notify.store import Mail
from ostiary.server.notify.transport import LaterError, RefusedError

COLUMNS = ("created_at", "state", "kind", "address", "attempts", "error")

app = typer.Typer(name="mail", help="What was mailed to whom, and whether mail works.")


@app.command("list")
def list_mails(
    state: Annotated[MailState | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50,
    as_json: AsJsonLines = False,
) -> None:
    """Show mails, newest first."""
    with opened_kernel() as kernel, kernel.read() as connection:
        found = store.page(connection, state, limit=limit)
    show([_plain(mail) for mail in found], COLUMNS, as_json=as_json)


@app.command()
def test(address: Annotated[str, typer.Argument(help="Who gets it.")]) -> None:
    """Send a test mail now, and tell what the SMTP server says if it does not take it."""
    with opened_kernel() as kernel:
        if kernel.settings.smtp_host is None:
            typer.echo("OSTIARY_SMTP_HOST is not set: no mail is sent", err=True)
            raise typer.Exit(FAILED)
        try:
            with kernel.work(CONSOLE) as work:
                send_test(work, kernel.settings, check_email(address))
        except (AddressError, LaterError, RefusedError) as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(FAILED) from None
        host, port = kernel.settings.smtp_address
    typer.echo(f"{host}:{port} took a mail for {address.strip()}.")


@app.command()
def off() -> None:
    """Send no more mail. What is told meanwhile is not sent later either."""
    with opened_kernel() as kernel, kernel.work(CONSOLE) as work:
        switch_mail(work, on=False)
    typer.echo("Mail is off.")


@app.command()
def on() -> None:
    """Send mail again: what is told from now on."""
    with opened_kernel() as kernel, kernel.work(CONSOLE) as work:
        switch_mail(work, on=True)
        known = kernel.settings.smtp_host is not None
    typer.echo("Mail is on." if known else "Mail is on, but OSTIARY_SMTP_HOST is not set here.")


def _plain(mail: Mail) -> dict[str, Any]:
    return {
        "id": mail.id,
        "created_at": _instant(mail.created_at),
        "state": mail.state.value,
        "kind": mail.kind,
        "address": mail.address,
        "user_id": mail.user_id,
        "attempts": mail.attempts,
        "next_attempt_at": _instant(mail.next_attempt_at),
        "sent_at": _instant(mail.sent_at),
        "error": mail.last_error,
    }


def _instant(moment: Any) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"
