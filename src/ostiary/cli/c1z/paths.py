"""By which ways somebody holds an entitlement: paths through a graph of entitlements.

Who holds a source holds its target. A shallow source passes on only those who hold it directly, so
on a path it can only be the first entitlement.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

Path = tuple[str, ...]
"""Entitlements from the one held directly to the one asked for; a single one is a direct grant."""


class Hop(NamedTuple):
    """One step back from a target. Behind a `last` hop the path must begin."""

    entitlement: str
    last: bool = False


START = Hop("", True)
"""Stands for going no further back, because the entitlement is held directly."""


class PathGraph:
    """Sources by target, `deep` and `shallow`, and the entitlements held directly.

    A pair is either deep or shallow, and no entitlement is its own source.
    """

    def __init__(
        self,
        deep: Mapping[str, Collection[str]],
        shallow: Mapping[str, Collection[str]],
        direct: Collection[str],
    ) -> None:
        self.direct = frozenset(direct)
        self._deep = deep
        self._shallow = {
            target: [source for source in sources if source in self.direct]
            for target, sources in shallow.items()
        }
        self._onward = _turned(deep)
        held = self.held()
        self._before = {
            target: sorted(hop for hop in self._hops_to(target) if hop.entitlement in held)
            for target in held
        }

    def held(self, avoiding: str | None = None) -> set[str]:
        """Everything held directly or through others when `avoiding` does not exist."""
        entered = (
            target
            for target, sources in self._shallow.items()
            if any(source != avoiding for source in sources)
        )
        held: set[str] = set()
        waiting = [*self.direct, *entered]
        while waiting:
            entitlement = waiting.pop()
            if entitlement not in held and entitlement != avoiding:
                held.add(entitlement)
                waiting.extend(self._onward.get(entitlement, ()))
        return held

    def sources(self, target: str) -> set[str]:
        """What comes just before `target` on any path to it."""
        held = self.held(avoiding=target)
        deep = {source for source in self._deep.get(target, ()) if source in held}
        return deep.union(self._shallow.get(target, ()))

    def before(self, hop: Hop) -> Iterator[Hop]:
        """How a path can go on backwards: the start first, then sources by id."""
        if hop.last or hop.entitlement in self.direct:
            yield START
        if not hop.last:
            yield from self._before.get(hop.entitlement, ())

    def _hops_to(self, target: str) -> Iterator[Hop]:
        yield from map(Hop, self._deep.get(target, ()))
        yield from (Hop(source, last=True) for source in self._shallow.get(target, ()))


def simple_paths(graph: PathGraph, target: str) -> Iterator[Path]:
    """Every path that visits no entitlement twice, shortest first, then by ids from the target.

    The next path is found in polynomial time whatever the number of paths (Lawler's form of Yen's
    algorithm), so the first few are cheap also where there are millions.
    """
    candidates: list[tuple[int, tuple[Hop, ...], int, frozenset[Hop]]] = []

    def consider(prefix: tuple[Hop, ...], refused: frozenset[Hop]) -> None:
        trail = _shortest(graph, prefix, refused)
        if trail is not None:
            heapq.heappush(candidates, (len(trail), trail, len(prefix), refused))

    consider((Hop(target),), frozenset())
    while candidates:
        _, trail, fixed, refused = heapq.heappop(candidates)
        yield tuple(hop.entitlement for hop in reversed(trail[:-1]))
        for length in range(fixed, len(trail)):
            known = refused if length == fixed else frozenset[Hop]()
            consider(trail[:length], known | {trail[length]})


def count_paths(graph: PathGraph, target: str) -> int | None:
    """How many `simple_paths` there are; None when a cycle on the way makes that hard to tell."""
    behind = _behind(graph, target)
    stations = {
        name: [hop.entitlement for hop in hops if hop != START] for name, hops in behind.items()
    }
    ways = {START: 1}
    try:
        for name in TopologicalSorter(stations).static_order():
            ways[Hop(name, last=True)] = 1
            ways[Hop(name)] = sum(ways[hop] for hop in behind.get(name, ()))
    except CycleError:
        return None
    return ways[Hop(target)]


def _behind(graph: PathGraph, target: str) -> dict[str, list[Hop]]:
    """The hops back from each entitlement that paths to `target` visit on their way."""
    behind: dict[str, list[Hop]] = {}
    waiting = [target]
    while waiting:
        name = waiting.pop()
        if name not in behind:
            behind[name] = list(graph.before(Hop(name)))
            waiting.extend(hop.entitlement for hop in behind[name] if not hop.last)
    return behind


def _shortest(
    graph: PathGraph, prefix: tuple[Hop, ...], refused: frozenset[Hop]
) -> tuple[Hop, ...] | None:
    """`prefix` carried on to the start, its first new hop being none of the refused ones.

    Beyond that hop the way is a shortest one, so it ends at the first entitlement held directly
    and cannot come by it again as the source of a shallow edge.
    """
    used = {hop.entitlement for hop in prefix}
    origin: dict[Hop, Hop] = {}
    waiting = deque(prefix[-1:])
    while waiting:
        at = waiting.popleft()
        for hop in graph.before(at):
            if hop in refused and at == prefix[-1]:
                continue
            if hop == START:
                return prefix + _trail(origin, at) + (START,)
            if hop.entitlement not in used and hop not in origin:
                origin[hop] = at
                waiting.append(hop)
    return None


def _trail(origin: Mapping[Hop, Hop], hop: Hop) -> tuple[Hop, ...]:
    trail = []
    while hop in origin:
        trail.append(hop)
        hop = origin[hop]
    return tuple(reversed(trail))


def _turned(sources: Mapping[str, Collection[str]]) -> dict[str, list[str]]:
    targets: dict[str, list[str]] = {}
    for target, names in sources.items():
        for name in names:
            targets.setdefault(name, []).append(target)
    return targets
