"""Through which groups somebody holds something."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from ostiary.server.access.facts import Explanation, Step
from ostiary.server.access.rules import Edge, find_paths
from ostiary.server.access.store import rows
from ostiary.server.access.store.keys import entitlement_key, resource_keys
from ostiary.server.access.store.time import grants_at, valid

_HELD: Final = """
SELECT g.entitlement_id, g.feed_id, d.direct, d.sources, v.resource_id
FROM {grants} g JOIN grant_details d ON d.id = g.detail_id
JOIN entitlement_versions v ON v.entitlement_id = g.entitlement_id AND {version}
"""

_EDGES: Final = """
SELECT g.entitlement_id, g.feed_id, g.principal_id, d.expands
FROM {grants} g JOIN grant_details d ON d.id = g.detail_id
"""

_TYPE: Final = """
SELECT t.external_id FROM resources r JOIN resource_types t ON t.id = r.resource_type_id
WHERE r.id = :principal
"""


@dataclass
class _Holdings:
    """What one principal holds: ids of entitlements, and of the resources they belong to."""

    direct: set[int] = field(default_factory=set)
    resource: dict[int, int] = field(default_factory=dict)
    sources: dict[int, dict[str, bool]] = field(default_factory=dict)
    feeds: set[int] = field(default_factory=set)


def explain(
    connection: sa.Connection, entitlement_id: str, principal_id: str, *, at: datetime | None = None
) -> Explanation:
    """Every path by which the principal holds the entitlement; no grant when they do not."""
    entitlement = entitlement_key(connection, entitlement_id)
    (principal,) = resource_keys(connection, [principal_id])
    values = {"entitlement": entitlement, "principal": principal, "at": at}
    where = "g.entitlement_id = :entitlement AND g.principal_id = :principal"
    found = rows.select(connection, grants_at(at, where, "", limit=False), "g.id", values)
    if not found:
        return Explanation(None, [], complete=True)
    (grant,) = rows.described(connection, found, at)
    holdings = _holdings(connection, principal, at)
    edges = _edges(connection, entitlement, principal, holdings, at)
    paths = find_paths(entitlement, holdings.direct, edges)
    return Explanation(
        grant, _steps(connection, paths.found, holdings, at), complete=paths.complete
    )


def _holdings(connection: sa.Connection, principal: int, at: datetime | None) -> _Holdings:
    query = _HELD.format(
        grants=grants_at(at, "g.principal_id = :principal", "", limit=False),
        version=valid("v", at),
    )
    holdings = _Holdings()
    for row in connection.execute(sa.text(query), {"principal": principal, "at": at}):
        holdings.feeds.add(row.feed_id)
        holdings.resource[row.entitlement_id] = row.resource_id
        holdings.sources[row.entitlement_id] = row.sources or {}
        if row.direct:
            holdings.direct.add(row.entitlement_id)
    return holdings


def _edges(
    connection: sa.Connection,
    target: int,
    principal: int,
    holdings: _Holdings,
    at: datetime | None,
) -> dict[int, list[Edge]]:
    """The edges that the principal passes on the way to the target, found level by level."""
    principal_type = connection.scalar(sa.text(_TYPE), {"principal": principal})
    names = _names(connection, holdings)
    told = {
        (feed, name) for of in holdings.sources.values() for name in of for feed in holdings.feeds
    }
    names |= rows.by_public_id(connection, told - names.keys())
    edges: dict[int, list[Edge]] = defaultdict(list)
    level, seen = {target}, {target}
    while level:
        for row in _expanding(connection, level, holdings, at):
            if row.expands["types"] and principal_type not in row.expands["types"]:
                continue
            for name in row.expands["entitlements"]:
                source = names.get((row.feed_id, name))
                if source in holdings.resource:
                    edge = Edge(source, row.principal_id, row.expands["shallow"])
                    edges[row.entitlement_id].append(edge)
        for entitlement in level:
            _trust_sources(entitlement, edges, holdings, names)
        level = {edge.source for entitlement in level for edge in edges[entitlement]} - seen
        seen |= level
    return edges


def _expanding(
    connection: sa.Connection, level: set[int], holdings: _Holdings, at: datetime | None
) -> Any:
    """Grants on the entitlements of a level to groups of which the principal holds something."""
    where = "g.entitlement_id = ANY(:level) AND g.principal_id = ANY(:groups) AND g.passed_on"
    query = _EDGES.format(grants=grants_at(at, where, "", limit=False))
    values = {"level": list(level), "groups": list(set(holdings.resource.values())), "at": at}
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


def _names(connection: sa.Connection, holdings: _Holdings) -> dict[tuple[int, str], int]:
    query = sa.text("SELECT feed_id, external_id, id FROM entitlements WHERE id = ANY(:ids)")
    found = connection.execute(query, {"ids": list(holdings.resource)})
    return {(row.feed_id, row.external_id): row.id for row in found}


def _steps(
    connection: sa.Connection,
    paths: list[list[int]],
    holdings: _Holdings,
    at: datetime | None,
) -> list[list[Step]]:
    passed = {entitlement for path in paths for entitlement in path}
    entitlements = rows.entitlements(connection, passed, at)
    groups = rows.resources(connection, {holdings.resource[one] for one in passed}, at)
    steps = []
    for path in paths:
        first = Step(entitlements[path[0]], None)
        rest = [
            Step(entitlements[entitlement], groups[holdings.resource[before]])
            for before, entitlement in pairwise(path)
        ]
        steps.append([first, *rest])
    return steps
