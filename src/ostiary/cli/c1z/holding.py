"""How one principal holds one entitlement, worked out from direct grants and what passes them on.

The rules are those of grant expansion (protocol reference 5.5). Nothing is taken from the grants
that an expansion wrote into the file, so that both can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from ostiary.baton.annotations import find_all
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z.paths import Path, PathGraph, count_paths, simple_paths
from ostiary.cli.c1z.syncfile import SyncFile, is_direct


@dataclass
class Edge:
    """Who holds `source` holds `target`. Empty `types` let every resource type pass."""

    source: str
    target: str
    shallow: bool
    types: frozenset[str]

    def merge(self, other: Edge) -> None:
        """Two grants state the same edge: deep wins over shallow, unfiltered over filtered."""
        self.shallow = self.shallow and other.shallow
        both_filtered = self.types and other.types
        self.types = self.types | other.types if both_filtered else frozenset()

    def admits(self, type_id: str) -> bool:
        return not self.types or type_id in self.types


Edges = Mapping[str, Mapping[str, Edge]]
"""By target, then by source."""


def edges_behind(file: SyncFile, entitlement_id: str) -> Edges:
    """Every edge that leads to the entitlement, directly or through other entitlements.

    An edge whose source is not in the file, or is no entitlement of the grant's principal, is
    none: expansion drops the one and refuses the other.
    """
    edges: dict[str, dict[str, Edge]] = {}
    waiting = [entitlement_id]
    while waiting:
        target = waiting.pop()
        if target not in edges:
            edges[target] = _edges_to(file, target)
            waiting.extend(edges[target])
    return edges


def _edges_to(file: SyncFile, target: str) -> dict[str, Edge]:
    found: dict[str, Edge] = {}
    for grant in file.expandable_grants(target):
        for expansion in find_all(grant.annotations, v2.GrantExpandable):
            for source in filter(str.strip, expansion.entitlement_ids):
                entitlement = file.entitlement(source)
                if source == target or entitlement is None:
                    continue
                if entitlement.resource.id == grant.principal.id:
                    types = frozenset(expansion.resource_type_ids)
                    edge = Edge(source, target, expansion.shallow, types)
                    found.setdefault(source, edge).merge(edge)
    return found


@dataclass
class Holding:
    """A principal, an entitlement, and everything between them."""

    file: SyncFile
    principal: v2.ResourceId
    target: str
    direct: set[str] = field(default_factory=set)
    """Entitlements that the principal holds directly."""

    def __post_init__(self) -> None:
        self.direct = {
            grant.entitlement.id
            for grant in self.file.grants(
                principal_type=self.principal.resource_type, principal=self.principal.resource
            )
            if is_direct(grant)
        }

    @cached_property
    def edges(self) -> Edges:
        return edges_behind(self.file, self.target)

    @cached_property
    def graph(self) -> PathGraph:
        return self._graph(lambda edge: edge.admits(self.principal.resource_type))

    def paths(self) -> Iterator[Path]:
        """Direct first, then shortest first."""
        return simple_paths(self.graph, self.target)

    def count(self) -> int | None:
        """None when groups that contain each other make the number hard to tell."""
        return count_paths(self.graph, self.target)

    @cached_property
    def sources(self) -> set[str]:
        """What an expanded grant names: the last stations of all paths, itself if direct."""
        own = {self.target} & self.graph.direct
        return own | self.graph.sources(self.target)

    def blocked_paths(self) -> Iterator[tuple[Path, Edge]]:
        """Paths that would be there if every edge passed everyone on, each with what stops it."""
        every_way = self._graph(lambda edge: True, ignore_shallow=True)
        for path in simple_paths(every_way, self.target):
            obstacle = next(self._obstacles(path), None)
            if obstacle is not None:
                yield path, obstacle

    def _obstacles(self, path: Path) -> Iterator[Edge]:
        for place, (source, target) in enumerate(pairwise(path)):
            edge = self.edges[target][source]
            if not edge.admits(self.principal.resource_type) or (edge.shallow and place > 0):
                yield edge

    def _graph(self, passes: Callable[[Edge], bool], *, ignore_shallow: bool = False) -> PathGraph:
        deep: dict[str, list[str]] = {}
        shallow: dict[str, list[str]] = {}
        for edge in self._usable(passes):
            kind = shallow if edge.shallow and not ignore_shallow else deep
            kind.setdefault(edge.target, []).append(edge.source)
        return PathGraph(deep, shallow, self.direct & self.edges.keys())

    def _usable(self, passes: Callable[[Edge], bool]) -> Iterable[Edge]:
        """No group becomes a member of itself, so no path leads into the principal's own."""
        for target, sources in self.edges.items():
            if not self._is_own(target):
                yield from filter(passes, sources.values())

    def _is_own(self, entitlement_id: str) -> bool:
        entitlement = self.file.entitlement(entitlement_id)
        return entitlement is not None and entitlement.resource.id == self.principal
