"""`ostiary c1z show|resources|entitlements|grants|access`, as people and programs meet them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.any_pb2 import Any as PackedAny
from rich.cells import cell_len
from rich.text import Text
from typer.testing import CliRunner, Result

from ostiary.baton.c1z import C1zWriter
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z import app
from ostiary.cli.main import app as ostiary
from tests.cli.small_tenant import PAYROLL, SYNC_ID, members, write_small_tenant

GOLDEN = Path(__file__).parents[1] / "baton" / "golden"


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_tenant(tmp_path_factory.mktemp("c1z") / "tenant.c1z")


def run(*arguments: str | Path, exit_code: int = 0) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == exit_code, result.output
    return result


def rows(*arguments: str | Path) -> list[dict[str, str]]:
    """What a pipe gets: tab-separated values under a line of titles."""
    titles, *lines = (line.split("\t") for line in run(*arguments).stdout.splitlines())
    return [dict(zip(titles, line, strict=True)) for line in lines]


def records(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))


def test_the_command_is_part_of_ostiary(tenant: Path) -> None:
    assert CliRunner().invoke(ostiary, ["c1z", "show", str(tenant)]).exit_code == 0


def test_show_counts_direct_and_expanded_grants_by_resource_type(tenant: Path) -> None:
    shown = json.loads(run("show", tenant, "--json").stdout)
    by_type = {kind["id"]: kind for kind in shown["resourceTypes"]}
    assert by_type["group"] == {
        "id": "group",
        "displayName": "Group",
        "resources": 4,
        "entitlements": 5,
        "directGrants": 7,
        "expandedGrants": 4,
    }
    assert shown["total"]["directGrants"] == 13
    assert (shown["immutableEntitlements"], shown["expandableGrants"]) == (1, 5)


def test_show_tells_which_of_several_syncs_is_read(tenant: Path, tmp_path: Path) -> None:
    file = tmp_path / "two.c1z"
    shutil.copy(tenant, file)
    with C1zWriter(file) as writer:
        writer.put_resource_types([v2.ResourceType(id="user")])
        newer = writer.seal().sync_id
    syncs = json.loads(run("show", file, "--json").stdout)["syncs"]
    assert [(sync["syncId"], sync["isRead"]) for sync in syncs] == [(SYNC_ID, False), (newer, True)]
    assert [sync["grants"] for sync in syncs] == [18, 0]
    older = json.loads(run("show", file, "--json", "--sync-id", SYNC_ID).stdout)
    assert (older["syncId"], older["total"]["resources"]) == (SYNC_ID, 10)


def test_show_says_when_expandable_grants_were_not_expanded(tmp_path: Path) -> None:
    raw = write_small_tenant(tmp_path / "raw.c1z", expand=False)
    assert "may not have been expanded" in run("show", raw).stdout


def test_the_golden_sample_of_an_old_connector_is_read() -> None:
    total = json.loads(run("show", GOLDEN / "demo.c1z", "--json").stdout)["total"]
    assert (total["resources"], total["entitlements"], total["directGrants"]) == (11, 10, 32)
    held = rows("access", GOLDEN / "demo.c1z", "--principal", "alice@example.com")
    assert [(row["Entitlement"], row["How"]) for row in held] == [
        ("Member of Engineers", "direct"),
        ("Access of Product X", "direct"),
        ("Assignment of Editor", "direct"),
        ("Assignment of Reader", "direct"),
    ]


def test_resources_are_found_by_type_text_and_id(tenant: Path) -> None:
    ids = {row["Id"] for row in rows("resources", tenant, "--type", "enterprise APPLICATION")}
    assert ids == {"payroll"}
    assert {row["Id"] for row in rows("resources", tenant, "--match", "TWIN")} == {
        "u-bob2",
        "u-bob3",
    }
    found = rows("resources", tenant, "--id", "robert@example.com")
    assert found == [
        {
            "Name": "Bob",
            "Type": "User",
            "Login": "bob@example.com",
            "E-mail": "robert@example.com",
            "State": "enabled",
            "Id": "u-bob",
        }
    ]


def test_entitlements_are_filtered_by_the_name_of_their_resource(tenant: Path) -> None:
    found = rows("entitlements", tenant, "--resource", "SG-Nested")
    assert [row["Id"] for row in found] == ["group:sg-nested:members", "group:sg-nested:owners"]
    immutable = [row["Id"] for row in rows("entitlements", tenant) if row["Immutable"]]
    assert immutable == ["group:sg-alone:members"]


@pytest.mark.parametrize(
    ("filters", "principals"),
    [
        (["--entitlement", PAYROLL], ["sg-nested", "sg-top", "u-ada", "u-bob"]),
        (["--entitlement", "Payroll: EMEA", "--principal-type", "User"], ["u-ada", "u-bob"]),
        (["--entitlement", "Payroll: EMEA: Default access", "--inherited"], ["u-bob"]),
        (["--resource", "payroll", "--direct"], ["sg-nested", "sg-top", "u-ada"]),
        (["--type", "directory_role", "--principal", "Ada Lovelace"], ["u-ada", "u-ada"]),
        (["--type", "user"], []),
    ],
)
def test_grant_filters_combine(tenant: Path, filters: list[str], principals: list[str]) -> None:
    assert [row["Principal id"] for row in rows("grants", tenant, *filters)] == principals


def test_access_says_whether_things_are_held_directly_or_through_what(tenant: Path) -> None:
    held = rows("access", tenant, "--principal", "Bob")
    assert [(row["Type"], row["Entitlement"], row["How"]) for row in held] == [
        ("Enterprise application", "Default access of Payroll: EMEA", "via SG-Top"),
        ("Group", "Members of SG-Finance", "direct, via SG-Top"),
        ("Group", "Members of SG-Nested", "via SG-Finance"),
        ("Group", "Members of SG-Top", "direct, via SG-Nested"),
    ]
    document = json.loads(run("access", tenant, "--principal", "Bob", "--json").stdout)
    assert document["access"][0]["via"] == [{"entitlementId": members("sg-top"), "name": "SG-Top"}]
    assert document["access"][0]["direct"] is False


def test_access_shows_when_it_ends(tenant: Path) -> None:
    held = rows("access", tenant, "--principal", "ada@example.com")
    assert [row["Until"] for row in held if row["Until"]] == ["2027-01-01 00:00 UTC"]


def test_json_survives_annotations_that_nobody_here_knows(tmp_path: Path) -> None:
    resource = v2.Resource(id=v2.ResourceId(resource_type="thing", resource="1"))
    resource.annotations.append(PackedAny(type_url="example.com/unheard.Of", value=b"\x01"))
    with C1zWriter(tmp_path / "strange.c1z") as writer:
        writer.put_resources([resource])
        writer.seal()
    [record] = records("resources", tmp_path / "strange.c1z")
    assert record["annotations"] == [{"@type": "example.com/unheard.Of", "value": "AQ=="}]


def test_json_lines_are_the_messages_themselves(tenant: Path) -> None:
    [record] = records("grants", tenant, "--entitlement", PAYROLL, "--inherited")
    assert record["principal"] == {"id": {"resourceType": "user", "resource": "u-bob"}}
    assert record["sources"] == {"sources": {members("sg-top"): {"isDirect": True}}}


def test_a_limit_cuts_lists_short(tenant: Path) -> None:
    assert len(rows("resources", tenant, "--limit", "2")) == 2
    assert len(records("grants", tenant, "--limit", "3", "--direct")) == 3
    assert len(rows("access", tenant, "--principal", "Bob", "--limit", "1")) == 1


def test_names_cannot_reach_the_terminal_or_break_a_line(tmp_path: Path) -> None:
    evil = v2.Resource(
        id=v2.ResourceId(resource_type="t", resource="1"), display_name="a\x1b[2J\tb\n\u202ec"
    )
    with C1zWriter(tmp_path / "evil.c1z") as writer:
        writer.put_resources([evil])
        writer.seal()
    [row] = rows("resources", tmp_path / "evil.c1z")
    assert row["Name"] == "a\ufffd[2J b \ufffdc"


def test_a_terminal_gets_a_table_that_fits(tenant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, 60)
    shown = run("grants", tenant, "--entitlement", PAYROLL).stdout
    lines = Text.from_ansi(shown).plain.splitlines()
    assert max(map(cell_len, lines)) <= 60
    assert "…" in lines[1]
    assert "4 of 18 grants match." in lines[-1]


def test_wide_tables_show_whole_ids(tenant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_a_terminal(monkeypatch, 60)
    assert f"{PAYROLL}:group:sg-nested" in run("grants", tenant, "--wide").stdout


def test_a_terminal_is_told_how_much_is_not_shown(
    tenant: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_a_terminal(monkeypatch, 120)
    shown = run("grants", tenant, "--direct", "--limit", "2").stdout
    assert "13 of 18 grants match. The first 2 are shown; --limit 0 shows all." in shown


@pytest.mark.parametrize("command", ["show", "resources", "entitlements", "grants"])
def test_pipes_get_neither_colour_nor_boxes(tenant: Path, command: str) -> None:
    assert run(command, tenant).stdout.isascii()
    assert "\x1b" not in run(command, tenant).stdout


def test_a_reader_that_goes_away_is_no_error(tenant: Path) -> None:
    many = tenant.with_name("many.c1z")
    with C1zWriter(many) as writer:
        ids = (v2.ResourceId(resource_type="t", resource=f"{n:04}") for n in range(20_000))
        writer.put_resources(v2.Resource(id=own) for own in ids)
        writer.seal()
    arguments = [sys.executable, "-m", "ostiary.cli.main", "c1z", "resources", str(many)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141
