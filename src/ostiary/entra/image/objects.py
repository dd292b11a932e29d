"""Directory objects of the image: users, groups, service principals, applications."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from ostiary.entra.image.schema import Kind

RecordT = TypeVar("RecordT")

_INTERN = (
    "INSERT INTO object (id, kind) VALUES (?, ?)"
    " ON CONFLICT (id) DO UPDATE SET kind = CASE kind WHEN 0 THEN excluded.kind ELSE kind END"
    " RETURNING ix"
)
_PATCH = (
    "INSERT INTO object (id, kind, data) VALUES (?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,"
    " data = CASE WHEN data IS NULL THEN excluded.data ELSE json_patch(data, excluded.data) END"
)
_REPLACE = (
    "INSERT INTO object (id, kind, data, seen) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, data = excluded.data,"
    " seen = excluded.seen"
)


class ObjectTable:
    """Objects by id, each with the JSON of the properties we select."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ix: dict[str, int] = {}

    def intern(self, object_id: str, kind: Kind) -> int:
        """The row number of an object, made on first sight."""
        ix = self._ix.get(object_id)
        if ix is None:
            ix = int(self._connection.execute(_INTERN, (object_id, kind)).fetchone()[0])
            self._ix[object_id] = ix
        return ix

    def forget_interned(self) -> None:
        """Drop cached row numbers; needed when rows may have gone (a rollback, a reset)."""
        self._ix.clear()

    def patch(self, kind: Kind, changes: Iterable[tuple[str, str]]) -> None:
        """Merge (id, JSON) pairs into what is known, by RFC 7396: absent keeps, null clears."""
        self._connection.executemany(_PATCH, [(id_, kind, data) for id_, data in changes])

    def replace(self, kind: Kind, rows: Iterable[tuple[str, str]], *, seen: int) -> None:
        """Store (id, JSON) pairs as the whole truth about each object, marked as seen."""
        self._connection.executemany(_REPLACE, [(id_, kind, data, seen) for id_, data in rows])

    def remove(self, ids: Iterable[str]) -> None:
        """Mark objects as gone. Their links stay: a restored object has them again."""
        self._connection.executemany(
            "UPDATE object SET data = NULL WHERE id = ?", [(id_,) for id_ in ids]
        )

    def remove_unseen(self, kind: Kind, *, seen: int) -> list[str]:
        """Mark as gone every live object of a kind that a finished listing did not show."""
        rows = self._connection.execute(
            "UPDATE object SET data = NULL WHERE kind = ? AND data IS NOT NULL AND seen <> ?"
            " RETURNING id",
            (kind, seen),
        )
        return [str(row[0]) for row in rows.fetchall()]

    def reset(self, kind: Kind) -> None:
        """Forget all that is known about a kind; links to such objects keep their ends."""
        self._connection.execute("UPDATE object SET data = NULL WHERE kind = ?", (kind,))

    def get(self, object_id: str, record: type[RecordT]) -> RecordT | None:
        """One live object, decoded."""
        row = self._connection.execute(
            "SELECT data FROM object WHERE id = ? AND data IS NOT NULL", (object_id,)
        ).fetchone()
        return msgspec.json.decode(row[0], type=record) if row else None

    def kind_of(self, object_id: str) -> Kind | None:
        """The kind of a live object; None when it is unknown or gone."""
        row = self._connection.execute(
            "SELECT kind FROM object WHERE id = ? AND data IS NOT NULL", (object_id,)
        ).fetchone()
        return Kind(row[0]) if row else None

    def all(self, kind: Kind, record: type[RecordT]) -> Iterator[tuple[int, RecordT]]:
        """Every live object of a kind, in the order of first sight, with its row number."""
        decode = msgspec.json.Decoder(record).decode
        rows = self._connection.execute(
            "SELECT ix, data FROM object WHERE kind = ? AND data IS NOT NULL ORDER BY ix", (kind,)
        )
        for ix, data in rows:
            yield ix, decode(data)

    def ends(self) -> dict[int, tuple[str, Kind, bool]]:
        """(id, kind, live) of every object by its row number, to resolve many links."""
        kinds = {int(kind): kind for kind in Kind}
        rows = self._connection.execute("SELECT ix, id, kind, data IS NOT NULL FROM object")
        return {ix: (id_, kinds[kind], bool(live)) for ix, id_, kind, live in rows}

    def ids(self, kind: Kind) -> list[str]:
        """The ids of every live object of a kind, in the order of first sight."""
        rows = self._connection.execute(
            "SELECT id FROM object WHERE kind = ? AND data IS NOT NULL ORDER BY ix", (kind,)
        )
        return [row[0] for row in rows]

    def count(self, kind: Kind) -> int:
        """How many live objects of a kind there are."""
        row = self._connection.execute(
            "SELECT count(*) FROM object WHERE kind = ? AND data IS NOT NULL", (kind,)
        ).fetchone()
        return int(row[0])
