"""Mails as a list, and the form that tests whether they are taken."""

from __future__ import annotations

from typing import Final

from ostiary.server.kernel.settings import Settings
from ostiary.server.notify.rules import MailState
from ostiary.server.notify.store import Mail
from ostiary.server.notify.transport import LaterError, RefusedError, UnreachableError
from ostiary.server.web.components.cells import (
    NONE,
    Chip,
    Moment,
    Text,
    text,
)
from ostiary.server.web.components.forms import Field, Form
from ostiary.server.web.components.tables import Column, Empty, Filter, List

_MAIL_STATES: Final = {
    MailState.QUEUED: Chip("Waiting", "clock"),
    MailState.SENT: Chip("Sent", "circle-check"),
    MailState.FAILED: Chip("Failed", "circle-x", "danger"),
    MailState.SUPPRESSED: Chip("Not sent", "ban", "person"),
}


def test_form(address: str) -> Form:
    field = Field("address", "To", "email", address, "Who gets it.", required=True)
    return Form("/settings/mail/test", [field], "Send test mail")


def mails() -> List[Mail]:
    return List[Mail](
        name="mails",
        noun="mail",
        columns=(
            Column("name", "To", lambda each: Text(each.address), sortable=False),
            Column(
                "kind", "About", lambda each: Text(each.kind.replace("_", " ")), False, card=True
            ),
            Column("state", "State", lambda each: _MAIL_STATES[each.state], False, card=True),
            Column("at", "Written", lambda each: Moment(each.created_at), False, card=True),
            Column("sent", "Sent", lambda each: Moment(each.sent_at, NONE), False),
            Column("error", "What went wrong", lambda each: text(each.last_error), False),
        ),
        key=lambda each: each.id,
        filters=(
            Filter(
                "state", "State", [(state.value, _MAIL_STATES[state].word) for state in MailState]
            ),
        ),
        empty=Empty(
            "No mail yet",
            "Mails are written when somebody has to know something.",
            icon="info-circle",
        ),
    )


def not_taken(error: LaterError | RefusedError, settings: Settings) -> str:
    """What happened to the test, with the server's own words, and what to do."""
    host, port = settings.smtp_address
    if isinstance(error, UnreachableError):
        return (
            f"The mail server {host}:{port} takes no mail: {error}. Check the settings above where "
            "the server is started."
        )
    if isinstance(error, RefusedError):
        return f"The mail server {host}:{port} refused the mail: {error}."
    return f"The mail server {host}:{port} did not take the mail now: {error}. Try again later."
