"""Where each stream stands: in the middle of a round, or at the delta link of the last one."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class Cursor(NamedTuple):
    """Both links None: nothing read yet."""

    next_link: str | None
    delta_link: str | None

    @property
    def resume(self) -> str | None:
        """The link to go on from; None means from the beginning."""
        return self.next_link or self.delta_link


NOWHERE = Cursor(None, None)


class CursorTable:
    """Cursors by stream. A cursor belongs to one query: another query starts afresh."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, stream: str, query: str) -> Cursor:
        """The cursor of a stream, nowhere if it was saved under another query."""
        row = self._connection.execute(
            "SELECT next_link, delta_link FROM cursor WHERE stream = ? AND query = ?",
            (stream, query),
        ).fetchone()
        return Cursor(*row) if row else NOWHERE

    def advance(
        self, stream: str, query: str, next_link: str | None, delta_link: str | None
    ) -> None:
        """After a page: inside a round the last finished round's delta link is kept."""
        self._connection.execute(
            "INSERT INTO cursor VALUES (?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET"
            " query = excluded.query, next_link = excluded.next_link,"
            " delta_link = coalesce(excluded.delta_link, delta_link)",
            (stream, query, next_link, delta_link),
        )

    def rewind(self, stream: str) -> None:
        """Give up the round under way and go back to the last finished one."""
        self._connection.execute("UPDATE cursor SET next_link = NULL WHERE stream = ?", (stream,))

    def forget(self, stream: str) -> None:
        """Start this stream from the beginning next time."""
        self._connection.execute("DELETE FROM cursor WHERE stream = ?", (stream,))

    def forget_all(self, prefix: str) -> None:
        """Start all streams whose names begin so from the beginning."""
        self._connection.execute(
            "DELETE FROM cursor WHERE substr(stream, 1, ?) = ?", (len(prefix), prefix)
        )
