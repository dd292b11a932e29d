"""Which entitlement leads to which, read from the expandable grants of a sync."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ostiary.baton.c1z import ExpandableGrant, WorkingGrants
from ostiary.baton.pb.connector_v2 import Entitlement
from ostiary.connector.expansion.closure import Edge
from ostiary.connector.status import ConnectorError, Status

ANY_TYPE: frozenset[str] = frozenset()


@dataclass
class Passage:
    """How an edge lets principals pass. An empty `types` admits all."""

    shallow: bool
    types: frozenset[str]

    def merge(self, other: Passage) -> None:
        """Two grants state the same edge: deep wins over shallow, unfiltered over filtered."""
        self.shallow = self.shallow and other.shallow
        both_filtered = self.types and other.types
        self.types = self.types | other.types if both_filtered else ANY_TYPE


@dataclass
class EntitlementGraph:
    """Entitlements on edges, numbered as they were met, and the edges between them."""

    entitlements: list[Entitlement] = field(default_factory=list)
    passages: dict[tuple[int, int], Passage] = field(default_factory=dict)
    dropped: int = 0
    """Edges whose source is no entitlement of this sync."""

    def classes(self) -> list[TypeClass]:
        """The principal types that pass the same edges, together; those that pass none left out."""
        named = sorted({name for passage in self.passages.values() for name in passage.types})
        found: dict[tuple[Edge, ...], list[str]] = {}
        for name in named:
            if edges := tuple(self._edges_for(name)):
                found.setdefault(edges, []).append(name)
        result = [TypeClass(edges, frozenset(names)) for edges, names in found.items()]
        if rest := tuple(self._edges_for(None)):
            result.append(TypeClass(rest, frozenset(named), all_but=True))
        return result

    def _edges_for(self, type_id: str | None) -> Iterator[Edge]:
        for (source, target), passage in self.passages.items():
            if not passage.types or type_id in passage.types:
                yield Edge(source, target, passage.shallow)


@dataclass(frozen=True)
class TypeClass:
    edges: tuple[Edge, ...]
    types: frozenset[str]
    all_but: bool = False
    """Whether the class is every type except `types`."""

    def includes(self, type_id: str) -> bool:
        return (type_id in self.types) != self.all_but


def read_graph(grants: WorkingGrants) -> EntitlementGraph:
    """`ConnectorError` (Internal) when a grant leads from an entitlement of somebody else."""
    graph = EntitlementGraph()
    numbers: dict[str, int | None] = {}

    def number_of(entitlement_id: str) -> int | None:
        if entitlement_id not in numbers:
            entitlement = grants.entitlement(entitlement_id)
            numbers[entitlement_id] = None if entitlement is None else len(graph.entitlements)
            if entitlement is not None:
                graph.entitlements.append(entitlement)
        return numbers[entitlement_id]

    for grant in grants.expandable():
        target = number_of(grant.entitlement_id)
        sources = [number_of(name) for name in _distinct(grant.expansion.entitlement_ids)]
        for source in sources:
            if source is None or target is None:
                graph.dropped += 1
            elif source != target:
                _check_principal(grant, graph.entitlements[source])
                _add(graph, (source, target), grant)
    return graph


def _add(graph: EntitlementGraph, ends: tuple[int, int], grant: ExpandableGrant) -> None:
    expansion = grant.expansion
    passage = Passage(expansion.shallow, frozenset(expansion.resource_type_ids))
    if ends in graph.passages:
        graph.passages[ends].merge(passage)
    else:
        graph.passages[ends] = passage


def _check_principal(grant: ExpandableGrant, source: Entitlement) -> None:
    holder = source.resource.id
    if (holder.resource_type, holder.resource) != (grant.principal_type, grant.principal_id):
        raise ConnectorError(
            Status.INTERNAL,
            f"The connector made a grant that cannot be expanded: {grant.grant_id} passes on "
            f"{source.id}, which belongs to {holder.resource_type}:{holder.resource} and not to "
            f"the grant's principal {grant.principal_type}:{grant.principal_id}.",
            remedy="This is a defect of the connector: report it with this message.",
        )


def _distinct(names: Iterable[str]) -> Iterator[str]:
    return (name for name in dict.fromkeys(names) if name.strip())
