"""Rows of grants with everything that a reader wants to see of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import EntitlementRef, Grant, ResourceRef, Source

COLUMNS: Final = """
    g.id, g.feed_id, g.entitlement_id, g.principal_id, g.granted_at, g.valid_from,
    nullif(g.valid_to, 'infinity') AS valid_to, d.direct, d.sources, d.immutable_reason, d.metadata
"""


def select(
    connection: sa.Connection, subquery: str, order: str, values: dict[str, Any]
) -> Sequence[Any]:
    """Rows of `COLUMNS` from a subquery over all columns of `grants`."""
    query = sa.text(
        f"SELECT {COLUMNS} FROM {subquery} g "  # noqa: S608
        f"JOIN grant_details d ON d.id = g.detail_id ORDER BY {order}"
    )
    return connection.execute(query, values).all()


def stretches(connection: sa.Connection, entitlement: int, principal: int) -> Sequence[Any]:
    """Rows of `COLUMNS` of one grant, the oldest first."""
    of_one = (
        "SELECT * FROM grants WHERE entitlement_id = :entitlement AND principal_id = :principal"
    )
    both = f"({of_one} AND valid_to <> 'infinity' UNION ALL {of_one} AND valid_to = 'infinity')"
    values = {"entitlement": entitlement, "principal": principal}
    return select(connection, both, "g.valid_from", values)


@dataclass(frozen=True)
class Names:
    """What grants and paths consist of, by internal id."""

    entitlements: Mapping[int, EntitlementRef]
    resources: Mapping[int, ResourceRef]


def described(connection: sa.Connection, rows: Sequence[Any], at: datetime | None) -> list[Grant]:
    """Rows of `COLUMNS` as grants, with the names that were true at the instant."""
    sources = sources_of(connection, rows)
    held = {row.entitlement_id for row in rows} | set(sources.values())
    known = names(connection, held, {row.principal_id for row in rows}, at)
    return [grant(row, sources, known) for row in rows]


def grant(row: Any, sources: Mapping[tuple[int, str], int], known: Names) -> Grant:
    """A row of `COLUMNS`, where all its names are known."""
    entitlement = known.entitlements[row.entitlement_id]
    return Grant(
        id=str(row.id),
        entitlement=entitlement,
        principal=known.resources[row.principal_id],
        direct=row.direct,
        sources=[
            Source(known.entitlements[sources[row.feed_id, name]], is_direct)
            for name, is_direct in sorted((row.sources or {}).items())
            if (row.feed_id, name) in sources
        ],
        immutable_reason=_reason(row, entitlement),
        immutable_code=_code(row, entitlement),
        metadata=row.metadata or {},
        granted_at=row.granted_at,
        since=row.valid_from,
        ended_at=row.valid_to,
    )


def _reason(row: Any, entitlement: EntitlementRef) -> str | None:
    """What the grant itself says, else its entitlement: of a dynamic group nobody can be taken."""
    return row.immutable_reason or entitlement.immutable_reason or row.immutable_reason


def _code(row: Any, entitlement: EntitlementRef) -> str | None:
    if entitlement.immutable_code is not None or row.immutable_reason is None:
        return entitlement.immutable_code
    return "other" if row.direct else "inherited"


def sources_of(connection: sa.Connection, rows: Sequence[Any]) -> dict[tuple[int, str], int]:
    """Ids of entitlements by feed and the id that the connector gave them."""
    named = {(row.feed_id, name) for row in rows for name in row.sources or ()}
    found: dict[tuple[int, str], int] = {}
    for feed in {feed for feed, _ in named}:
        names = [name for of, name in named if of == feed]
        found.update(
            {(feed, name): number for name, number in by_name(connection, feed, names).items()}
        )
    missing = named - found.keys()
    return found | (by_public_id(connection, missing) if missing else {})


def by_name(connection: sa.Connection, feed: int, names: Iterable[str]) -> dict[str, int]:
    """Ids of a feed's entitlements by the ids that the connector gave them."""
    query = sa.text(
        "SELECT external_id, id FROM entitlements "
        "WHERE feed_id = :feed AND external_id = ANY(:names)"
    )
    rows = connection.execute(query, {"feed": feed, "names": list(names)})
    return {row.external_id: row.id for row in rows}


def by_public_id(
    connection: sa.Connection, named: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    """Under feeds of apps' own, what grants come from has other feeds, and is named by our ids."""
    query = sa.text(
        "SELECT f.id AS feed, e.public_id, e.id FROM connector_feeds f "
        "JOIN apps a ON a.public_id = f.connector_id CROSS JOIN entitlements e "
        "WHERE f.id = ANY (:feeds) AND e.public_id = ANY (:names)"
    )
    wanted = set(named)
    values = {"feeds": [feed for feed, _ in wanted], "names": [name for _, name in wanted]}
    return {
        (row.feed, row.public_id): row.id
        for row in connection.execute(query, values)
        if (row.feed, row.public_id) in wanted
    }


def names(
    connection: sa.Connection, held: Iterable[int], others: Iterable[int], at: datetime | None
) -> Names:
    """Under the names they had then, of entitlements and what they belong to, and of other
    resources; what was not there then, under its last one."""
    query = sa.text(
        f"""
        SELECT e.id, e.public_id, e.external_id, v.resource_id,
            coalesce(x.display_name, v.display_name) AS display_name,
            coalesce(x.slug, v.slug) AS slug, v.immutable_reason,
            CASE WHEN v.immutable_reason IS NOT NULL
                THEN coalesce(v.immutable_code, 'other') END AS immutable_code
        FROM entitlements e
        JOIN LATERAL ({_version("entitlement_versions", "entitlement_id", "e.id", at)}) v ON true
        LEFT JOIN entitlement_edits x ON x.entitlement_id = e.id
        WHERE e.id = ANY(:ids)
        """  # noqa: S608
    )
    rows = connection.execute(query, {"ids": list(held), "at": at}).all()
    found = _resources(connection, {*others, *(row.resource_id for row in rows)}, at)
    entitlements = {
        row.id: EntitlementRef(
            row.public_id,
            row.external_id,
            row.display_name,
            row.slug,
            found[row.resource_id],
            row.immutable_reason,
            row.immutable_code,
        )
        for row in rows
    }
    return Names(entitlements, found)


def _resources(
    connection: sa.Connection, ids: Iterable[int], at: datetime | None
) -> dict[int, ResourceRef]:
    query = sa.text(
        f"""
        SELECT r.id, r.public_id, t.external_id AS type, r.external_id, v.status,
            coalesce(x.display_name, v.display_name, r.external_id) AS display_name
        FROM resources r JOIN resource_types t ON t.id = r.resource_type_id
        LEFT JOIN LATERAL ({_version("resource_versions", "resource_id", "r.id", at)}) v ON true
        LEFT JOIN resource_edits x ON x.resource_id = r.id
        WHERE r.id = ANY(:ids)
        """  # noqa: S608
    )
    rows = connection.execute(query, {"ids": list(ids), "at": at})
    return {
        row.id: ResourceRef(
            row.public_id, row.type, row.external_id, row.display_name, row.status or "unspecified"
        )
        for row in rows
    }


def _version(table: str, key: str, value: str, at: datetime | None) -> str:
    """The version of the instant; of what was not there then, the last one before or after."""
    then = "(w.valid_from <= :at) DESC, " if at else ""
    return (
        f"SELECT * FROM {table} w WHERE w.{key} = {value} "  # noqa: S608
        f"ORDER BY {then}w.valid_from DESC LIMIT 1"
    )
