"""How many people there are."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from ostiary.server.catalog.store.asked import NOW, THEN

_PEOPLE: Final = "SELECT count(*) FROM person_versions v WHERE {} AND v.status <> 'deleted'"


def people(connection: sa.Connection, at: datetime | None = None) -> int:
    """`at`: None is now."""
    query = sa.text(_PEOPLE.format((NOW if at is None else THEN).format("v")))
    return int(connection.execute(query, {"at": at}).scalar_one())
