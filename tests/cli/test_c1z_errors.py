"""What `ostiary c1z` says when the file is no good or a name means nothing, or too much."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ostiary.baton.c1z import C1zWriter
from ostiary.cli.c1z import app
from tests.cli.small_tenant import SYNC_ID, write_small_tenant

GOLDEN = Path(__file__).parents[1] / "baton" / "golden"


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_tenant(tmp_path_factory.mktemp("c1z") / "tenant.c1z")


def complaint(*arguments: str | Path) -> str:
    """What stands on stderr when a command fails; nothing stands on stdout."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing.c1z"
    assert str(missing) in complaint("show", missing)
    assert "No such file" in complaint("show", missing)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "directory" in complaint("resources", tmp_path)


@pytest.mark.parametrize("content", [b"", b"C1", b"PK\x03\x04 some other archive"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.c1z"
    other.write_bytes(content)
    assert "is not a .c1z file" in complaint("grants", other)


def test_pebble_files_are_refused_with_the_way_out() -> None:
    assert "--storage-engine sqlite" in complaint("show", GOLDEN / "demo-v025-pebble.c1z")


def test_a_truncated_file_is_called_so(tenant: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.c1z"
    cut.write_bytes(tenant.read_bytes()[:-200])
    assert "truncated" in complaint("entitlements", cut)


def test_a_sync_that_is_not_there_is_named(tenant: Path) -> None:
    assert "holds no sync nonsense" in complaint("show", tenant, "--sync-id", "nonsense")


def test_a_name_nobody_has_is_answered_with_what_was_searched(tenant: Path) -> None:
    message = complaint("access", tenant, "--principal", "Zoe")
    assert f"Found no resource 'Zoe' in sync {SYNC_ID}" in message
    assert "logins, e-mail addresses and display names" in message


def test_a_name_several_have_is_answered_with_type_and_id(tenant: Path) -> None:
    for name in ("bob twin", "TWINS@example.com"):
        message = complaint("access", tenant, "--principal", name)
        assert "2 resources" in message
        assert "user:u-bob2  Bob Twin" in message
        assert "user:u-bob3  Bob Twin" in message


def test_a_resource_with_several_entitlements_needs_one_named(tenant: Path) -> None:
    message = complaint("explain", tenant, "--principal", "Bob", "--entitlement", "SG-Nested")
    assert "group:sg-nested:members  Members of SG-Nested" in message
    assert "group:sg-nested:owners  Owners of SG-Nested" in message


def test_an_unknown_entitlement_is_answered_with_what_was_searched(tenant: Path) -> None:
    message = complaint("grants", tenant, "--entitlement", "SG-Nested: guests")
    assert "Found no entitlement 'SG-Nested: guests'" in message


def test_an_unknown_type_is_answered_with_the_known_ones(tenant: Path) -> None:
    message = complaint("resources", tenant, "--type", "device")
    assert "directory_role, enterprise_application, group, user" in message


def test_an_empty_sync_lists_nothing(tmp_path: Path) -> None:
    with C1zWriter(tmp_path / "empty.c1z") as writer:
        writer.seal()
    result = CliRunner().invoke(app, ["grants", str(tmp_path / "empty.c1z"), "--json"])
    assert (result.exit_code, result.stdout) == (0, "")
