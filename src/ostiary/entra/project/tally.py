"""Counting what is left out of the file, and why: nothing is dropped in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ostiary.connector.connector import Note
from ostiary.entra.image import Kind

VANISHED = "vanished while the tenant was being read; the next sync settles it"
NOT_SYNCED = "not a kind of principal that is synced"
ON_PREM = "hidden by --skip-ad-groups; --include-on-prem-group-members shows them"
AD_GROUP = "synced from Active Directory; left out by --skip-ad-groups"
UNASSIGNED = "nobody is assigned to them; left out by --skip-unassigned-apps"

_NAMES = {
    Kind.DEVICE: "devices as members or owners",
    Kind.CONTACT: "contacts as members or owners",
}


class Tally:
    """What was left out, by subject and reason."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, subject: str, reason: str, count: int = 1) -> None:
        self._counts[subject, reason] += count

    def not_a_principal(self, kind: Kind) -> None:
        """A link or assignment whose end is of a kind we do not sync."""
        self.add(_NAMES.get(kind, "other directory objects"), NOT_SYNCED)

    def notes(self) -> Sequence[Note]:
        return [
            Note(count, subject, reason)
            for (subject, reason), count in sorted(self._counts.items())
            if count
        ]
