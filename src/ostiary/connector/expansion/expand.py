"""Expansion over the working database of a sync being written."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import GrantRow, GrantSheet, WorkingGrants
from ostiary.baton.pb.connector_v2 import Entitlement, Grant, GrantImmutable, GrantSources
from ostiary.connector.entitlements import entitlement_stub
from ostiary.connector.expansion.closure import Closure, Members, Outcome
from ostiary.connector.expansion.edges import EntitlementGraph, TypeClass, read_graph
from ostiary.connector.status import ConnectorError, Status

MAX_DEPTH = 20
BATCH = 5_000
NODES = 32
"""How many entitlements are loaded in one turn, a few milliseconds long."""
SOURCES_TAG = b"\x2a"
"""The first byte of a serialized Grant's `sources`; a row without this byte has none."""


@dataclass
class ExpansionResult:
    """`created` grants, `joined` grants that gained sources, `dropped` edges without a source."""

    created: int = 0
    joined: int = 0
    dropped: int = 0


class Expander:
    """Reads what it needs of the edges' entitlements and nothing else of the sync.

    Memory grows with the number of grants on those entitlements, by some four bytes each.
    """

    def __init__(self, grants: WorkingGrants, *, max_depth: int = MAX_DEPTH) -> None:
        self._grants = grants
        self._max_depth = max_depth
        self.result = ExpansionResult()

    def steps(self) -> Iterator[None]:
        """Do the whole work, yielding every few milliseconds for others to run.

        `ConnectorError`: Internal for a grant that cannot be expanded, FailedPrecondition for
        groups nested deeper than `max_depth`.
        """
        graph = read_graph(self._grants)
        self.result.dropped = graph.dropped
        for kind in graph.classes():
            yield from _ClassExpansion(self._grants, graph, kind, self.result).steps(
                self._max_depth
            )


class _ClassExpansion:
    """The principals of one class of types."""

    def __init__(
        self,
        grants: WorkingGrants,
        graph: EntitlementGraph,
        kind: TypeClass,
        result: ExpansionResult,
    ) -> None:
        self._grants = grants
        self._kind = kind
        self._result = result
        self._entitlements = graph.entitlements
        self._principals: list[tuple[str, str]] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._members = Members.empty(len(self._entitlements))
        self._pending: list[GrantSheet] = []
        self._pending_rows = 0

    def steps(self, max_depth: int) -> Iterator[None]:
        own = [self._own(entitlement) for entitlement in self._entitlements]
        closure = Closure(self._kind.edges, self._members, own)
        if (depth := closure.depth()) > max_depth:
            raise _too_deep(depth, max_depth)
        for count, node in enumerate(sorted({e for edge in self._kind.edges for e in edge[:2]})):
            self._load(node)
            if count % NODES == 0:
                yield
        for outcome in closure.outcomes():
            yield from self._create(outcome)
            yield from self._join(outcome)
        self._flush()

    def _own(self, entitlement: Entitlement) -> int:
        holder = entitlement.resource.id
        if not self._kind.includes(holder.resource_type):
            return -1
        return self._number(holder.resource_type, holder.resource)

    def _number(self, principal_type: str, principal_id: str) -> int:
        key = (principal_type, principal_id)
        number = self._numbers.setdefault(key, len(self._principals))
        if number == len(self._principals):
            self._principals.append(key)
        return number

    def _load(self, node: int) -> None:
        entitlement_id = self._entitlements[node].id
        if self._grants.sourced:
            self._load_sourced(node, entitlement_id)
            return
        holders = {
            self._number(principal_type, principal_id)
            for principal_type, principal_id in self._grants.principals(entitlement_id)
            if self._kind.includes(principal_type)
        }
        self._members.direct[node] = array("I", sorted(holders))

    def _load_sourced(self, node: int, entitlement_id: str) -> None:
        direct: set[int] = set()
        inherited: set[int] = set()
        for row in self._rows(entitlement_id):
            number = self._number(row.principal_type, row.principal_id)
            (direct if _is_direct(row, entitlement_id) else inherited).add(number)
        self._members.direct[node] = array("I", sorted(direct))
        self._members.inherited[node] = array("I", sorted(inherited - direct))

    def _rows(self, entitlement_id: str) -> Iterator[GrantRow]:
        rows = self._grants.of(entitlement_id)
        return (row for row in rows if self._kind.includes(row.principal_type))

    def _create(self, outcome: Outcome) -> Iterator[None]:
        alike: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for principal, ways in outcome.created.items():
            principal_type, principal_id = self._principals[principal]
            alike[ways, principal_type].append(principal_id)
        stub = entitlement_stub(self._entitlements[outcome.node])
        immutable = (pack(GrantImmutable()),)
        for (ways, principal_type), ids in alike.items():
            sources = self._sources(outcome, ways)
            for start in range(0, len(ids), BATCH):
                part = ids[start : start + BATCH]
                self._pending.append(
                    GrantSheet(stub, principal_type, part, immutable, sources=sources)
                )
                self._pending_rows += len(part)
                if self._pending_rows >= BATCH:
                    self._flush()
                    yield
        self._result.created += len(outcome.created)

    def _flush(self) -> None:
        self._grants.insert(self._pending)
        self._pending, self._pending_rows = [], 0

    def _join(self, outcome: Outcome) -> Iterator[None]:
        """Grants that were there already learn of the other ways to them."""
        if not outcome.joined:
            return
        own_id = self._entitlements[outcome.node].id
        changes: list[tuple[int, bytes]] = []
        for principal, ways in outcome.joined.items():
            sources = self._sources(outcome, ways)
            for row in self._grants.held_by(own_id, *self._principals[principal]):
                changes.append((row.row_id, _joined(row, own_id, sources)))
            if len(changes) >= BATCH:
                self._grants.replace(changes)
                changes = []
                yield
        self._grants.replace(changes)
        self._result.joined += len(outcome.joined)
        yield

    def _sources(self, outcome: Outcome, ways: int) -> GrantSources:
        sources = GrantSources()
        for node, is_direct in outcome.sources.items(ways):
            sources.sources[self._entitlements[node].id].is_direct = is_direct
        return sources


def _is_direct(row: GrantRow, entitlement_id: str) -> bool:
    if SOURCES_TAG not in row.data:
        return True
    sources = Grant.FromString(row.data).sources.sources
    return not sources or entitlement_id in sources


def _joined(row: GrantRow, own_id: str, sources: GrantSources) -> bytes:
    grant = Grant.FromString(row.data)
    if not grant.sources.sources:
        grant.sources.sources[own_id].is_direct = True
    for name, source in sources.sources.items():
        grant.sources.sources[name].CopyFrom(source)
    return grant.SerializeToString(deterministic=True)


def _too_deep(depth: int, max_depth: int) -> ConnectorError:
    return ConnectorError(
        Status.FAILED_PRECONDITION,
        f"Groups are nested {depth} deep, more than the {max_depth} that are followed.",
        remedy=f"If that is intended, set BATON_GRAPH_EXPAND_MAX_DEPTH={depth} or more.",
    )


def max_depth_from(text: str) -> int:
    """The value of BATON_GRAPH_EXPAND_MAX_DEPTH, or the default when it is no positive number."""
    return int(text) if text.isdecimal() and int(text) > 0 else MAX_DEPTH


__all__: Sequence[str] = ("Expander", "ExpansionResult", "max_depth_from")
