"""Telling people something by mail. This is what other slices call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ostiary.server.kernel.database import Connection
from ostiary.server.kernel.work import UnitOfWork
from ostiary.server.notify import store
from ostiary.server.notify.rules import OFF_BECAUSE, MailState, SwitchName
from ostiary.server.notify.store import Recipient
from ostiary.server.notify.templates import TEMPLATES, Kind

DELIVER: Final = "notify.deliver"
"""The job that sends one mail."""


def tell(
    work: UnitOfWork,
    recipients: Iterable[str],
    kind: Kind,
    context: Mapping[str, str],
    *,
    once: str | None = None,
) -> int:
    """One mail to each of these users, if and when the unit of work commits.

    Users who are disabled or have no address are left out; `first_reachable` finds others in their
    place. With `once`, nobody ever gets a second mail with the same key. `context` has the values
    of the kind's template. Returns how many mails there are; those that are never sent because
    mail is off count as well.
    """
    missing = TEMPLATES[kind].fields - context.keys()
    if missing:
        raise ValueError(f"a mail {kind} needs {', '.join(sorted(missing))}")
    off = [each.name for each in store.switches(work.connection) if not each.on]
    reason = OFF_BECAUSE[off[0]] if off else ""
    added = 0
    for recipient in store.reachable(work.connection, recipients):
        added += _write(work, recipient, kind, context, once, reason)
    return added


def first_reachable(connection: Connection, *choices: Iterable[str]) -> list[str]:
    """The users of the first choice in which somebody can be mailed; else Super Administrators."""
    for choice in choices:
        if found := store.reachable(connection, choice):
            return [recipient.user_id for recipient in found]
    return [recipient.user_id for recipient in store.super_administrators(connection)]


def switch_mail(work: UnitOfWork, *, on: bool) -> bool:
    """The operator's switch. What is written while it is off is never sent, also not later.

    False when it stood so already.
    """
    changed = store.set_switch(work.connection, SwitchName.OPERATOR, work.now, on=on)
    if changed:
        work.audit("notify.mail.switch", "mail", "operator", {"on": not on}, {"on": on})
    return changed


def note_server(work: UnitOfWork, *, known: bool) -> None:
    """Whether there is an SMTP server to send through, as a worker finds it set."""
    store.set_switch(work.connection, SwitchName.SERVER, work.now, on=known)


def _write(
    work: UnitOfWork,
    recipient: Recipient,
    kind: Kind,
    context: Mapping[str, str],
    once: str | None,
    off_because: str,
) -> bool:
    mail_id = work.new_id()
    added = store.add(
        work.connection,
        public_id=mail_id,
        user_id=recipient.user_id,
        address=recipient.address,
        kind=kind,
        context={name: value.replace("\x00", "\ufffd") for name, value in context.items()},
        once=once,
        state=MailState.SUPPRESSED if off_because else MailState.QUEUED,
        created_at=work.now,
        next_attempt_at=None if off_because else work.now,
        last_error=off_because,
    )
    if added and not off_because:
        work.defer(DELIVER, mail_id=mail_id)
    return added
