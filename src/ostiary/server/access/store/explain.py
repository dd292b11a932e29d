"""Through which groups somebody holds something."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Explanation, Grant, Step
from ostiary.server.access.rules import Edge, Paths, find_paths
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import entitlement_key
from ostiary.server.access.store.rows import Names
from ostiary.server.access.store.time import grants_at, valid
from ostiary.server.kernel.errors import not_found

_HELD: Final = """
SELECT g.entitlement_id, g.feed_id, d.direct, d.sources, v.resource_id, e.external_id,
    e.feed_id AS named_in
FROM {grants} g JOIN grant_details d ON d.id = g.detail_id
JOIN entitlements e ON e.id = g.entitlement_id
JOIN entitlement_versions v ON v.entitlement_id = g.entitlement_id AND {version}
"""

_EDGES: Final = """
SELECT g.entitlement_id, g.feed_id, g.principal_id, d.expands
FROM {grants} g JOIN grant_details d ON d.id = g.detail_id
"""

_PRINCIPAL: Final = """
SELECT r.id, t.external_id AS type
FROM resources r JOIN resource_types t ON t.id = r.resource_type_id
WHERE r.public_id = :id
"""


@dataclass
class _Holdings:
    """What one principal holds: ids of entitlements, and of the resources they belong to. `names`:
    by feed and the id that the connector gave."""

    direct: set[int] = field(default_factory=set)
    resource: dict[int, int] = field(default_factory=dict)
    sources: dict[int, dict[str, bool]] = field(default_factory=dict)
    feeds: set[int] = field(default_factory=set)
    names: dict[tuple[int, str], int] = field(default_factory=dict)


def explain(
    connection: sa.Connection, entitlement_id: str, principal_id: str, *, at: datetime | None = None
) -> Explanation:
    """Every path by which the principal holds the entitlement; no grant when they do not."""
    return explain_with_history(connection, entitlement_id, principal_id, at=at)[0]


def explain_with_history(
    connection: sa.Connection, entitlement_id: str, principal_id: str, *, at: datetime | None = None
) -> tuple[Explanation, list[Grant]]:
    """Also every stretch of time in which the principal held it, the oldest first."""
    entitlement = entitlement_key(connection, entitlement_id)
    principal, kind = _principal(connection, principal_id)
    stretches = rows.stretches(connection, entitlement, principal)
    sources = rows.sources_of(connection, stretches)
    paths, holdings = Paths([], complete=True), _Holdings()
    current = next((row for row in stretches if _holds(row, at)), None)
    if current is not None:
        holdings = _holdings(connection, principal, at)
        edges = _edges(connection, entitlement, kind, holdings, at)
        paths = find_paths(entitlement, holdings.direct, edges)
    passed = {one for path in paths.found for one in path}
    groups = {holdings.resource[one] for one in passed}
    known = rows.names(
        connection, {entitlement, *sources.values(), *passed}, {principal, *groups}, at
    )
    grants = {row.id: rows.grant(row, sources, known) for row in stretches}
    told = Explanation(
        grants[current.id] if current is not None else None,
        _steps(paths.found, holdings, known),
        complete=paths.complete,
    )
    return told, list(grants.values())


def _principal(connection: sa.Connection, public_id: str) -> tuple[int, str]:
    row = connection.execute(sa.text(_PRINCIPAL), {"id": public_id}).first()
    if row is None:
        raise not_found(f"There is no account or resource {public_id}.")
    return row.id, row.type


def _holds(row: Any, at: datetime | None) -> bool:
    if at is None:
        return row.valid_to is None
    return bool(row.valid_from <= at and (row.valid_to is None or row.valid_to > at))


def _holdings(connection: sa.Connection, principal: int, at: datetime | None) -> _Holdings:
    query = _HELD.format(
        grants=grants_at(at, "g.principal_id = :principal", "", limit=False),
        version=valid("v", at),
    )
    holdings = _Holdings()
    for row in connection.execute(sa.text(query), {"principal": principal, "at": at}):
        holdings.feeds.add(row.feed_id)
        holdings.names[row.named_in, row.external_id] = row.entitlement_id
        holdings.resource[row.entitlement_id] = row.resource_id
        holdings.sources[row.entitlement_id] = row.sources or {}
        if row.direct:
            holdings.direct.add(row.entitlement_id)
    return holdings


def _edges(
    connection: sa.Connection,
    target: int,
    principal_type: str,
    holdings: _Holdings,
    at: datetime | None,
) -> dict[int, list[Edge]]:
    """The edges that the principal passes on the way to the target."""
    names = dict(holdings.names)
    told = {
        (feed, name) for of in holdings.sources.values() for name in of for feed in holdings.feeds
    }
    if unknown := told - names.keys():
        names |= rows.by_public_id(connection, unknown)
    leading = _leading(connection, principal_type, holdings, names, at)
    edges: dict[int, list[Edge]] = defaultdict(list)
    level, seen = {target}, {target}
    while level:
        for entitlement in level:
            edges[entitlement] = leading[entitlement]
            _trust_sources(entitlement, edges, holdings, names)
        level = {edge.source for entitlement in level for edge in edges[entitlement]} - seen
        seen |= level
    return edges


def _leading(
    connection: sa.Connection,
    principal_type: str,
    holdings: _Holdings,
    names: dict[tuple[int, str], int],
    at: datetime | None,
) -> dict[int, list[Edge]]:
    """Every edge between things that the principal holds, by what it leads to."""
    edges: dict[int, list[Edge]] = defaultdict(list)
    for row in _expanding(connection, holdings, at):
        if row.expands["types"] and principal_type not in row.expands["types"]:
            continue
        for name in row.expands["entitlements"]:
            source = names.get((row.feed_id, name))
            if source in holdings.resource:
                edge = Edge(source, row.principal_id, row.expands["shallow"])
                edges[row.entitlement_id].append(edge)
    return edges


def _expanding(connection: sa.Connection, holdings: _Holdings, at: datetime | None) -> Any:
    """Grants that are passed on, on what the principal holds to groups of which they hold
    something."""
    where = "g.entitlement_id = ANY(:held) AND g.principal_id = ANY(:groups) AND g.passed_on"
    query = _EDGES.format(grants=grants_at(at, where, "", limit=False))
    groups = list(set(holdings.resource.values()))
    values = {"held": list(holdings.resource), "groups": groups, "at": at}
    return connection.execute(sa.text(query), values)


def _trust_sources(
    entitlement: int,
    edges: dict[int, list[Edge]],
    holdings: _Holdings,
    names: dict[tuple[int, str], int],
) -> None:
    """Where no edge leads to something inherited, the sources that the connector told do."""
    if edges[entitlement] or entitlement in holdings.direct:
        return
    told = holdings.sources.get(entitlement, ())
    found = {names[feed, name] for name in told for feed in holdings.feeds if (feed, name) in names}
    for source in sorted(found & (holdings.resource.keys() - {entitlement})):
        edges[entitlement].append(Edge(source, holdings.resource[source]))


def _steps(paths: list[list[int]], holdings: _Holdings, known: Names) -> list[list[Step]]:
    steps = []
    for path in paths:
        first = Step(known.entitlements[path[0]], None)
        rest = [
            Step(known.entitlements[held], known.resources[holdings.resource[before]])
            for before, held in pairwise(path)
        ]
        steps.append([first, *rest])
    return steps
