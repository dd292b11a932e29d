"""One sync: from a connector's listings to a sealed file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from ostiary.baton.c1z import C1zWriter, GrantSheet
from ostiary.baton.pb.connector_v2 import Entitlement, Grant, Resource
from ostiary.connector.admission import Admission, defect
from ostiary.connector.batches import batches, closing, grant_batches
from ostiary.connector.connector import Connector, Note, SyncScope
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.expansion import Expander, ExpansionResult
from ostiary.connector.progress import Ledger, TypeCounts
from ostiary.connector.targeted import Target


@dataclass
class SyncOutcome:
    expansion: ExpansionResult = field(default_factory=ExpansionResult)
    notes: list[Note] = field(default_factory=list)


class Sync:
    """Writes one sync; sealing the writer is left to the caller.

    Writing takes turns with whatever else runs on the event loop, so a connector that reads
    several streams at once goes on reading.
    """

    def __init__(
        self,
        definition: ConnectorDefinition,
        connector: Connector,
        writer: C1zWriter,
        scope: SyncScope,
        ledger: Ledger,
        *,
        max_depth: int,
        expand: bool = True,
    ) -> None:
        """`expand` is False when whoever reads the file follows nested groups himself."""
        self._definition = definition
        self._connector = connector
        self._writer = writer
        self._scope = scope
        self._ledger = ledger
        self._max_depth = max_depth
        self._expands = expand and scope.entitlements and scope.grants
        self._admission = Admission(definition, scope)

    async def run(self) -> SyncOutcome:
        """`ConnectorError` when the sync must not be sealed."""
        outcome = SyncOutcome()
        selected = [
            declared.message
            for declared in self._definition.resource_types
            if self._scope.covers(declared.id)
        ]
        self._writer.put_resource_types(selected)
        self._ledger.phase = "Reading"
        if self._scope.resources:
            outcome.notes += await self._run_targeted()
        else:
            await self._run_full()
            if self._expands:
                outcome.expansion = await self._expand()
        outcome.notes += [*self._connector.closing_notes(), *self._admission.notes()]
        return outcome

    async def _run_full(self) -> None:
        async with closing(self._collected()) as collected:
            async for type_id in collected:
                await self._write(type_id)

    async def _run_targeted(self) -> list[Note]:
        async with closing(self._collected()) as collected:
            seen = [type_id async for type_id in collected]
        target = Target(self._connector, self._admission, self._scope, seen)
        for type_id in seen:
            await self._put_resources(type_id, target.resources(type_id))
        for type_id in target.kept_types():
            if self._scope.entitlements:
                await self._put_entitlements(type_id, target.entitlements(type_id))
            if self._scope.entitlements and self._scope.grants:
                await self._put_grants(type_id, target.grants(type_id))
        for type_id in target.principal_types():
            await self._put_resources(type_id, target.principals(type_id))
        return list(target.notes())

    async def _collected(self) -> AsyncIterator[str]:
        """The types that are complete; fails when one is unknown, repeated, or never comes."""
        awaited = {name for name in self._definition.type_ids if self._scope.covers(name)}
        seen: set[str] = set()
        async with closing(self._connector.collect(self._scope)) as collected:
            async for type_id in collected:
                if type_id in seen:
                    raise defect(f"it completed the resource type {type_id!r} twice")
                if type_id not in awaited:
                    raise defect(f"it completed the resource type {type_id!r} unasked")
                seen.add(type_id)
                yield type_id
        needed = {wanted.resource_type for wanted in self._scope.resources} or awaited
        if missing := sorted(needed - seen):
            raise defect(f"it never completed {', '.join(missing)}")

    async def _write(self, type_id: str) -> None:
        connector, admission = self._connector, self._admission
        await self._put_resources(
            type_id, admission.resources(type_id, connector.resources(type_id))
        )
        if self._scope.entitlements:
            await self._put_entitlements(
                type_id, admission.entitlements(type_id, connector.entitlements(type_id))
            )
        if self._scope.entitlements and self._scope.grants:
            await self._put_grants(type_id, admission.grants(type_id, connector.grants(type_id)))

    async def _put_resources(self, type_id: str, listed: Iterable[Resource]) -> None:
        counts = self._counts(type_id)
        for batch in batches(listed):
            counts.resources += self._writer.put_resources(batch)
            await asyncio.sleep(0)

    async def _put_entitlements(self, type_id: str, listed: Iterable[Entitlement]) -> None:
        counts = self._counts(type_id)
        for batch in batches(listed):
            counts.entitlements += self._writer.put_entitlements(batch)
            await asyncio.sleep(0)

    async def _put_grants(self, type_id: str, listed: Iterable[Grant | GrantSheet]) -> None:
        counts = self._counts(type_id)
        for batch in grant_batches(listed):
            counts.grants += self._writer.put_grants(batch)
            await asyncio.sleep(0)

    async def _expand(self) -> ExpansionResult:
        self._ledger.phase = "Following nested groups"
        expander = Expander(self._writer.begin_expansion(), max_depth=self._max_depth)
        for _ in expander.steps():
            await asyncio.sleep(0)
        return expander.result

    def _counts(self, type_id: str) -> TypeCounts:
        return self._ledger.types.setdefault(type_id, TypeCounts())
