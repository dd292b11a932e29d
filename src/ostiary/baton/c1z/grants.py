"""The grants of a sync that is being written, for grant expansion.

Reads are pages behind a key, never open cursors: what is read may be changed at once, and memory
stays bounded however many grants an entitlement has.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ostiary.baton.c1z.encoding import GrantSheet
from ostiary.baton.c1z.schema import PRINCIPAL_INDEX
from ostiary.baton.pb import connector_v2 as v2

_PAGE: Final = 5_000


@dataclass(frozen=True, slots=True)
class GrantRow:
    """`data` is a serialized v2.Grant without its GrantExpandable annotation."""

    row_id: int
    grant_id: str
    principal_type: str
    principal_id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ExpandableGrant:
    grant_id: str
    entitlement_id: str
    principal_type: str
    principal_id: str
    expansion: v2.GrantExpandable


class WorkingGrants:
    """From `C1zWriter.begin_expansion`. Duplicates are merged: grant ids are unique here."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        floors: dict[str, int],
        put: Callable[[Iterable[v2.Grant | GrantSheet]], int],
        *,
        sourced: bool,
    ) -> None:
        self._connection = connection
        self._floors = floors
        self._put = put
        self.sourced = sourced
        """Whether any grant came with sources, before expansion added some."""

    def expandable(self) -> Iterator[ExpandableGrant]:
        """Every grant with a GrantExpandable, in the order they were written."""
        last = self._floors["v1_grants"]
        while page := self._expandable_page(last):
            for _, grant_id, entitlement_id, principal_type, principal_id, expansion in page:
                parsed = v2.GrantExpandable.FromString(expansion)
                yield ExpandableGrant(
                    grant_id, entitlement_id, principal_type, principal_id, parsed
                )
            last = page[-1][0]

    def entitlement(self, entitlement_id: str) -> v2.Entitlement | None:
        row = self._connection.execute(
            "SELECT data FROM v1_entitlements WHERE external_id = ? AND id > ?",
            (entitlement_id, self._floors["v1_entitlements"]),
        ).fetchone()
        return None if row is None else v2.Entitlement.FromString(row[0])

    def of(self, entitlement_id: str) -> Iterator[GrantRow]:
        """The grants of an entitlement ordered by principal type, then principal id."""
        key: tuple[str, str, int] = ("", "", 0)
        while page := self._page(entitlement_id, key):
            yield from page
            last = page[-1]
            key = (last.principal_type, last.principal_id, last.row_id)

    def principals(self, entitlement_id: str) -> list[tuple[str, str]]:
        """(type, id) of all who hold an entitlement, read from an index alone."""
        return self._connection.execute(
            "SELECT principal_resource_type_id, principal_resource_id "  # noqa: S608
            f"FROM v1_grants INDEXED BY {PRINCIPAL_INDEX} WHERE entitlement_id = ? AND id > ?",
            (entitlement_id, self._floors["v1_grants"]),
        ).fetchall()

    def held_by(
        self, entitlement_id: str, principal_type: str, principal_id: str
    ) -> Iterator[GrantRow]:
        """The grants of an entitlement to one principal; usually one."""
        rows = self._connection.execute(
            "SELECT id, external_id, principal_resource_type_id, principal_resource_id, data "  # noqa: S608
            f"FROM v1_grants INDEXED BY {PRINCIPAL_INDEX} WHERE entitlement_id = ? "
            "AND principal_resource_type_id = ? AND principal_resource_id = ? AND id > ?",
            (entitlement_id, principal_type, principal_id, self._floors["v1_grants"]),
        )
        return (GrantRow(*row) for row in rows.fetchall())

    def insert(self, grants: Iterable[v2.Grant | GrantSheet]) -> int:
        """Adds grants with new ids and returns how many; sqlite3.IntegrityError for a known id."""
        return self._put(grants)

    def replace(self, changes: Iterable[tuple[int, bytes]]) -> None:
        """New `data` by row id. The expansion columns stay as they are."""
        self._connection.executemany(
            "UPDATE v1_grants SET data = ? WHERE id = ?",
            ((data, row_id) for row_id, data in changes),
        )

    def _page(self, entitlement_id: str, key: tuple[str, str, int]) -> list[GrantRow]:
        rows = self._connection.execute(
            "SELECT id, external_id, principal_resource_type_id, principal_resource_id, data "  # noqa: S608
            f"FROM v1_grants INDEXED BY {PRINCIPAL_INDEX} WHERE entitlement_id = ? "
            "AND (principal_resource_type_id, principal_resource_id, id) > (?, ?, ?) AND id > ? "
            "ORDER BY principal_resource_type_id, principal_resource_id, id LIMIT ?",
            (entitlement_id, *key, self._floors["v1_grants"], _PAGE),
        )
        return [GrantRow(*row) for row in rows]

    def _expandable_page(self, last: int) -> list[tuple[int, str, str, str, str, bytes]]:
        return self._connection.execute(
            "SELECT id, external_id, entitlement_id, principal_resource_type_id, "
            "principal_resource_id, expansion FROM v1_grants "
            "WHERE expansion IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
            (last, _PAGE),
        ).fetchall()
