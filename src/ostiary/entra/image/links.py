"""Links between objects: memberships and ownerships, as sets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping

from ostiary.entra.image.schema import Kind, Relation

Ends = tuple[int, Relation, int]
"""Source row, relation, target row."""


class LinkTable:
    """A set of (source, relation, target); adding twice or removing nothing changes nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def apply(self, changes: Mapping[Ends, bool]) -> None:
        """Apply the last word on each link: True it stands, False it is gone."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
            [ends for ends, stands in changes.items() if stands],
        )
        self._connection.executemany(
            "DELETE FROM link WHERE source = ? AND relation = ? AND target = ?",
            [ends for ends, stands in changes.items() if not stands],
        )

    def replace(self, source: int, relation: Relation, targets: Iterable[int]) -> None:
        """Make the targets of one source exactly these."""
        self._connection.execute(
            "DELETE FROM link WHERE source = ? AND relation = ?", (source, relation)
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO link VALUES (?, ?, ?)",
            [(source, relation, target) for target in targets],
        )

    def drop(self, sources: Iterable[str], relation: Relation) -> None:
        """Forget every link of one relation that starts at one of these objects."""
        self._connection.executemany(
            "DELETE FROM link WHERE source = (SELECT ix FROM object WHERE id = ?) AND relation = ?",
            [(id_, relation) for id_ in sources],
        )

    def reset(self, kind: Kind, relation: Relation) -> None:
        """Forget every link of one relation that starts at an object of a kind."""
        self._connection.execute(
            "DELETE FROM link WHERE relation = ?"
            " AND source IN (SELECT ix FROM object WHERE kind = ?)",
            (relation, kind),
        )

    def targets(self, source: int, relation: Relation) -> Iterator[tuple[str, Kind, bool]]:
        """(id, kind, live) of each target of one source."""
        rows = self._connection.execute(
            "SELECT o.id, o.kind, o.data IS NOT NULL FROM link l JOIN object o ON o.ix = l.target"
            " WHERE l.source = ? AND l.relation = ?",
            (source, relation),
        )
        for object_id, kind, live in rows:
            yield object_id, Kind(kind), bool(live)

    def target_rows(self, source: int, relation: Relation) -> list[int]:
        """Row numbers of the targets of one source; ``ObjectTable.ends`` tells what they are."""
        rows = self._connection.execute(
            "SELECT target FROM link WHERE source = ? AND relation = ?", (source, relation)
        )
        return [row[0] for row in rows]

    def count(self) -> int:
        """How many links are known."""
        return int(self._connection.execute("SELECT count(*) FROM link").fetchone()[0])
