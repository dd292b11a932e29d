"""`ostiary c1z explain`: why somebody holds something, or what comes nearest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.text import Text
from typer.testing import CliRunner, Result

from ostiary.baton.c1z import C1zWriter
from ostiary.baton.pb import connector_v2 as v2
from ostiary.cli.c1z import app
from ostiary.cli.c1z.syncfile import SyncFile
from ostiary.cli.c1z.verdict import Verdict
from ostiary.connector.expansion import Expander
from tests.cli.small_tenant import (
    PAYROLL,
    READER,
    READER_ELIGIBLE,
    READER_SCOPED,
    TYPES,
    grant,
    members,
    passing_on,
    write_small_tenant,
)

HELD, NOT_HELD, DISAGREES = 0, 1, 3


@pytest.fixture(scope="module")
def tenant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_tenant(tmp_path_factory.mktemp("c1z") / "tenant.c1z")


def explain(file: Path, principal: str, entitlement: str, *more: str) -> Result:
    arguments = ["explain", str(file), "--principal", principal, "--entitlement", entitlement]
    return CliRunner().invoke(app, [*arguments, *more])


def document(file: Path, principal: str, entitlement: str, *more: str) -> Mapping[str, Any]:
    answer: Mapping[str, Any] = json.loads(
        explain(file, principal, entitlement, "--json", *more).stdout
    )
    return answer


def test_each_path_is_a_picture_and_words(tenant: Path) -> None:
    result = explain(tenant, "bob@example.com", "SG-Nested: members")
    assert result.exit_code == HELD
    assert result.stdout.splitlines() == [
        "Bob holds Members of SG-Nested by 2 paths.",
        "user:u-bob -> group:sg-nested:members",
        "",
        "1. Bob -> SG-Finance -> Members of SG-Nested",
        "   Bob, through SG-Finance, inside SG-Nested, holds Members of SG-Nested.",
        "",
        "2. Bob -> SG-Top -> SG-Finance -> Members of SG-Nested",
        "   Bob, through SG-Top, inside SG-Finance, inside SG-Nested, holds Members of SG-Nested.",
        "",
        "The expanded grants of the file agree: Bob holds it.",
    ]


def test_a_terminal_gets_real_arrows(tenant: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "50")
    shown = Text.from_ansi(explain(tenant, "Bob", "SG-Nested: members").stdout).plain
    assert "1. Bob → SG-Finance → Members of SG-Nested" in shown
    assert max(map(len, shown.splitlines())) <= 50


def test_the_direct_path_comes_first(tenant: Path) -> None:
    paths = document(tenant, "Bob", members("sg-finance"))["paths"]
    assert [path["words"] for path in paths] == [
        "Bob holds Members of SG-Finance directly.",
        "Bob, through SG-Top, inside SG-Finance, holds Members of SG-Finance.",
    ]
    assert [path["direct"] for path in paths] == [True, False]


def test_a_shallow_grant_is_no_path_for_members_of_members(tenant: Path) -> None:
    answer = document(tenant, "Bob", "payroll")
    assert [path["entitlementIds"] for path in answer["paths"]] == [[members("sg-top"), PAYROLL]]
    assert answer["fileAgrees"]


def test_the_facts_of_each_grant_on_the_way_are_told(tenant: Path) -> None:
    [path] = document(tenant, "Bob", PAYROLL)["paths"]
    assert path["remarks"] == [
        {
            "holder": "SG-Top",
            "held": "Default access of Payroll: EMEA",
            "facts": ["activated", "until 2026-12-01 09:00 UTC"],
        }
    ]
    assert "immutable" in explain(tenant, "Ada Lovelace", PAYROLL).stdout


def test_what_is_held_as_eligible_is_said_to_need_activation(tenant: Path) -> None:
    eligible = explain(tenant, "u-ada", READER_ELIGIBLE)
    assert eligible.exit_code == HELD
    assert "Eligible, not active" in eligible.stdout
    assert "Scope: the whole directory." in eligible.stdout
    assert "Scope: /administrativeUnits/emea." in explain(tenant, "u-ada", READER_SCOPED).stdout


def test_why_an_entitlement_is_immutable_is_told(tenant: Path) -> None:
    shown = explain(tenant, "u-bob3", members("sg-alone")).stdout
    assert "Immutable: it can be neither granted nor revoked here (Membership is dynamic)." in shown


def test_someone_who_is_only_eligible_is_told_so(tenant: Path) -> None:
    result = explain(tenant, "u-ada", READER)
    assert result.exit_code == NOT_HELD
    assert "Ada Lovelace does not hold Directory Reader." in result.stdout
    assert "Ada Lovelace is eligible for it but it is not active" in result.stdout
    assert "Ada Lovelace holds Directory Reader in emea." in result.stdout


def test_a_shallow_grant_just_out_of_reach_is_the_nearest_thing(tmp_path: Path) -> None:
    file = _write(
        tmp_path,
        grant(members("sg-inner"), "user:eve"),
        grant(members("sg-outer"), "group:sg-inner", passing_on("sg-inner")),
        grant(members("sg-app"), "group:sg-outer", passing_on("sg-outer", shallow=True)),
    )
    result = explain(file, "user:eve", members("sg-app"))
    assert result.exit_code == NOT_HELD
    assert (
        "eve is in sg-inner inside sg-outer, but sg-outer passes Members of sg-app "
        "on to its direct members only." in result.stdout
    )


def test_a_grant_for_other_types_of_principals_is_the_nearest_thing(tmp_path: Path) -> None:
    file = _write(
        tmp_path,
        grant(members("sg-inner"), "user:eve"),
        grant(members("sg-outer"), "group:sg-inner", passing_on("sg-inner", types=("group",))),
    )
    shown = explain(file, "user:eve", members("sg-outer")).stdout
    assert "does not pass Members of sg-outer on to principals of type User" in shown


def test_a_grant_that_is_not_passed_on_is_the_nearest_thing(tenant: Path) -> None:
    shown = explain(tenant, "u-bob3", READER).stdout
    assert "SG-Alone holds Directory Reader, and Bob Twin has access to SG-Alone" in shown


def test_a_file_that_was_not_expanded_disagrees(tmp_path: Path) -> None:
    raw = write_small_tenant(tmp_path / "raw.c1z", expand=False)
    result = explain(raw, "Bob", members("sg-nested"))
    assert result.exit_code == DISAGREES
    assert "The file has no grant of Members of SG-Nested for Bob" in result.stdout


def test_an_expanded_grant_to_which_no_path_leads_disagrees(tmp_path: Path) -> None:
    orphan = grant(members("sg-outer"), "user:eve")
    orphan.sources.sources[members("sg-inner")].is_direct = True
    result = explain(_write(tmp_path, orphan), "user:eve", members("sg-outer"))
    assert result.exit_code == DISAGREES
    assert "to which no path leads" in result.stdout


def test_a_grant_that_names_other_sources_disagrees(tmp_path: Path) -> None:
    expanded = grant(members("sg-outer"), "user:eve")
    expanded.sources.sources[members("sg-app")].is_direct = True
    file = _write(
        tmp_path,
        grant(members("sg-inner"), "user:eve"),
        grant(members("sg-outer"), "group:sg-inner", passing_on("sg-inner")),
        expanded,
    )
    answer = document(file, "user:eve", members("sg-outer"))
    assert len(answer["differences"]) == 2


def test_many_paths_are_folded_with_their_count(tmp_path: Path) -> None:
    middle = [f"m{number:02}" for number in range(60)]
    file = _write(
        tmp_path,
        *(grant(members(name), "user:eve") for name in middle),
        *(grant(members("sg-outer"), f"group:{name}", passing_on(name)) for name in middle),
        expand=True,
    )
    shown = explain(file, "user:eve", members("sg-outer")).stdout
    assert "eve holds Members of sg-outer by 60 paths." in shown
    assert "10 other paths are folded; --all shows them." in shown
    assert "51. " not in shown
    assert "60. " in explain(file, "user:eve", members("sg-outer"), "--all").stdout


def test_edges_that_expansion_drops_are_no_paths(tmp_path: Path) -> None:
    gone = v2.GrantExpandable(entitlement_ids=["group:gone:members", " "])
    file = _write(tmp_path, grant(members("sg-outer"), "group:sg-inner", gone))
    assert explain(file, "group:sg-inner", members("sg-outer")).exit_code == HELD
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    file = _write(
        foreign,
        grant(members("sg-app"), "user:eve"),
        grant(members("sg-outer"), "group:sg-inner", passing_on("sg-app")),
    )
    assert explain(file, "user:eve", members("sg-outer")).exit_code == NOT_HELD


GROUPS = [f"g{number}" for number in range(5)]


@st.composite
def nested_groups(draw: st.DrawFn) -> list[v2.Grant]:
    principals = ["user:eve", "user:tom", "agent:bot"]
    held = st.tuples(st.sampled_from(GROUPS), st.sampled_from(principals))
    pairs = st.tuples(st.sampled_from(GROUPS), st.sampled_from(GROUPS))
    direct = [grant(members(group), who) for group, who in draw(st.sets(held, max_size=6))]
    for outer, inner in sorted(draw(st.sets(pairs.filter(lambda p: p[0] != p[1]), max_size=9))):
        shallow = draw(st.booleans())
        types = draw(st.sampled_from([(), ("user",), ("user", "group")]))
        reach = passing_on(inner, shallow=shallow, types=types)
        direct.append(grant(members(outer), f"group:{inner}", reach))
    return direct


@given(nested_groups())
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_computed_paths_agree_with_what_the_connector_runtime_expands(
    tmp_path: Path, grants: list[v2.Grant]
) -> None:
    file = _write(tmp_path, *grants, groups=GROUPS, expand=True)
    everyone = ["user:eve", "user:tom", "agent:bot", *(f"group:{name}" for name in GROUPS)]
    with SyncFile(file) as sync:
        for who in everyone:
            kind, name = who.split(":")
            principal = v2.Resource(id=v2.ResourceId(resource_type=kind, resource=name))
            for group in GROUPS:
                entitlement = sync.entitlement(members(group))
                assert entitlement is not None
                verdict = Verdict(sync, principal, entitlement)
                assert list(verdict.differences()) == []
                assert verdict.holds == bool(verdict.paths(1))


def _write(
    folder: Path, *grants: v2.Grant, groups: list[str] | None = None, expand: bool = False
) -> Path:
    """Groups that are named in grants exist, with their members entitlement and nothing else."""
    names = groups or sorted(
        {one.entitlement.resource.id.resource for one in grants} | {"sg-inner"}
    )
    output = folder / "sync.c1z"
    with C1zWriter(output, keep=1) as writer:
        writer.put_resource_types(TYPES)
        writer.put_entitlements(_members_of(name) for name in names)
        writer.put_grants(grants)
        if expand:
            for _ in Expander(writer.begin_expansion()).steps():
                pass
        writer.seal()
    return output


def _members_of(name: str) -> v2.Entitlement:
    resource = v2.Resource(id=v2.ResourceId(resource_type="group", resource=name))
    purpose = v2.Entitlement.PURPOSE_VALUE_ASSIGNMENT
    return v2.Entitlement(id=members(name), resource=resource, slug="members", purpose=purpose)
