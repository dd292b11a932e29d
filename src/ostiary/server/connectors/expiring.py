"""When a credential's end is near enough to be told, and in which words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

THRESHOLDS = (0, 1, 7, 14, 30)
"""Days before the end; at each of them the owners are told once."""

EXPIRED = "The agent's credential expired"
"""What the last error of a connector begins with that no agent can sign in for."""


class CredentialKind(StrEnum):
    AGENT = "agent"
    """What the connector's agents sign in with here."""
    SOURCE = "source"
    """What the connector signs in with where it syncs from."""


ADVICE = {
    CredentialKind.AGENT: (
        "Rotate the credential on the connector's page and give its agents the new client id and "
        "secret. The old secret works for another hour, unless it has expired."
    ),
    CredentialKind.SOURCE: (
        "Add a new secret or certificate to the application where the connector signs in, and put "
        "it into the connector's settings."
    ),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """A credential that ends within a month, or has ended. `id` names it among all."""

    kind: CredentialKind
    id: str
    name: str
    ends_at: datetime
    threshold: int

    @property
    def expired(self) -> bool:
        return self.threshold == 0


def threshold(ends_at: datetime, now: datetime) -> int | None:
    """The smallest that is reached; None while the end is far."""
    left = ends_at - now
    return next((days for days in THRESHOLDS if left <= timedelta(days=days)), None)


def days_left(ends_at: datetime, now: datetime) -> int:
    """Begun days: 1 on the last one, 0 afterwards."""
    return max(0, -((now - ends_at) // timedelta(days=1)))


def when(ends_at: datetime, now: datetime) -> str:
    days = days_left(ends_at, now)
    return "within a day" if days <= 1 else f"in {days} days"


def moment(instant: datetime) -> str:
    """`2 March 2026, 09:00 UTC`; instants here are in UTC."""
    return f"{instant.day} {instant:%B %Y, %H:%M} UTC"
