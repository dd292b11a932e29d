"""Sending what is in the outbox.

A mail is locked from before it is handed over until that is written down, so no two workers send
the same one. When a worker dies in between, the next one sends it again with the same Message-ID:
SMTP has no way to ask whether a message arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from enum import Enum, auto

import structlog

from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel, UnitOfWork
from ostiary.server.notify import actions, store, transport
from ostiary.server.notify.rendering import compose, render
from ostiary.server.notify.rules import OFF_BECAUSE, MailState, SwitchName, next_attempt
from ostiary.server.notify.store import Mail
from ostiary.server.notify.templates import TEMPLATES, Kind

log = structlog.get_logger("ostiary.server.mail")


class Ended(Enum):
    SETTLED = auto()
    """Sent, failed or suppressed, or not to be sent now."""
    LATER = auto()
    UNREACHABLE = auto()
    """Others need not try now."""


def deliver(kernel: Kernel, mail_id: str) -> Ended:
    """Sends one mail if its time has come and nobody else is sending it. Blocks while it does."""
    with kernel.work(SYSTEM) as work:
        mail = store.lock_due(work.connection, mail_id, work.now)
        if mail is None:
            return Ended.SETTLED
        if reason := _why_not(work, mail, kernel.settings):
            _settle(work, mail, MailState.SUPPRESSED, reason)
            return Ended.SETTLED
        return _attempt(work, mail, kernel.settings)


def _why_not(work: UnitOfWork, mail: Mail, settings: Settings) -> str:
    if settings.smtp_host is None:
        actions.note_server(work, known=False)
        return OFF_BECAUSE[SwitchName.SERVER]
    for switch in store.switches(work.connection):
        if not switch.on or switch.since > mail.created_at:
            return OFF_BECAUSE[switch.name]
    if not store.reachable(work.connection, [mail.user_id]):
        return "the recipient is disabled or has no address"
    return ""


def _attempt(work: UnitOfWork, mail: Mail, settings: Settings) -> Ended:
    [recipient] = store.reachable(work.connection, [mail.user_id])
    try:
        message = _written(
            settings, recipient.address, Kind(mail.kind), mail.context, mail.id, mail.created_at
        )
        transport.send(settings, message)
    except transport.LaterError as error:
        _put_off(work, mail, str(error))
        gone = isinstance(error, transport.UnreachableError)
        return Ended.UNREACHABLE if gone else Ended.LATER
    except transport.RefusedError as error:
        _settle(work, mail, MailState.FAILED, str(error), address=recipient.address)
    except (KeyError, ValueError) as error:
        # written by another version, or to something that is no address; others must still go out
        _settle(work, mail, MailState.FAILED, f"it cannot be written: {error}")
    else:
        _settle(work, mail, MailState.SENT, "", address=recipient.address, sent_at=work.now)
    return Ended.SETTLED


def send_test(work: UnitOfWork, settings: Settings, address: str) -> None:
    """Hands a mail over at once, past the outbox. AddressError, RefusedError or LaterError."""
    work.audit("notify.mail.test", "mail", address, None, {"address": address})
    context = {"by": work.actor.name}
    transport.send(
        settings, _written(settings, address, Kind.TEST, context, work.new_id(), work.now)
    )


def _written(
    settings: Settings,
    address: str,
    kind: Kind,
    context: Mapping[str, object],
    mail_id: str,
    at: datetime,
) -> EmailMessage:
    """The same for every attempt, so that a server that gets it twice can tell."""
    assert settings.mail_from is not None
    return compose(
        render(TEMPLATES[kind], context, settings.link_base),
        sender=settings.mail_from,
        to=address,
        message_id=f"{mail_id}@{settings.mail_from.rpartition('@')[2]}",
        at=at,
    )


def _put_off(work: UnitOfWork, mail: Mail, error: str) -> None:
    following = next_attempt(mail.attempts + 1, mail.created_at, work.now)
    if following is None:
        _settle(work, mail, MailState.FAILED, error)
        return
    log.warning("mail.put_off", mail=mail.id, error=error, until=following.isoformat())
    store.update(
        work.connection,
        mail.key,
        attempts=mail.attempts + 1,
        next_attempt_at=following,
        last_error=error,
    )


def _settle(work: UnitOfWork, mail: Mail, state: MailState, error: str, **values: object) -> None:
    tried = state is not MailState.SUPPRESSED
    log.log(30 if error else 20, f"mail.{state}", mail=mail.id, kind=mail.kind, error=error)
    store.update(
        work.connection,
        mail.key,
        state=state,
        attempts=mail.attempts + tried,
        next_attempt_at=None,
        last_error=error,
        **values,
    )
