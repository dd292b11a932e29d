"""The file against the tables of the format, looked at without our own reader and protobuf."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from backports import zstd

from ostiary.baton.c1z import C1zWriter, SyncType
from tests.baton.samples import GOLDEN, Ticking, database, put_small_tenant, wire_fields

SYNC_ID = "3MQheuWOEQVPMtE5am6NPFqNHqv"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "sync.c1z"
    with C1zWriter(path, clock=Ticking(), sync_id=SYNC_ID) as writer:
        put_small_tenant(writer)
        writer.seal()
    return path


@pytest.fixture
def rows(written: Path) -> Iterator[sqlite3.Connection]:
    with database(written) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_the_database_header_is_plain(written: Path) -> None:
    header = zstd.decompress(written.read_bytes()[5:])[:100]
    assert header[:16] == b"SQLite format 3\x00"
    assert int.from_bytes(header[16:18], "big") == 32 * 1024, "docs/adr/0010"
    assert header[18:20] == b"\x01\x01", "rollback journal, not WAL"
    assert int.from_bytes(header[56:60], "big") == 1, "UTF-8"
    assert header[60:64] == bytes(4), "user_version"
    assert header[68:72] == bytes(4), "application_id"


def test_the_database_passes_sqlites_own_check(rows: sqlite3.Connection) -> None:
    assert [row[0] for row in rows.execute("PRAGMA integrity_check")] == ["ok"]


def test_columns_are_those_the_go_sdk_makes(rows: sqlite3.Connection) -> None:
    with database(GOLDEN / "demo-v025-sqlite.c1z") as golden:
        assert _columns(rows) == _columns(golden)
    assert list(_columns(rows)) == sorted(
        f"v1_{name}"
        for name in (
            "assets",
            "connector_sessions",
            "entitlements",
            "grants",
            "resource_types",
            "resources",
            "sync_runs",
        )
    )


def test_indexes_are_those_the_go_sdk_makes(rows: sqlite3.Connection) -> None:
    with database(GOLDEN / "demo-v025-sqlite.c1z") as golden:
        assert _indexes(rows) == _indexes(golden)
    assert len(_indexes(rows)) == 16


def test_the_sync_run_says_what_was_written(rows: sqlite3.Connection) -> None:
    run = dict(rows.execute("SELECT * FROM v1_sync_runs").fetchone())
    assert json.loads(run.pop("stats")) == {
        "resource_types": 2,
        "resources": 4,
        "entitlements": 2,
        "grants": 3,
        "resources_by_resource_type": {"group": 2, "user": 2},
        "entitlements_by_resource_type": {"group": 2},
        "grants_by_resource_type": {"group": 3},
    }
    assert run.pop("started_at") < run.pop("ended_at")
    assert run == {
        "id": 1,
        "sync_id": SYNC_ID,
        "sync_token": "",
        "sync_type": "full",
        "parent_sync_id": "",
        "linked_sync_id": "",
        "supports_diff": 1,
        "grants_backfilled": 1,
        "ingest_invariant_generation": "",
        "ingest_invariant_coverage": "",
        "ingest_invariant_mode": "",
    }


@pytest.mark.parametrize("sync_type", [SyncType.PARTIAL, SyncType.RESOURCES_ONLY])
def test_other_sync_types_do_not_claim_to_support_diffs(
    tmp_path: Path, sync_type: SyncType
) -> None:
    with C1zWriter(tmp_path / "s.c1z", sync_type=sync_type) as writer:
        writer.seal(sync_token='{"version":1}')
    with database(tmp_path / "s.c1z") as connection:
        row = connection.execute(
            "SELECT sync_type, parent_sync_id, supports_diff, sync_token FROM v1_sync_runs"
        ).fetchone()
    assert row == (sync_type.value, "", 0, '{"version":1}')


def test_times_are_utc_to_the_nanosecond_without_trailing_zeros(tmp_path: Path) -> None:
    moments = iter([1_790_000_000_000_000_000] * 2 + [1_790_000_000_120_000_000] * 9)
    with C1zWriter(tmp_path / "s.c1z", clock=lambda: next(moments)) as writer:
        writer.seal()
    with database(tmp_path / "s.c1z") as connection:
        row = connection.execute("SELECT started_at, ended_at FROM v1_sync_runs").fetchone()
    assert row == ("2026-09-21 14:13:20", "2026-09-21 14:13:20.12")


def test_every_record_is_dated_and_belongs_to_the_sync(rows: sqlite3.Connection) -> None:
    for table in ("resource_types", "resources", "entitlements", "grants"):
        for row in rows.execute(f"SELECT sync_id, discovered_at FROM v1_{table}"):
            assert row["sync_id"] == SYNC_ID
            assert re.fullmatch(r"2026-09-21 14:1\d:\d\d\.\d{1,9}", row["discovered_at"])


def test_a_resource_row(rows: sqlite3.Connection) -> None:
    row = dict(rows.execute("SELECT * FROM v1_resources ORDER BY id").fetchone())
    data = dict(wire_fields(row.pop("data")))
    assert row["resource_type_id"] == "user"
    assert row["external_id"] == "user:ada"
    assert row["parent_resource_type_id"] is None
    assert row["parent_resource_id"] is None
    assert wire_fields(_bytes(data[1])) == [(1, b"user"), (2, b"ada")]
    assert data[3] == b"Ada"
    annotation = dict(wire_fields(_bytes(data[4])))
    assert annotation[1] == b"type.googleapis.com/c1.connector.v2.UserTrait"
    assert wire_fields(_bytes(annotation[2])) == [(5, 1), (6, b"ada@example.com")]


def test_an_entitlement_row(rows: sqlite3.Connection) -> None:
    row = dict(rows.execute("SELECT * FROM v1_entitlements ORDER BY id").fetchone())
    assert row["resource_type_id"] == "group"
    assert row["resource_id"] == "staff"
    assert row["external_id"] == "group:staff:members"
    data = wire_fields(row["data"])
    assert [number for number, _ in data] == [1, 2, 3, 5, 5, 7, 8]
    fields = dict(data)
    assert fields[2] == b"group:staff:members"
    assert fields[3] == b"Members"
    assert fields[7] == 1
    assert fields[8] == b"members"


def test_a_grant_row(rows: sqlite3.Connection) -> None:
    row = dict(rows.execute("SELECT * FROM v1_grants ORDER BY id").fetchone())
    assert row["resource_type_id"] == "group"
    assert row["resource_id"] == "staff"
    assert row["entitlement_id"] == "group:staff:members"
    assert row["principal_resource_type_id"] == "user"
    assert row["principal_resource_id"] == "ada"
    assert row["external_id"] == "group:staff:members:user:ada"
    assert (row["expansion"], row["needs_expansion"]) == (None, 0)
    data = wire_fields(row["data"])
    assert [number for number, _ in data] == [1, 2, 3]
    principal = wire_fields(_bytes(dict(data)[2]))
    assert [number for number, _ in principal] == [1]
    assert wire_fields(_bytes(principal[0][1])) == [(1, b"user"), (2, b"ada")]
    assert dict(data)[3] == b"group:staff:members:user:ada"


def test_an_expandable_grant_row_keeps_its_expansion_beside_the_data(
    rows: sqlite3.Connection,
) -> None:
    row = rows.execute("SELECT * FROM v1_grants WHERE expansion IS NOT NULL").fetchone()
    assert row["external_id"] == "group:all:members:group:staff"
    assert row["needs_expansion"] == 1
    assert wire_fields(row["expansion"]) == [(1, b"group:staff:members")]
    assert b"GrantExpandable" not in row["data"]


def _columns(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Name, type, not null, default and primary key of every column, by table."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return {
        name: [
            (column[1], column[2].lower(), *column[3:])
            for column in map(tuple, connection.execute(f"PRAGMA table_info({name})"))
        ]
        for (name,) in map(tuple, tables.fetchall())
    }


def _indexes(connection: sqlite3.Connection) -> dict[str, str]:
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
    return {name: " ".join(sql.lower().split()) for name, sql in map(tuple, rows)}


def _bytes(value: bytes | int) -> bytes:
    assert isinstance(value, bytes)
    return value
