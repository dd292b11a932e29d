"""All SQL about the system log as people read it, and about proofs of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.kernel.audit_log import Anchor, Verdict
from ostiary.server.kernel.model import audit_entries
from ostiary.server.systemlog.model import audit_verifications
from ostiary.server.systemlog.rules import Verification

MOST_COUNTED: Final = 10_000
MOST_CHOICES: Final = 200

_DISTINCT: Final = """
WITH RECURSIVE found AS (
    (SELECT {column} AS value FROM audit_entries ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT e.{column} FROM audit_entries e WHERE e.{column} > f.value
        ORDER BY e.{column} LIMIT 1)
    FROM found f WHERE f.value IS NOT NULL
)
SELECT value FROM found WHERE value IS NOT NULL LIMIT :most
"""
"""One step in the index for each value, however many entries have it."""

_ACTORS: Final = f"""
SELECT n.value AS id, e.actor_name AS name
FROM ({_DISTINCT.format(column="actor_id")}) n
CROSS JOIN LATERAL (SELECT actor_name FROM audit_entries WHERE actor_id = n.value
    ORDER BY sequence DESC LIMIT 1) e
ORDER BY lower(e.actor_name), n.value
"""  # noqa: S608


@dataclass(frozen=True)
class LogEntry:
    """`before` and `after`: None where there was, or is, nothing."""

    sequence: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    object_type: str
    object_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    request_id: str
    hash: bytes


@dataclass(frozen=True)
class Asked:
    """What is empty lets everything through. `until` is exclusive, `object_id` the whole id."""

    actors: Sequence[str] = ()
    actions: Sequence[str] = ()
    object_types: Sequence[str] = ()
    object_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def read(
    connection: sa.Connection, asked: Asked, *, ascending: bool, offset: int, size: int
) -> list[LogEntry]:
    """In the order in which they were written."""
    sequence = audit_entries.c.sequence
    query = sa.select(audit_entries).where(*_conditions(connection, asked))
    query = query.order_by(sequence if ascending else sequence.desc())
    rows = connection.execute(query.limit(size).offset(offset))
    return [LogEntry(**row._mapping) for row in rows]


def count(connection: sa.Connection, asked: Asked) -> int:
    """No farther than one beyond `MOST_COUNTED`."""
    matching = sa.select(audit_entries.c.sequence).where(*_conditions(connection, asked))
    limited = matching.limit(MOST_COUNTED + 1).subquery()
    return int(connection.execute(sa.select(sa.func.count()).select_from(limited)).scalar_one())


def total(connection: sa.Connection, until: datetime | None) -> int:
    """All entries have consecutive numbers."""
    sequence = audit_entries.c.sequence
    if until is None:
        return connection.scalar(sa.select(sa.func.max(sequence))) or 0
    newest = sa.select(sequence).where(audit_entries.c.at < until)
    return connection.scalar(newest.order_by(audit_entries.c.at.desc(), sequence.desc())) or 0


def find(connection: sa.Connection, sequence: int) -> LogEntry | None:
    query = sa.select(audit_entries).where(audit_entries.c.sequence == sequence)
    row = connection.execute(query).one_or_none()
    return None if row is None else LogEntry(**row._mapping)


def actions(connection: sa.Connection) -> list[str]:
    return _distinct(connection, "action")


def object_types(connection: sa.Connection) -> list[str]:
    return _distinct(connection, "object_type")


def actors(connection: sa.Connection) -> list[tuple[str, str]]:
    """Ids with their latest names."""
    rows = connection.execute(sa.text(_ACTORS), {"most": MOST_CHOICES})
    return [(row.id, row.name or row.id) for row in rows]


def add(connection: sa.Connection, now: datetime, asked_by: str) -> int:
    """The key of a verification that is to be done."""
    statement = audit_verifications.insert().values(asked_at=now, asked_by=asked_by)
    return int(connection.scalar(statement.returning(audit_verifications.c.id)) or 0)


def finish(connection: sa.Connection, key: int, verdict: Verdict, now: datetime) -> None:
    values = {
        "finished_at": now,
        "entries": verdict.entries,
        "sequence": verdict.head.sequence,
        "hash": verdict.head.hash,
        "problems": list(verdict.problems),
    }
    table = audit_verifications
    connection.execute(table.update().where(table.c.id == key).values(**values))


def latest(connection: sa.Connection) -> Verification | None:
    """Finished or not."""
    return _one(connection, sa.true())


def latest_finished(connection: sa.Connection) -> Verification | None:
    return _one(connection, audit_verifications.c.finished_at.is_not(None))


def latest_whole(connection: sa.Connection) -> Verification | None:
    """The last one that found nothing wrong."""
    nothing = sa.func.jsonb_array_length(audit_verifications.c.problems) == 0
    return _one(connection, sa.and_(audit_verifications.c.finished_at.is_not(None), nothing))


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Verification | None:
    query = sa.select(audit_verifications).where(condition)
    row = connection.execute(query.order_by(audit_verifications.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    head = None if row.sequence is None else Anchor(row.sequence, row.hash)
    return Verification(
        row.asked_at, row.asked_by, row.finished_at, row.entries, head, tuple(row.problems)
    )


def _distinct(connection: sa.Connection, column: str) -> list[str]:
    query = sa.text(_DISTINCT.format(column=column))
    return list(connection.scalars(query, {"most": MOST_CHOICES}))


def _conditions(connection: sa.Connection, asked: Asked) -> list[sa.ColumnElement[bool]]:
    table = audit_entries.c
    types = asked.object_types
    if asked.object_id and not types:
        types = object_types(connection)  # the index of objects begins with their type
    among = ((table.actor_id, asked.actors), (table.action, asked.actions))
    conditions: list[sa.ColumnElement[bool]] = [
        column.in_(list(values)) for column, values in among if values
    ]
    if types:
        conditions.append(table.object_type.in_(list(types)))
    if asked.object_id:
        conditions.append(table.object_id == asked.object_id)
    if asked.since:
        conditions.append(table.at >= asked.since)
    if asked.until:
        conditions.append(table.at < asked.until)
    return conditions
