"""Files that other tools wrote: old, odd or broken inside."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd
from typer.testing import CliRunner, Result

from ostiary.baton.annotations import pack
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z import app
from tests.cli.small_tenant import PAYROLL, members, write_small_tenant

MAGIC = b"C1ZF\x00"


@pytest.fixture
def tenant(tmp_path: Path) -> Path:
    return write_small_tenant(tmp_path / "tenant.c1z")


def rewrite(file: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(zstd.decompress(file.read_bytes().removeprefix(MAGIC)))
    change(connection)
    connection.commit()
    file.write_bytes(MAGIC + zstd.compress(connection.serialize()))
    connection.close()


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _as_sdk_0_2_wrote_it(connection: sqlite3.Connection) -> None:
    """The GrantExpandable stays in the grant, and the columns for it do not exist yet."""
    rows = connection.execute(
        "SELECT id, data, expansion FROM v1_grants WHERE expansion IS NOT NULL"
    ).fetchall()
    for row_id, data, expansion in rows:
        grant = v2.Grant.FromString(data)
        grant.annotations.append(pack(v2.GrantExpandable.FromString(expansion)))
        changed = grant.SerializeToString()
        connection.execute("UPDATE v1_grants SET data = ? WHERE id = ?", (changed, row_id))
    connection.execute("DROP INDEX idx_grants_sync_expansion_v1")
    connection.execute("DROP INDEX idx_grants_sync_needs_expansion_v1")
    connection.execute("ALTER TABLE v1_grants DROP COLUMN expansion")
    connection.execute("ALTER TABLE v1_grants DROP COLUMN needs_expansion")
    connection.execute("ALTER TABLE v1_sync_runs DROP COLUMN grants_backfilled")
    connection.execute("ALTER TABLE v1_sync_runs DROP COLUMN stats")


def test_paths_are_found_in_files_of_old_connectors(tenant: Path) -> None:
    rewrite(tenant, _as_sdk_0_2_wrote_it)
    result = run("explain", tenant, "--principal", "Bob", "--entitlement", members("sg-nested"))
    assert result.exit_code == 0
    assert "by 2 paths" in result.stdout
    assert "5 grants are expandable" in run("show", tenant).stdout


def test_a_record_that_cannot_be_decoded_ends_in_one_sentence(tenant: Path) -> None:
    rewrite(tenant, lambda c: c.execute("UPDATE v1_resources SET data = x'0fff'"))
    result = run("resources", tenant)
    assert result.exit_code == 2
    assert result.stderr == f"{tenant} is damaged: a record in it cannot be decoded.\n"


def test_statistics_that_make_no_sense_are_counted_anew(tenant: Path) -> None:
    rewrite(tenant, lambda c: c.execute("UPDATE v1_sync_runs SET stats = 'none'"))
    assert "\t10\t9\t18\n" in run("show", tenant).stdout


def test_grants_to_nobody_have_an_unknown_principal(tenant: Path) -> None:
    def forget_principal(connection: sqlite3.Connection) -> None:
        nobody = v2.Grant(
            id="odd",
            entitlement=v2.Entitlement(id=PAYROLL),
            principal=v2.Resource(id=v2.ResourceId(resource_type="user")),
        )
        connection.execute(
            "UPDATE v1_grants SET data = ?, principal_resource_id = '' "
            "WHERE entitlement_id = ? AND principal_resource_id = 'u-ada'",
            (nobody.SerializeToString(), PAYROLL),
        )

    rewrite(tenant, forget_principal)
    assert "unknown\tUser\tDefault access" in run("grants", tenant).stdout
