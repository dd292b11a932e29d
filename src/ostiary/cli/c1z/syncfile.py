"""One sync of a .c1z, asked by index wherever the question allows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from ostiary.baton.annotations import find
from ostiary.baton.c1z import C1zReader
from ostiary.baton.c1z.errors import storage_errors
from ostiary.baton.c1z.schema import LATER_COLUMNS, columns_of
from ostiary.baton.pb import connector_v2 as v2

_CACHED: Final = 50_000
_EXPANDABLE_NAME: Final = v2.GrantExpandable.DESCRIPTOR.full_name.encode()
_SOURCES_TAG: Final = b"\x2a"
"""The first byte of a serialized Grant's `sources`; data without this byte has none."""


class SyncFile(C1zReader):
    """A reader that also looks records up by id and counts them."""

    def __init__(
        self,
        path: Path,
        *,
        sync_id: str | None = None,
        temp_dir: Path | None = None,
        now: datetime | None = None,
    ) -> None:
        super().__init__(path, sync_id=sync_id, temp_dir=temp_dir, now=now)
        self.resource = lru_cache(_CACHED)(self._resource)
        self.entitlement = lru_cache(_CACHED)(self._entitlement)
        present = columns_of(self._connection, "v1_grants")
        self._expansion = "expansion" if "expansion" in present else LATER_COLUMNS["expansion"]

    @cached_property
    def types(self) -> dict[str, v2.ResourceType]:
        """Resource types by id, in the order of the file."""
        return {kind.id: kind for kind in self.resource_types()}

    def _resource(self, type_id: str, resource_id: str) -> v2.Resource | None:
        return self.resource_named(f"{type_id}:{resource_id}")

    def resource_named(self, external_id: str) -> v2.Resource | None:
        """By `<type>:<id>`, taken as a whole: both parts may contain colons."""
        for (data,) in self._select("v1_resources", "data", {"external_id": external_id}):
            return v2.Resource.FromString(data)
        return None

    def _entitlement(self, entitlement_id: str) -> v2.Entitlement | None:
        for (data,) in self._select("v1_entitlements", "data", {"external_id": entitlement_id}):
            return v2.Entitlement.FromString(data)
        return None

    def raw_resources(self, type_id: str | None = None) -> Iterator[bytes]:
        """Serialized resources, for callers who can tell from the bytes which ones to parse."""
        rows = self._select("v1_resources", "data", {"resource_type_id": type_id})
        return (data for (data,) in rows)

    def raw_entitlements(self) -> Iterator[tuple[str, bytes]]:
        """Resource type and serialized entitlement."""
        return self._pairs(self._select("v1_entitlements", "resource_type_id, data", {}))

    def expandable_grants(self, entitlement_id: str) -> Iterator[v2.Grant]:
        """The grants of an entitlement that pass it on, each with its GrantExpandable.

        Reads only principals of types that pass anything on: few, where users are many.
        """
        for type_id in self._expandable_types:
            grants = self.grants(entitlement=entitlement_id, principal_type=type_id)
            yield from (grant for grant in grants if find(grant.annotations, v2.GrantExpandable))

    @cached_property
    def _expandable_types(self) -> list[str]:
        condition = f"{self._expansion} IS NOT NULL"
        if not self.sync.grants_backfilled:
            condition = f"({condition} OR instr(data, :name) > 0)"
        rows = self._query(
            "SELECT DISTINCT principal_resource_type_id FROM v1_grants "  # noqa: S608
            f"WHERE sync_id = :sync AND {condition} ORDER BY 1",
            sync=self.sync.sync_id,
            name=_EXPANDABLE_NAME,
        )
        return [type_id for (type_id,) in rows]

    def count(self, table: str, sync_id: str, **where: str | None) -> int:
        """Rows of a sync in `table` where columns have the values given; None does not filter."""
        given = {name: value for name, value in where.items() if value is not None}
        conditions = "".join(f" AND {name} = :{name}" for name in given)
        rows = self._query(
            f"SELECT count(*) FROM {table} WHERE sync_id = :sync{conditions}",  # noqa: S608
            sync=sync_id,
            **given,
        )
        return int(next(rows)[0])

    def counts_by_type(self, table: str) -> dict[str, int]:
        rows = self._query(
            f"SELECT resource_type_id, count(*) FROM {table} WHERE sync_id = :sync GROUP BY 1",  # noqa: S608
            sync=self.sync.sync_id,
        )
        return dict(self._pairs(rows))

    def grant_kinds(self) -> Iterator[tuple[str, bool, bool]]:
        """Of every grant its resource's type, whether it is direct and whether it is expandable."""
        backfilled = self.sync.grants_backfilled
        for type_id, entitlement_id, expansion, data in self._query(
            f"SELECT resource_type_id, entitlement_id, {self._expansion} IS NOT NULL, data "  # noqa: S608
            "FROM v1_grants WHERE sync_id = :sync",
            sync=self.sync.sync_id,
        ):
            expandable = bool(expansion) or (not backfilled and _EXPANDABLE_NAME in data)
            inherited = _SOURCES_TAG in data and _is_inherited(data, entitlement_id)
            yield type_id, not inherited, expandable

    def _query(self, statement: str, **values: object) -> Iterator[tuple[Any, ...]]:
        with storage_errors(self.path, "reading"):
            yield from self._connection.execute(statement, values)

    @staticmethod
    def _pairs(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[str, Any]]:
        return ((first, second) for first, second in rows)


def is_direct(grant: v2.Grant) -> bool:
    """A grant that names sources is direct only when it names its own entitlement among them."""
    return not grant.sources.sources or grant.entitlement.id in grant.sources.sources


def _is_inherited(data: bytes, entitlement_id: str) -> bool:
    sources = v2.Grant.FromString(data).sources.sources
    return bool(sources) and entitlement_id not in sources
