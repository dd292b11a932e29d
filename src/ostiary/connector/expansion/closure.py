"""The closure itself, on numbers: entitlements are nodes, principals are indexes.

All principals of one `Closure` pass the same edges; see the package's docstring for the rules.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from ostiary.connector.expansion.order import components, successors_of

Arrival = tuple[int, bool, Iterable[int]]
"""A source node, whether the principals are direct on it, and the principals."""


class Edge(NamedTuple):
    """Who holds `source` holds `target`."""

    source: int
    target: int
    shallow: bool = False


@dataclass
class Members:
    """Principals of each node, direct ones apart from those that came through others."""

    direct: list[array[int]]
    inherited: list[array[int]]

    @classmethod
    def empty(cls, nodes: int) -> Members:
        return cls([array("I") for _ in range(nodes)], [array("I") for _ in range(nodes)])

    def of(self, node: int) -> set[int]:
        return {*self.direct[node], *self.inherited[node]}


class SourceSets:
    """Sets of (source node, is direct), each known by a number; 0 is the empty set.

    Many principals come by the same ways, so a set is stored once, as a link to a smaller set.
    """

    def __init__(self) -> None:
        self._links: list[tuple[int, int, bool]] = [(0, -1, False)]
        self._known: dict[tuple[int, int, bool], int] = {}

    def extend(self, number: int, source: int, is_direct: bool) -> int:
        link = (number, source, is_direct)
        if link not in self._known:
            self._known[link] = len(self._links)
            self._links.append(link)
        return self._known[link]

    def items(self, number: int) -> Iterator[tuple[int, bool]]:
        while number:
            number, source, is_direct = self._links[number]
            yield source, is_direct


@dataclass
class Outcome:
    """What expansion does to one node: sets of sources by principal.

    `created` principals had no grant on the node before, `joined` ones had one.
    """

    node: int
    sources: SourceSets = field(default_factory=SourceSets)
    created: dict[int, int] = field(default_factory=dict)
    joined: dict[int, int] = field(default_factory=dict)


class Closure:
    """`own` gives the principal that is the node's own resource, or -1."""

    def __init__(self, edges: Sequence[Edge], members: Members, own: Sequence[int]) -> None:
        self._members = members
        self._own = own
        self._count = len(own)
        self._incoming: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in edges:
            self._incoming[edge.target].append(edge)
        pairs = ((edge.source, edge.target) for edge in edges)
        self._components = components(successors_of(self._count, pairs))

    def outcomes(self) -> Iterator[Outcome]:
        """One for each node that something arrives at, sources first. Updates the members."""
        for component in self._components:
            if len(component) == 1:
                yield from self._settle(component[0], self._arrivals(component[0]))
            else:
                yield from self._settle_cycle(component)

    def depth(self) -> int:
        """Deep edges on the longest way; a cycle counts as one place."""
        level = [0] * self._count
        for component in self._components:
            nodes = frozenset(component)
            longest = max(
                (
                    level[edge.source] + 1
                    for node in component
                    for edge in self._incoming.get(node, ())
                    if not edge.shallow and edge.source not in nodes
                ),
                default=0,
            )
            for node in component:
                level[node] = longest
        return max(level, default=0)

    def _arrivals(self, node: int, cycle: Container[int] = ()) -> Iterator[Arrival]:
        """What edges bring that start outside the cycle."""
        for edge in self._incoming.get(node, ()):
            if edge.source not in cycle:
                yield edge.source, True, self._members.direct[edge.source]
                if not edge.shallow:
                    yield edge.source, False, self._members.inherited[edge.source]

    def _settle(self, node: int, arrivals: Iterable[Arrival]) -> Iterator[Outcome]:
        outcome = Outcome(node)
        gathered = _gather(outcome.sources, arrivals)
        gathered.pop(self._own[node], None)
        if not gathered:
            return
        known = self._members.of(node)
        outcome.joined = {who: gathered.pop(who) for who in known & gathered.keys()}
        outcome.created = gathered
        self._members.inherited[node].extend(gathered)
        yield outcome

    def _settle_cycle(self, component: list[int]) -> Iterator[Outcome]:
        """Who enters the cycle where is worked out before any of its nodes is settled."""
        cycle = Cycle(component, self._incoming)
        by_entry = cycle.by_entry(self._entries(cycle))
        direct = {node: frozenset(self._members.direct[node]) for node in component}
        for node in component:
            inside = self._inside(cycle, node, by_entry, direct)
            yield from self._settle(node, chain(self._arrivals(node, cycle), inside))

    def _entries(self, cycle: Cycle) -> Iterator[tuple[int, Iterable[int]]]:
        """Bits of the cycle's doors and the principals that come in by them."""
        for node in cycle.nodes:
            yield cycle.direct_bit(node), self._members.direct[node]
            yield cycle.bit(node), self._members.of(node)
            for _, _, principals in self._arrivals(node, cycle):
                yield cycle.bit(node), principals

    def _inside(
        self,
        cycle: Cycle,
        node: int,
        by_entry: dict[int, list[int]],
        direct: dict[int, frozenset[int]],
    ) -> Iterator[Arrival]:
        """What edges of the cycle bring, unless it had to pass the node before."""
        doors = cycle.doors_avoiding(node)
        for edge in cycle.edges_to(node):
            yield edge.source, True, direct[edge.source]
            if edge.shallow:
                continue
            excluded = {*direct[edge.source], self._own[edge.source]}
            for entry, principals in by_entry.items():
                if entry & doors[edge.source]:
                    yield edge.source, False, [who for who in principals if who not in excluded]


class Cycle:
    """A component of several nodes.

    Each node has two doors, with a bit each: being a member of it however, and being direct on it,
    which is what its shallow edges ask for.
    """

    def __init__(self, component: Sequence[int], incoming: Mapping[int, Sequence[Edge]]) -> None:
        self.nodes = tuple(component)
        self._place = {node: place for place, node in enumerate(component)}
        self._edges = {
            node: [edge for edge in incoming[node] if edge.source in self._place]
            for node in component
        }

    def __contains__(self, node: object) -> bool:
        return node in self._place

    def bit(self, node: int) -> int:
        return 1 << 2 * self._place[node]

    def direct_bit(self, node: int) -> int:
        return 2 << 2 * self._place[node]

    def edges_to(self, node: int) -> list[Edge]:
        return self._edges[node]

    def by_entry(self, entries: Iterable[tuple[int, Iterable[int]]]) -> dict[int, list[int]]:
        """Principals by all the doors they come in by."""
        doors: defaultdict[int, int] = defaultdict(int)
        for bit, principals in entries:
            for principal in principals:
                doors[principal] |= bit
        grouped: defaultdict[int, list[int]] = defaultdict(list)
        for principal, bits in doors.items():
            grouped[bits].append(principal)
        return grouped

    def doors_avoiding(self, node: int) -> dict[int, int]:
        """For each other node, the doors that lead to it without passing through `node`."""
        deep = (
            (self._place[edge.source], self._place[edge.target])
            for edge in self._inner_edges(node)
            if not edge.shallow
        )
        doors: dict[int, int] = {node: 0}
        for part in components(successors_of(len(self.nodes), deep)):
            members = [self.nodes[place] for place in part]
            bits = 0
            for member in members:
                bits |= self._doors_into(member, node, doors)
            doors.update((member, bits) for member in members if member != node)
        return doors

    def _inner_edges(self, without: int) -> Iterator[Edge]:
        for node, edges in self._edges.items():
            yield from (edge for edge in edges if without not in (node, edge.source))

    def _doors_into(self, member: int, without: int, doors: dict[int, int]) -> int:
        bits = self.bit(member)
        for edge in self._edges[member]:
            if edge.source != without:
                known = doors.get(edge.source, 0)
                bits |= self.direct_bit(edge.source) if edge.shallow else known
        return bits


def _gather(sources: SourceSets, arrivals: Iterable[Arrival]) -> dict[int, int]:
    """The set of sources of each principal."""
    gathered: dict[int, int] = {}
    for source, is_direct, principals in arrivals:
        steps: dict[int, int] = {}
        for principal in principals:
            before = gathered.get(principal, 0)
            after = steps.get(before)
            if after is None:
                after = steps[before] = sources.extend(before, source, is_direct)
            gathered[principal] = after
    return gathered
