"""People, and services that sign in, as clients ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.directory.rules.subjects import Person
from ostiary.server.directory.store.everybody import Everybody, PersonFilter
from ostiary.server.directory.store.people import person_of


@dataclass(frozen=True)
class Found:
    """`kind` is human or service; `status` tells whether they can use the server at all, and
    `directory_status` what directories say, which is unknown of who is in none."""

    person: Person
    kind: str
    origin: str
    status: str
    directory_status: str
    directory_ids: Sequence[str]
    role_ids: Sequence[str]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    sort_name: str


_RELATED: Final = """
SELECT e.*,
    ARRAY(SELECT r.role_id FROM user_roles r WHERE r.user_id = e.user_id ORDER BY 1) AS role_ids,
    ARRAY(SELECT DISTINCT a.public_id FROM account_owners o
        JOIN resources r ON r.id = o.resource_id
        JOIN resource_versions rv ON rv.resource_id = r.id AND rv.valid_to = 'infinity'
        JOIN connector_feeds f ON f.id = r.feed_id
        JOIN directories d ON d.app_id = f.app_id JOIN apps a ON a.id = f.app_id
        WHERE o.person_id = e.person_id AND o.valid_to = 'infinity' AND o.reason <> 'manual'
        ORDER BY 1) AS directory_ids
FROM found e ORDER BY e.sort_name, e.public_id
"""


def people(
    connection: sa.Connection, wanted: PersonFilter, after: Sequence[Any] | None, limit: int
) -> list[Found]:
    """By name; `after` is the name in lower case and the public id of the last one seen."""
    everybody = Everybody(wanted, None)
    if after is not None:
        # the first of them says nothing new, but the index by name understands it
        everybody.where("e.sort_name >= :after_name", after_name=after[0])
        everybody.where("(e.sort_name, e.public_id) > (:after_name, :after_id)", after_id=after[1])
    query = f"WITH found AS ({everybody.first('e.sort_name, e.public_id')}) {_RELATED}"
    values = {**everybody.values, "size": limit, "offset": 0}
    return [_found(row) for row in connection.execute(sa.text(query), values)]


def find(connection: sa.Connection, public_id: str) -> Found | None:
    return next(iter(people(connection, PersonFilter(ids=[public_id]), None, 1)), None)


def _found(row: sa.Row[Any]) -> Found:
    return Found(
        person=person_of(row),
        kind=row.kind,
        origin=row.origin,
        status=row.user_status,
        directory_status=row.status,
        directory_ids=row.directory_ids,
        role_ids=row.role_ids,
        created_at=row.created_at,
        updated_at=row.updated_at,
        deleted_at=row.deleted_at,
        sort_name=row.sort_name,
    )
