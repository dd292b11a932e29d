"""What a held sync would take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ostiary.server.connectors.store.syncs import Sync
from ostiary.server.connectors.views.counts import KINDS
from ostiary.server.ingest.store.history import Record
from ostiary.server.web.components.forms import Confirmation
from ostiary.server.web.moments import counted

WORD: Final = "confirm"


@dataclass(frozen=True)
class Lost:
    """Of one type. `before`: how many there are now."""

    kind: str
    resource_type: str
    before: int
    removed: int
    added: int


@dataclass(frozen=True)
class Loss:
    """`rows` with what is lost most first."""

    reason: str
    rows: list[Lost]
    confirming: Confirmation


def loss(record: Record | None, path: str, sync: Sync) -> Loss:
    """`path` is the connector's. Without a record nobody knows more than the sync's reason."""
    rows = _rows(record) if record else []
    lost = [
        counted(number, title.lower().removesuffix("s"))
        for title in KINDS.values()
        if (number := sum(row.removed for row in rows if row.kind == title))
    ]
    what = lost[-1] if lost else "what is gone"
    confirming = Confirmation(
        key="confirm-drop",
        title=f"Remove {', '.join([*lost[:-1], what])}",
        text="The sync is applied as it is, and the connector goes on. What was true until now "
        "stays in the history. Confirm only if they are really gone from the source.",
        verb=f"Confirm removal of {what}",
        action=f"{path}/held/confirm",
        word=WORD,
        hidden=(("sync_id", sync.id),),
    )
    return Loss(sync.error, rows, confirming)


def _rows(record: Record) -> list[Lost]:
    """A held record counts what is there before it."""
    rows = [
        Lost(title, name, record.counts.get(kind, {}).get(name, 0), delta.removed, delta.added)
        for kind, title in KINDS.items()
        for name, delta in record.deltas.get(kind, {}).items()
        if delta.removed
    ]
    return sorted(rows, key=lambda row: -row.removed)
