"""Opening, checking and writing the image as a whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Self

from ostiary.entra.image.assignments import AssignmentTable, PolledTable, SignInTable
from ostiary.entra.image.cursors import CursorTable
from ostiary.entra.image.links import LinkTable
from ostiary.entra.image.objects import ObjectTable
from ostiary.entra.image.schema import TABLES, VERSION


class Identity(NamedTuple):
    """Whose image this is. An image of another tenant, host or application is never used."""

    tenant_id: str
    graph_domain: str
    client_id: str

    def __str__(self) -> str:
        return f"{VERSION}|{self.tenant_id}|{self.graph_domain}|{self.client_id}".lower()


class Image:
    """The mirror of one tenant in one SQLite file."""

    def __init__(self, connection: sqlite3.Connection, *, discarded: str = "") -> None:
        self._connection = connection
        self.discarded = discarded
        """Why an earlier image was thrown away, in words; empty when none was."""
        self.objects = ObjectTable(connection)
        self.links = LinkTable(connection)
        self.assignments = AssignmentTable(connection)
        self.polled = PolledTable(connection)
        self.sign_ins = SignInTable(connection)
        self.cursors = CursorTable(connection)

    @classmethod
    def open(cls, path: Path, identity: Identity) -> Self:
        """Open the image at a path, or start a new one if it is missing, foreign or damaged.

        Raises:
            sqlite3.OperationalError: the file cannot be created or written.
        """
        reason = _unusable(path, identity)
        if reason is not None:
            _delete(path)
        connection = _connect(path)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            connection.executescript("BEGIN;" + TABLES)
            connection.execute("INSERT INTO meta VALUES ('identity', ?)", (str(identity),))
            connection.execute("COMMIT")
        return cls(connection, discarded=reason or "")

    @classmethod
    def in_memory(cls) -> Self:
        """An image that lasts as long as the process, for targeted syncs."""
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.executescript(TABLES)
        return cls(connection)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, for one page and its cursor."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk makes SQLite roll back by itself
                self._connection.execute("ROLLBACK")
            self.objects.forget_interned()
            raise
        self._connection.execute("COMMIT")

    def remembered(self, key: str) -> str | None:
        """A note kept between syncs."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def remember(self, key: str, value: str) -> None:
        """Keep a note between syncs."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def next_generation(self) -> int:
        """A number no earlier listing was marked with."""
        generation = int(self.remembered("generation") or 0) + 1
        self.remember("generation", str(generation))
        return generation

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    return connection


def _unusable(path: Path, identity: Identity) -> str | None:
    """Why an existing image cannot serve; None when it can, or when there is none."""
    if not path.exists():
        return None
    try:
        connection = _connect(path)
        try:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                return None  # a run ended before it wrote anything
            row = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return f"it could not be read ({error})"
    if row is None or row[0] != str(identity):
        return "it belongs to another tenant, application or version"
    return None if sound else "it is damaged"


def _delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
