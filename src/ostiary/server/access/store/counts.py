"""How much there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from ostiary.server.access.store.keys import entitlement_key
from ostiary.server.access.store.time import grants_at
from ostiary.server.ingest.store import history


def count_holders(
    connection: sa.Connection, entitlement_id: str, *, at: datetime | None = None
) -> int:
    values = {"entitlement": entitlement_key(connection, entitlement_id), "at": at}
    found = grants_at(at, "g.entitlement_id = :entitlement", "", limit=False)
    query = sa.text(f"SELECT count(*) FROM {found} g")  # noqa: S608
    return int(connection.execute(query, values).scalar_one())


def count_by_type(
    connection: sa.Connection, connector_id: str, *, at: datetime | None = None
) -> Mapping[str, Mapping[str, int]]:
    """By kind (resources, accounts, entitlements, grants), then by resource type.

    Every sync records how much there was after it, so that nothing needs to be counted.
    """
    return history.counts(connection, connector_id, at)
