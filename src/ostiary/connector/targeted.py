"""What belongs to a targeted sync: some resources, their children, what they grant, and to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ostiary.baton.c1z import GrantSheet
from ostiary.baton.pb.connector_v2 import Entitlement, Grant, Resource, ResourceId
from ostiary.connector.admission import Admission, principal_type_of
from ostiary.connector.connector import Connector, Note, SyncScope

Key = tuple[str, str]


class Target:
    """Filters a connector's listings. Read in this order: `resources` of all types, `entitlements`
    and `grants` of the kept types, then `principals`, each to its end."""

    def __init__(
        self,
        connector: Connector,
        admission: Admission,
        scope: SyncScope,
        available: Sequence[str],
    ) -> None:
        self._connector = connector
        self._admission = admission
        self._available = available
        self._wanted = {_key(wanted) for wanted in scope.resources}
        self._kept: set[Key] = set()
        self._principals: set[Key] = set()

    def resources(self, type_id: str) -> Iterator[Resource]:
        for resource in self._listed(type_id):
            if (
                _key(resource.id) in self._wanted
                or _key(resource.parent_resource_id) in self._wanted
            ):
                self._kept.add(_key(resource.id))
                yield resource

    def kept_types(self) -> list[str]:
        kept = {type_id for type_id, _ in self._kept}
        return [type_id for type_id in self._available if type_id in kept]

    def entitlements(self, type_id: str) -> Iterator[Entitlement]:
        listed = self._connector.entitlements(type_id)
        for entitlement in self._admission.entitlements(type_id, listed):
            if _key(entitlement.resource.id) in self._kept:
                yield entitlement

    def grants(self, type_id: str) -> Iterator[Grant | GrantSheet]:
        wanted = (
            grant
            for grant in self._connector.grants(type_id)
            if _key(grant.entitlement.resource.id) in self._kept
        )
        for grant in self._admission.grants(type_id, wanted):
            self._principals.update(_principals(grant))
            yield grant

    def principal_types(self) -> list[str]:
        missing = {type_id for type_id, _ in self._principals - self._kept}
        return [type_id for type_id in self._available if type_id in missing]

    def principals(self, type_id: str) -> Iterator[Resource]:
        """Those who hold the grants and are not in the sync yet."""
        missing = self._principals - self._kept
        for resource in self._listed(type_id):
            if _key(resource.id) in missing:
                self._kept.add(_key(resource.id))
                yield resource

    def notes(self) -> Iterator[Note]:
        if absent := self._wanted - self._kept:
            names = ", ".join(sorted(f"{kind}:{name}" for kind, name in absent))
            yield Note(len(absent), "of the resources asked for", f"not there (any more): {names}")
        if strangers := self._principals - self._kept:
            yield Note(len(strangers), "holders of grants", "not there as resources")

    def _listed(self, type_id: str) -> Iterator[Resource]:
        return self._admission.resources(type_id, self._connector.resources(type_id))


def _key(identifier: ResourceId) -> Key:
    return identifier.resource_type, identifier.resource


def _principals(grant: Grant | GrantSheet) -> Iterator[Key]:
    if isinstance(grant, GrantSheet):
        yield from ((principal_type_of(grant), name) for name in grant.principal_ids)
    else:
        yield _key(grant.principal.id)
