"""Whose accounts are whose, over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import sqlalchemy as sa

from ostiary.server.directory.rules.assembly import Link
from ostiary.server.directory.store.people import Changes
from ostiary.server.directory.store.staging import stage
from ostiary.server.kernel.work import UnitOfWork

_CHANGES: Final = """
CREATE TEMP TABLE owner_changes ON COMMIT DROP AS
SELECT s.resource_id, p.id AS person_id, s.reason, c.id AS closes
FROM staged_owners s
LEFT JOIN people p ON p.public_id = s.person
LEFT JOIN account_owners c ON c.resource_id = s.resource_id AND c.valid_to = 'infinity'
WHERE (p.id, CASE WHEN p.id IS NOT NULL THEN s.reason END)
    IS DISTINCT FROM (c.person_id, c.reason)
"""

_CLOSE: Final = """
UPDATE account_owners o SET valid_to = :now FROM owner_changes c
WHERE o.id = c.closes AND o.valid_from < :now
"""

_SUPERSEDE: Final = """
DELETE FROM account_owners o USING owner_changes c WHERE o.id = c.closes AND o.valid_from = :now
"""

_OPEN: Final = """
INSERT INTO account_owners (resource_id, person_id, reason, valid_from)
SELECT resource_id, person_id, reason, :now FROM owner_changes WHERE person_id IS NOT NULL
"""

_COUNTS: Final = """
SELECT count(*) FILTER (WHERE closes IS NULL), count(*) FILTER (WHERE person_id IS NULL),
    count(*) FILTER (WHERE closes IS NOT NULL AND person_id IS NOT NULL)
FROM owner_changes
"""


def save(unit: UnitOfWork, links: Iterable[tuple[int, Link | None]]) -> Changes:
    """Of these accounts and no others. None: nobody's."""
    rows = ((number, link and link.person, link and link.reason) for number, link in links)
    stage(unit.connection, "staged_owners", "resource_id bigint, person text, reason text", rows)
    unit.connection.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.owner_changes")
    unit.connection.exec_driver_sql(_CHANGES)
    for statement in (_CLOSE, _SUPERSEDE, _OPEN):
        unit.connection.execute(sa.text(statement), {"now": unit.now})
    return Changes(*unit.connection.exec_driver_sql(_COUNTS).one())


def decide(unit: UnitOfWork, resource_id: int, person_id: str | None) -> None:
    """By hand: this person, or nobody; syncs leave it so."""
    _edit(unit, resource_id, {"decided": True, "owner": person_id})


def reset(unit: UnitOfWork, resource_id: int) -> None:
    """Back to what matching finds."""
    _edit(unit, resource_id, {"decided": False, "owner": None})


def _edit(unit: UnitOfWork, resource_id: int, values: Mapping[str, object]) -> None:
    unit.connection.execute(
        sa.text(
            """
            INSERT INTO account_edits (resource_id, owner_decided, owner_user_id)
            VALUES (:id, :decided, :owner)
            ON CONFLICT (resource_id) DO UPDATE
            SET owner_decided = excluded.owner_decided, owner_user_id = excluded.owner_user_id
            """
        ),
        {"id": resource_id, **values},
    )


def set_type(unit: UnitOfWork, resource_id: int, account_type: str) -> None:
    unit.connection.execute(
        sa.text(
            """
            INSERT INTO account_edits (resource_id, account_type) VALUES (:id, :type)
            ON CONFLICT (resource_id) DO UPDATE SET account_type = excluded.account_type
            """
        ),
        {"id": resource_id, "type": account_type},
    )
