"""Grant expansion by definition: slow, obvious, and sharing nothing with the real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Principal = tuple[str, str]
Sources = dict[str, bool]


@dataclass(frozen=True)
class Nesting:
    """Members of group `child` hold what the child group holds on group `parent`."""

    child: str
    parent: str
    shallow: bool = False
    types: frozenset[str] = frozenset()


@dataclass
class Tenant:
    """Groups by name, their own members, and which group is a member of which."""

    members: Mapping[str, frozenset[Principal]]
    nestings: tuple[Nesting, ...]

    def edges_for(self, kind: str) -> dict[tuple[str, str], bool]:
        """Whether (child, parent) is shallow, for the pairs that this principal type passes."""
        merged: dict[tuple[str, str], tuple[bool, frozenset[str]]] = {}
        for nesting in self.nestings:
            ends = (nesting.child, nesting.parent)
            shallow, types = merged.get(ends, (nesting.shallow, nesting.types))
            unfiltered = not types or not nesting.types
            merged[ends] = (
                shallow and nesting.shallow,
                frozenset() if unfiltered else types | nesting.types,
            )
        return {
            ends: shallow
            for ends, (shallow, types) in merged.items()
            if ends[0] != ends[1] and (not types or kind in types)
        }

    def direct(self, group: str) -> frozenset[Principal]:
        nested = {("group", n.child) for n in self.nestings if n.parent == group}
        return self.members[group] | nested

    def reached(self, who: Principal, avoiding: str) -> set[str]:
        """The groups `who` belongs to when one group does not exist."""
        edges = {
            ends: shallow
            for ends, shallow in self.edges_for(who[0]).items()
            if avoiding not in ends
        }
        own = {group for group in self.members if who in self.direct(group)} - {avoiding}
        reached = own | {parent for (child, parent), _ in edges.items() if child in own}
        while True:
            more = {p for (c, p), shallow in edges.items() if c in reached and not shallow}
            if more <= reached:
                return reached
            reached |= more

    def expanded(self) -> dict[tuple[str, Principal], Sources]:
        """The sources of every grant after expansion, by group and principal."""
        everyone = {who for group in self.members for who in self.direct(group)}
        result: dict[tuple[str, Principal], Sources] = {}
        for group in self.members:
            for who in everyone:
                sources = self._sources(group, who)
                if who in self.direct(group):
                    result[group, who] = {group: True, **sources} if sources else {}
                elif sources:
                    result[group, who] = sources
        return result

    def _sources(self, group: str, who: Principal) -> Sources:
        if who == ("group", group):
            return {}
        reached = self.reached(who, avoiding=group)
        sources: Sources = {}
        for (child, parent), shallow in self.edges_for(who[0]).items():
            is_direct = who in self.direct(child)
            itself = who == ("group", child)
            if parent == group and (is_direct or (child in reached and not shallow and not itself)):
                sources[child] = is_direct
        return sources
