"""One sync, from the rows of its file to the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.message import DecodeError

from ostiary.baton.c1z import C1zError, SyncRun, SyncType
from ostiary.server.catalog.store import linked, linked_roles
from ostiary.server.ingest.archive import Archive
from ostiary.server.ingest.grants import Details, grant_rows
from ostiary.server.ingest.records import NewId, entitlement_row, resource_row, resource_type_row
from ostiary.server.ingest.refusing import unreadable
from ostiary.server.ingest.rules import Delta, Deltas, RefusedError
from ostiary.server.ingest.store import access_entitlement, grants, inventory, staging, targeted
from ostiary.server.ingest.store.discovered import follow_discovered_apps
from ostiary.server.ingest.store.inventory import Scope
from ostiary.server.kernel.work import UnitOfWork

TargetId = tuple[str, str]
"""Resource type and id as the connector names them."""


_MANY: Final = 1_000
_MERGED: Final = (
    "resource_types",
    "resource_type_versions",
    "resources",
    "resource_versions",
    "entitlements",
    "entitlement_versions",
    "grants",
)
"""What the planner has to look at again after many changes; it would do so on its own only after
the commit, too late for what follows here and for the first readers."""


@dataclass(frozen=True)
class Applied:
    """`dropped` counts by kind what refers to things that the sync does not have."""

    deltas: Deltas
    dropped: dict[str, int]


class Application:
    """Applies one run of an archive. `RefusedError` when the file turns out to be damaged."""

    def __init__(
        self,
        work: UnitOfWork,
        archive: Archive,
        run: SyncRun,
        scope: Scope,
    ) -> None:
        self._connection = work.connection
        self._archive = archive
        self._run = run
        self._scope = scope
        self._new_id = work.new_id
        self._dropped: dict[str, int] = {}

    def apply(self, targets: Sequence[TargetId] = ()) -> Applied:
        try:
            deltas = self._apply(targets)
        except (C1zError, DecodeError) as error:
            raise unreadable(error, self._archive.path) from error
        return Applied(deltas, {kind: lost for kind, lost in self._dropped.items() if lost})

    def _apply(self, targets: Sequence[TargetId]) -> Deltas:
        connection, scope = self._connection, self._scope
        staging.prepare(connection)
        staged = self._stage_inventory(targets)
        deltas = {"resource_types": inventory.merge(connection, inventory.TYPES, scope)}
        if scope.targeted:
            inventory.find_targets(connection, scope)
        deltas["resources"] = inventory.merge(connection, inventory.RESOURCES, scope)
        inventory.merge_usage(connection, scope)
        deltas["accounts"] = self._accounts(deltas["resources"])
        if self._run.sync_type == SyncType.RESOURCES_ONLY:
            deltas["entitlements"] = inventory.close_orphaned_entitlements(connection, scope)
            deltas["grants"] = grants.close_orphaned(connection, scope)
        else:
            deltas["entitlements"] = inventory.merge(connection, inventory.ENTITLEMENTS, scope)
            deltas["grants"] = self._grants()
        if sum(_size(types) for types in deltas.values()) > _MANY:
            staging.analyze(connection, *_MERGED)
        follow_discovered_apps(connection, scope, self._new_id)
        managed = access_entitlement.managed_apps(connection, scope.feed)
        access_entitlement.refresh(connection, managed, scope.at, self._new_id)
        linked_roles.refresh(connection, linked.fed_by(connection, scope.feed), scope.at)
        self._count_dropped(staged)
        return deltas

    def _stage_inventory(self, targets: Sequence[TargetId]) -> dict[str, int]:
        staged = {
            "resource_types": self._stage("resource_types", resource_type_row),
            "resources": self._stage("resources", resource_row),
        }
        if not self._scope.targeted and not staged["resources"]:
            raise RefusedError(
                "empty", "The sync holds no resource at all, so it says nothing about what is gone."
            )
        if self._run.sync_type != SyncType.RESOURCES_ONLY:
            staged["entitlements"] = self._stage("entitlements", entitlement_row)
        staging.fill(self._connection, "targeted_resources", targets)
        staging.analyze(
            self._connection, "staged_resource_types", "staged_resources", "staged_entitlements"
        )
        return staged

    def _stage(self, kind: str, row: Callable[[bytes, NewId], tuple[Any, ...]]) -> int:
        messages = self._archive.messages(f"v1_{kind}", self._run)
        rows = (row(message, self._new_id) for message in messages)
        return staging.fill(self._connection, f"staged_{kind}", rows)

    def _grants(self) -> dict[str, Delta]:
        staged, all_conventional = self._stage_grants()
        resolved = grants.resolve(self._connection, self._scope, all_conventional=all_conventional)
        self._dropped["grants"] = staged - resolved
        if self._scope.targeted:
            return targeted.merge(self._connection, self._scope)
        return grants.merge(self._connection, self._scope)

    def _stage_grants(self) -> tuple[int, bool]:
        types = inventory.type_ids(self._connection, self._scope.feed)
        details = Details()
        staged, all_conventional = 0, True
        for batch in self._archive.grants(self._run):
            rows = list(grant_rows(batch, details, types))
            all_conventional = all_conventional and all(row[4] is None for row in rows)
            staged += staging.fill(self._connection, "staged_grants", rows)
            staging.fill(self._connection, "staged_details", details.take())
        return staged, all_conventional

    def _accounts(self, resources: dict[str, Delta]) -> dict[str, Delta]:
        accounts = inventory.user_types(self._connection, self._scope.feed)
        return {name: delta for name, delta in resources.items() if name in accounts}

    def _count_dropped(self, staged: dict[str, int]) -> None:
        for kind in staged.keys() - {"resource_types"}:
            if not self._scope.targeted:
                kept = inventory.count_new(self._connection, kind)
                self._dropped[kind] = staged[kind] - kept


def _size(types: Mapping[str, Delta]) -> int:
    return sum(delta.added + delta.removed + delta.changed for delta in types.values())
