"""The audit log: every entry carries a hash of itself and of all entries before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from ostiary.server.kernel.actor import Actor
from ostiary.server.kernel.model import audit_entries, audit_head
from ostiary.server.kernel.redaction import redacted

State = Mapping[str, Any] | None


@dataclass(frozen=True)
class Entry:
    """`before` and `after` hold what JSON can say; None where there was, or is, nothing."""

    at: datetime
    actor: Actor
    action: str
    object_type: str
    object_id: str
    before: State
    after: State
    request_id: str


def append(connection: sa.Connection, entries: Sequence[Entry]) -> None:
    """Last thing before a commit: from here on all other writers wait for this transaction."""
    if not entries:
        return
    head = connection.execute(
        sa.select(audit_head.c.sequence, audit_head.c.hash).with_for_update()
    ).one()
    rows = list(_chained(head.sequence, head.hash, entries))
    connection.execute(audit_entries.insert(), rows)
    connection.execute(
        audit_head.update().values(sequence=rows[-1]["sequence"], hash=rows[-1]["hash"])
    )


def _chained(sequence: int, link: bytes, entries: Iterable[Entry]) -> Iterable[dict[str, Any]]:
    for number, entry in enumerate(entries, start=sequence + 1):
        row = _row(number, entry)
        link = row_hash(link, row)
        yield {**row, "hash": link}


def _row(sequence: int, entry: Entry) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "at": entry.at,
        "actor_kind": entry.actor.kind,
        "actor_id": _storable(entry.actor.id),
        "actor_name": _storable(entry.actor.name),
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": _storable(entry.object_id),
        "before": _state(entry.before),
        "after": _state(entry.after),
        "request_id": _storable(entry.request_id),
    }


def row_hash(previous: bytes, row: Mapping[str, Any]) -> bytes:
    """SHA-256 over the previous hash and the row, without its own, as canonical JSON."""
    body = {name: value for name, value in row.items() if name != "hash"}
    body["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(previous + canonical(body).encode()).digest()


def canonical(value: Any) -> str:
    """One spelling per value: sorted names, no spaces, ASCII. ValueError for NaN and infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _state(state: State) -> Any:
    return None if state is None else plain(redacted(dict(state)))


def plain(value: Any) -> Any:
    """What JSON can hold and gives back equal. TypeError for what has no obvious form."""
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case UUID() | Decimal():
            return str(value)
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case set() | frozenset():
            return sorted(plain(inner) for inner in value)
        case list() | tuple():
            return [plain(inner) for inner in value]
    raise TypeError(f"the audit log cannot hold a {type(value).__name__}")


def _storable(text: str) -> str:
    """PostgreSQL has no room for NUL, UTF-8 none for lone surrogates."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
