"""App role assignments of the image, and the small collections that are read whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import msgspec

RecordT = TypeVar("RecordT")


class Assignment(NamedTuple):
    """One app role assignment: a principal holds a role of a resource service principal."""

    id: str
    resource: str
    principal: str
    role: str


class AssignmentTable:
    """App role assignments by their Graph id."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, rows: Iterable[Assignment]) -> None:
        """Store assignments; one already known is left as it is."""
        self._connection.executemany(
            "INSERT OR REPLACE INTO app_role_assignment VALUES (?, ?, ?, ?)", list(rows)
        )

    def remove(self, ids: Iterable[str]) -> None:
        """Forget assignments by id; unknown ids change nothing."""
        self._connection.executemany(
            "DELETE FROM app_role_assignment WHERE id = ?", [(id_,) for id_ in ids]
        )

    def drop_resources(self, ids: Iterable[str]) -> None:
        """Forget every assignment to these service principals."""
        self._connection.executemany(
            "DELETE FROM app_role_assignment WHERE resource = ?", [(id_,) for id_ in ids]
        )

    def reset(self) -> None:
        """Forget all assignments."""
        self._connection.execute("DELETE FROM app_role_assignment")

    def of(self, resource: str) -> list[Assignment]:
        """The assignments to one service principal, ordered by role and principal."""
        rows = self._connection.execute(
            "SELECT id, resource, principal, role FROM app_role_assignment"
            " WHERE resource = ? ORDER BY role, principal, id",
            (resource,),
        )
        return [Assignment(*row) for row in rows]

    def resources(self) -> set[str]:
        """The service principals that have at least one assignment."""
        rows = self._connection.execute("SELECT DISTINCT resource FROM app_role_assignment")
        return {row[0] for row in rows}


class SignInTable:
    """The last known sign-in activity by user id; a user without a row is unknown, not idle."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, rows: Iterable[tuple[str, str]]) -> None:
        """Store (user id, JSON) pairs over what was known."""
        self._connection.executemany("INSERT OR REPLACE INTO sign_in VALUES (?, ?)", list(rows))

    def all(self, record: type[RecordT]) -> dict[str, RecordT]:
        """Every known activity by user id."""
        decode = msgspec.json.Decoder(record).decode
        rows = self._connection.execute("SELECT id, data FROM sign_in")
        return {id_: decode(data) for id_, data in rows}

    def reset(self) -> None:
        """Forget all activity."""
        self._connection.execute("DELETE FROM sign_in")


class PolledTable:
    """Small collections (roles, licences), replaced whole by each sync."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def replace(self, collection: str, rows: Iterable[tuple[str, str]]) -> None:
        """Make a collection exactly these (id, JSON) pairs."""
        self._connection.execute("DELETE FROM polled WHERE collection = ?", (collection,))
        self._connection.executemany(
            "INSERT OR REPLACE INTO polled VALUES (?, ?, ?)",
            [(collection, id_, data) for id_, data in rows],
        )

    def all(self, collection: str, record: type[RecordT]) -> Iterator[RecordT]:
        """Every entry of a collection, ordered by id, decoded."""
        decode = msgspec.json.Decoder(record).decode
        rows = self._connection.execute(
            "SELECT data FROM polled WHERE collection = ? ORDER BY id", (collection,)
        )
        for (data,) in rows:
            yield decode(data)
