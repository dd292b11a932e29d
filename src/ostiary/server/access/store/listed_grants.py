"""Grants as lists of pages show them: in any order, filtered, counted; also those that ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Grant
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import entitlement_key, entitlement_keys_of, resource_keys
from ostiary.server.access.store.time import grants_at, valid
from ostiary.server.catalog.store.asked import containing
from ostiary.server.catalog.store.owned import OWNED
from ostiary.server.catalog.store.tables import joins

_HOLDERS: Final = {
    "d": "JOIN grant_details d ON d.id = g.detail_id",
    "r": "JOIN resources r ON r.id = g.principal_id",
    "t": "JOIN resource_types t ON t.id = r.resource_type_id",
    "v": "LEFT JOIN resource_versions v ON v.resource_id = g.principal_id AND {v}",
    "x": "LEFT JOIN resource_edits x ON x.resource_id = g.principal_id",
}

_HOLDINGS: Final = {
    "d": "JOIN grant_details d ON d.id = g.detail_id",
    "e": "JOIN entitlements e ON e.id = g.entitlement_id",
    "f": "JOIN connector_feeds f ON f.id = e.feed_id",
    "a": "JOIN apps a ON a.id = f.app_id",
    "v": "LEFT JOIN entitlement_versions v ON v.entitlement_id = g.entitlement_id AND {v}",
    "x": "LEFT JOIN entitlement_edits x ON x.entitlement_id = g.entitlement_id",
    "r": "LEFT JOIN resources r ON r.id = v.resource_id",
    "t": "LEFT JOIN resource_types t ON t.id = r.resource_type_id",
    "n": "LEFT JOIN resource_versions n ON n.resource_id = v.resource_id AND {n}",
    "nx": "LEFT JOIN resource_edits nx ON nx.resource_id = v.resource_id",
}

_NAME: Final = "coalesce(x.display_name, v.display_name)"
_RESOURCE: Final = "coalesce(nx.display_name, n.display_name)"
_APP: Final = "coalesce(a.edited_name, a.display_name)"

_ORDERS: Final = {
    "name": f"lower({_NAME})",
    "resource": f"lower({_RESOURCE})",
    "app": f"lower({_APP})",
    "type": "t.external_id",
    "status": "v.status",
    "way": "(NOT d.direct)",
    "since": "g.granted_at",
    "ended": "g.valid_to",
}

_CONTINUED: Final = """
SELECT FROM grants h WHERE h.entitlement_id = g.entitlement_id
    AND h.principal_id = g.principal_id AND h.granted_at = g.granted_at
    AND h.valid_from >= g.valid_to AND h.valid_to {} 'infinity'
"""

ENDED: Final = f"""g.valid_to <> 'infinity'
    AND NOT EXISTS ({_CONTINUED.format("=")}) AND NOT EXISTS ({_CONTINUED.format("<>")})"""
"""A condition on `g`: with this stretch the holding ended. One that only changed is followed by
another one of the same unbroken holding."""


@dataclass(frozen=True)
class GrantFilter:
    """Either of one entitlement, or of all those of a resource, or of what principals hold.

    `ways`: direct, inherited; empty values let everything through. `viewer`: only in apps that
    this user owns.
    """

    entitlement_id: str = ""
    resource_id: str = ""
    principal_ids: Sequence[str] = ()
    query: str = ""
    ways: Sequence[str] = ()
    types: Sequence[str] = ()
    statuses: Sequence[str] = ()
    app_ids: Sequence[str] = ()
    viewer: str | None = None
    ended: bool = False

    @property
    def of_nothing(self) -> bool:
        return not (self.entitlement_id or self.resource_id or self.principal_ids)


@dataclass(frozen=True)
class Order:
    """`column`: name, type, status, way, since, ended; of holdings also resource and app."""

    column: str = "name"
    descending: bool = False

    @property
    def sql(self) -> str:
        direction = "DESC" if self.descending else "ASC"
        return f"{_ORDERS[self.column]} {direction} NULLS LAST, {_ORDERS['name']}, g.id"


@dataclass
class _Query:
    """`others`: what can be joined to the grants `g`."""

    grants: str
    others: Mapping[str, str]
    conditions: list[str] = field(default_factory=lambda: ["true"])
    values: dict[str, Any] = field(default_factory=dict)

    def where(self, condition: str, **values: Any) -> None:
        self.conditions.append(condition)
        self.values |= values

    def text(self, selection: str, rest: str = "") -> sa.TextClause:
        where = f"WHERE {' AND '.join(self.conditions)} {rest}"
        source = f"FROM {self.grants} g {joins(self.others, f'{selection} {where}')}"
        return sa.text(f"SELECT {selection} {source} {where}")


def grants(
    connection: sa.Connection,
    wanted: GrantFilter,
    order: Order,
    *,
    at: datetime | None,
    offset: int,
    size: int,
) -> list[Grant]:
    """Their keys first, then everything about those of one page."""
    query = _query(connection, wanted, at)
    chosen = query.text("g.id", f"ORDER BY {order.sql} LIMIT :size OFFSET :offset")
    values = {**query.values, "size": size, "offset": offset}
    ids = list(connection.scalars(chosen, values))
    found = rows.select(
        connection, "(SELECT * FROM grants WHERE id = ANY(:ids))", "g.id", {"ids": ids}
    )
    place = {number: index for index, number in enumerate(ids)}
    return rows.described(connection, sorted(found, key=lambda row: place[row.id]), at)


def count(connection: sa.Connection, wanted: GrantFilter, *, at: datetime | None) -> int:
    query = _query(connection, wanted, at)
    return int(connection.execute(query.text("count(*)"), query.values).scalar_one())


def kinds(
    connection: sa.Connection, wanted: GrantFilter, *, at: datetime | None
) -> list[tuple[str, str, str]]:
    """What there is to filter holdings by: ids and names of apps, and types of resources."""
    query = _query(connection, wanted, at)
    chosen = query.text(
        f"DISTINCT a.public_id, {_APP} AS name, coalesce(t.external_id, '') AS type",
        "ORDER BY name, type LIMIT 200",
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(chosen, query.values)]


def _query(connection: sa.Connection, wanted: GrantFilter, at: datetime | None) -> _Query:
    values: dict[str, Any] = {"at": at, "viewer": wanted.viewer}
    if wanted.entitlement_id:
        values["entitlement"] = entitlement_key(connection, wanted.entitlement_id)
        where, others = "g.entitlement_id = :entitlement", _HOLDERS
    elif wanted.resource_id:
        values["entitlements"] = entitlement_keys_of(connection, wanted.resource_id)
        where, others = "g.entitlement_id = ANY (:entitlements)", _HOLDERS
    else:
        values["principals"] = resource_keys(connection, wanted.principal_ids)
        where, others = "g.principal_id = ANY(:principals)", _HOLDINGS
    versions = {alias: valid(alias, at) for alias in ("v", "n")}
    query = _Query(
        _ended(where, at) if wanted.ended else grants_at(at, where, "", limit=False),
        {alias: join.format(**versions) for alias, join in others.items()},
        values=values,
    )
    _narrow(query, wanted)
    if others is _HOLDINGS:
        _narrow_holdings(query, wanted, at)
    return query


def _ended(where: str, at: datetime | None) -> str:
    until = "AND g.valid_to <= :at" if at else ""
    return f"(SELECT * FROM grants g WHERE {where} {until} AND {ENDED})"  # noqa: S608


def _narrow(query: _Query, wanted: GrantFilter) -> None:
    if wanted.query:
        query.where(f"{_NAME} ILIKE :containing", containing=containing(wanted.query))
    if len(set(wanted.ways)) == 1:
        query.where("d.direct" if "direct" in wanted.ways else "NOT d.direct")
    if wanted.types:
        query.where("t.external_id = ANY (:types)", types=list(wanted.types))
    if wanted.statuses:
        query.where("v.status = ANY (:statuses)", statuses=list(wanted.statuses))


def _narrow_holdings(query: _Query, wanted: GrantFilter, at: datetime | None) -> None:
    query.where("(a.deleted_at IS NULL OR a.deleted_at > :at)" if at else "a.deleted_at IS NULL")
    if wanted.app_ids:
        query.where("a.public_id = ANY (:apps)", apps=list(wanted.app_ids))
    if wanted.viewer is not None:
        query.where(OWNED)
