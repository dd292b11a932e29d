"""When a mail is tried again, and when it is given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
"""A warning that is older helps nobody (RFC 5321, 4.5.4.1 has servers try for four to five)."""


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    """Nobody wanted it sent: mail was off when it was written, or the recipient is gone."""


class SwitchName(StrEnum):
    OPERATOR = "operator"
    """`ostiary mail off`."""
    SERVER = "server"
    """Whether a worker knows an SMTP server."""


OFF_BECAUSE = {
    SwitchName.OPERATOR: "mail was switched off by an operator",
    SwitchName.SERVER: "no SMTP server is set",
}


def next_attempt(attempts: int, created_at: datetime, now: datetime) -> datetime | None:
    """After `attempts` failures. None: no more."""
    if now - created_at >= GIVE_UP_AFTER:
        return None
    pause = FIRST_PAUSE * (1 << min(attempts - 1, 10))
    return now + min(pause, LONGEST_PAUSE)
