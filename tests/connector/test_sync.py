"""A sync from end to end: what is in the file, what stops it, what it tells."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from ostiary.baton.annotations import pack
from ostiary.baton.c1z import C1zReader, GrantSheet
from ostiary.baton.pb import connector_v2 as pb
from ostiary.connector import oneshot
from ostiary.connector.connector import Finding, SyncScope
from ostiary.connector.entitlements import entitlement_stub
from ostiary.connector.resources import resource_id
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import FakeConnector, Make
from tests.connector.running import Runner, altered, syncs

EVERYTHING = [
    "user:ann",
    "user:bob",
    "user:cleo",
    "group:a",
    "group:b",
    "group:c",
    "app:crm",
    "site:emea",
]


def test_a_full_sync_holds_everything_and_what_follows_from_nesting(runner: Runner) -> None:
    ran = runner()
    assert ran.code == 0
    content = runner.content()
    assert content.sync_type == "full"
    assert content.types == ["user", "group", "app", "site"]
    assert content.resources == EVERYTHING
    assert content.entitlements == [
        "group:a:members",
        "group:b:members",
        "group:c:members",
        "app:crm:access",
    ]
    followed = {name: sources for name, sources in content.grants.items() if sources}
    assert followed == {
        "group:a:members:user:bob": {"group:b:members": True},
        "group:a:members:user:cleo": {"group:b:members": False},
        "group:b:members:user:ann": {"group:a:members": True},
        "group:b:members:user:cleo": {"group:c:members": True},
        "app:crm:access:user:ann": {"group:a:members": True},
    }
    assert "app:crm:access:group:a" in content.grants


def test_nothing_is_written_to_standard_output_and_logs_are_json(runner: Runner) -> None:
    ran = runner()
    assert ran.out == ""
    assert {record["level"] for record in ran.records} == {"info"}


def test_the_closing_line_tells_what_was_done_and_what_was_left_out(runner: Runner) -> None:
    last = runner().last
    assert last["msg"] == "sync complete"
    assert (last["resources"], last["entitlements"], last["grants"]) == (8, 4, 12)
    assert last["grants_through_groups"] == 5
    assert last["by_type"]["group"] == {"resources": 3, "entitlements": 3, "grants": 6}
    assert (last["requests"], last["resource_units"]) == (2, 3.5)
    assert (last["waits"], last["waited_seconds"]) == (1, 4.0), "a retry is no wait"
    assert last["left_out"] == [{"count": 2, "subject": "devices", "reason": "no accounts"}]
    assert last["bytes"] == runner.file.stat().st_size
    assert [last["sync_id"]] == syncs(runner.file)


def test_the_image_is_committed_only_after_the_file_is_in_place(runner: Runner) -> None:
    seen: list[bool] = []

    class Watching(FakeConnector):
        async def commit(self) -> None:
            seen.append(self.context.file.exists())

    assert runner(make=Watching).code == 0
    assert seen == [True]


def test_a_baseline_that_cannot_be_kept_does_not_spoil_the_file(runner: Runner) -> None:
    class Forgetful(FakeConnector):
        async def commit(self) -> None:
            raise OSError("no space")

    ran = runner(make=Forgetful)
    assert ran.code == 0
    [warning] = [record for record in ran.records if record["level"] == "warn"]
    assert "read everything again" in warning["msg"]
    assert runner.content().resources == EVERYTHING


def test_only_the_selected_types_are_synced_and_grants_to_others_are_left_out(
    runner: Runner,
) -> None:
    ran = runner("--sync-resource-types", "group,app")
    content = runner.content()
    assert content.types == ["group", "app"]
    assert content.resources == ["group:a", "group:b", "group:c", "app:crm"]
    assert set(content.grants) == {
        "group:a:members:group:b",
        "group:b:members:group:a",
        "group:b:members:group:c",
        "app:crm:access:group:a",
    }
    reason = "not among --sync-resource-types"
    assert {"count": 3, "subject": "grants to user", "reason": reason} in ran.last["left_out"]


def test_a_nesting_into_a_type_that_is_not_synced_is_left_out(runner: Runner) -> None:
    runner("--sync-resource-types", "user,app")
    assert runner.content().grants == {}


def test_an_unknown_type_in_the_filter_is_refused(runner: Runner) -> None:
    ran = runner("--sync-resource-types", "user,printer")
    assert ran.code == Status.INVALID_ARGUMENT
    assert "invalid resource type 'printer' in filter" in ran.last["msg"]
    assert "app, group, site, user" in ran.last["remedy"]


def test_resources_alone_make_a_sync_of_their_own_kind(runner: Runner) -> None:
    ran = runner("--skip-entitlements-and-grants")
    with C1zReader(runner.file, sync_id=ran.last["sync_id"]) as reader:
        assert reader.sync.sync_type == "resources_only"
        assert len(list(reader.resources())) == len(EVERYTHING)
        assert list(reader.entitlements()) == []
        assert list(reader.grants()) == []


def test_a_targeted_sync_holds_the_resource_its_children_and_who_has_access(
    runner: Runner,
) -> None:
    runner()
    ran = runner("--sync-resources", "bid:r:app/crm")
    content = runner.content(ran.last["sync_id"])
    assert content.sync_type == "partial"
    assert content.parent_sync_id == syncs(runner.file)[0]
    assert content.resources == ["app:crm", "site:emea", "group:a"]
    assert content.entitlements == ["app:crm:access"]
    assert content.grants == {"app:crm:access:group:a": {}}
    assert content.types == ["user", "group", "app", "site"]


def test_a_targeted_sync_can_leave_out_grants(runner: Runner) -> None:
    ran = runner("--sync-resources", "bid:r:group/b", "--skip-grants")
    content = runner.content(ran.last["sync_id"])
    assert content.resources == ["group:b"]
    assert content.entitlements == ["group:b:members"]
    assert content.grants == {}


def test_a_targeted_sync_says_what_is_not_there_any_more(runner: Runner) -> None:
    ran = runner("--sync-resources", "bid:r:group/gone,bid:r:group/c")
    assert ran.code == 0
    [note] = [n for n in ran.last["left_out"] if n["subject"] == "of the resources asked for"]
    assert note["count"] == 1
    assert "group:gone" in note["reason"]


@pytest.mark.parametrize(
    ("bid", "complaint"),
    [
        ("group/c", "not a Baton id"),
        ("bid:e:group/c:members", "names no resource"),
        ("bid:r:printer/1", "'printer' is not synced"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(runner: Runner, bid: str, complaint: str) -> None:
    ran = runner("--sync-resources", bid)
    assert ran.code == Status.INVALID_ARGUMENT
    assert complaint in ran.last["msg"]


class TraitLess(FakeConnector):
    def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
        for resource in super().resources(resource_type_id):
            del resource.annotations[:]
            yield resource


class Stamped(FakeConnector):
    def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
        for resource in super().resources(resource_type_id):
            resource.annotations.append(pack(pb.BatonID()))
            yield resource


class Misfiled(FakeConnector):
    def resources(self, resource_type_id: str) -> Iterator[pb.Resource]:
        yield from super().resources("user")


class Nobody(FakeConnector):
    def grants(self, resource_type_id: str) -> Iterator[pb.Grant | GrantSheet]:
        if resource_type_id == "group":
            yield GrantSheet(entitlement_stub(self.membership("a")), "user", ["ann", ""])


class Stranger(FakeConnector):
    def grants(self, resource_type_id: str) -> Iterator[pb.Grant | GrantSheet]:
        if resource_type_id == "group":
            yield GrantSheet(entitlement_stub(self.membership("a")), "device", ["d1"])


class Elsewhere(FakeConnector):
    def passed_on(self, held: pb.Entitlement, group: str, *, shallow: bool) -> pb.Grant:
        made = super().passed_on(held, group, shallow=shallow)
        made.principal.id.CopyFrom(resource_id("group", "c" if group != "c" else "a"))
        return made


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (TraitLess, "user ann lacks its UserTrait"),
        (Stamped, "user ann carries a BatonID"),
        (Misfiled, "resource ann of type 'user' is listed under 'group'"),
        (Nobody, "has no principal"),
        (Stranger, "undeclared type 'device'"),
        (Elsewhere, "cannot be expanded"),
        (altered(lambda c: setattr(c, "order", ("user", "user"))), "'user' twice"),
        (altered(lambda c: setattr(c, "order", ("user", "printer"))), "'printer' unasked"),
        (altered(lambda c: setattr(c, "order", ("user", "app"))), "never completed group, site"),
    ],
)
def test_a_connector_out_of_order_fails_the_sync(
    runner: Runner, make: Make, complaint: str
) -> None:
    ran = runner(make=make)
    assert ran.code == Status.INTERNAL
    assert complaint in ran.last["msg"]
    assert "defect of the connector" in ran.last["remedy"]
    assert not runner.file.exists()


def found(*findings: Finding) -> Make:
    return altered(lambda connector: setattr(connector, "findings", findings))


def test_a_notice_is_told_and_does_not_stop_the_sync(runner: Runner) -> None:
    notice = Finding("notice", "Sign-ins", "The tenant has no P1.", "Buy one.")
    ran = runner(make=found(Finding("ok", "Users", "Readable."), notice))
    assert ran.code == 0
    assert ran.records[0]["msg"] == "The tenant has no P1."
    assert ran.records[0]["feature"] == "Sign-ins"


def test_an_error_finding_stops_the_sync_with_its_own_code(runner: Runner) -> None:
    wrong = Finding(
        "error", "Sign-in", "The secret is wrong.", "Copy the value.", Status.UNAUTHENTICATED
    )
    ran = runner(make=found(wrong))
    assert ran.code == 16
    assert ran.last["msg"] == "The secret is wrong."
    assert ran.last["remedy"] == "Copy the value."
    assert ran.last["code"] == "Unauthenticated"
    assert not runner.file.exists()


def test_all_error_findings_are_told_together(runner: Runner) -> None:
    missing = [Finding("error", name, f"{name}.Read is missing.") for name in ("Users", "Groups")]
    ran = runner(make=found(*missing))
    assert ran.code == Status.PERMISSION_DENIED
    assert "Users.Read" in ran.last["msg"]
    assert "Groups.Read" in ran.last["msg"]


def failing(error: Exception) -> Make:
    class Failing(FakeConnector):
        async def collect(self, scope: SyncScope) -> AsyncIterator[str]:
            yield "user"
            raise error

    return Failing


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectorError(Status.UNAVAILABLE, "The source is down.", remedy="Try later."), 14),
        (ConnectorError(Status.PERMISSION_DENIED, "Not allowed."), 7),
        (ExceptionGroup("streams", [ValueError("x"), ConnectorError(Status.NOT_FOUND, "!")]), 5),
        (RuntimeError("boom"), 2),
    ],
)
def test_the_exit_code_is_the_status_of_the_failure(
    runner: Runner, error: Exception, code: int
) -> None:
    ran = runner(make=failing(error))
    assert ran.code == code
    assert not runner.file.exists()
    assert ran.last["level"] == "error"


def test_what_nobody_foresaw_comes_with_a_traceback_and_what_was_foreseen_without(
    runner: Runner,
) -> None:
    assert "RuntimeError: boom" in runner(make=failing(RuntimeError("boom"))).last["stacktrace"]
    known = ConnectorError(Status.UNAVAILABLE, "Down.", details={"request_id": "r-1"})
    last = runner(make=failing(known)).last
    assert "stacktrace" not in last
    assert last["details"] == {"request_id": "r-1"}


def test_a_secret_in_an_error_is_masked_everywhere(runner: Runner) -> None:
    secret = "canary-of-the-client-secret"
    ran = runner(make=failing(RuntimeError(f"refused {secret}")))
    assert secret not in ran.err
    assert "refused ***" in ran.last["msg"]
    ran = runner("--log-format", "console", make=failing(RuntimeError(f"refused {secret}")))
    assert secret not in ran.err
    assert "refused ***" in ran.err


def test_a_secret_in_a_refused_setting_is_not_quoted(runner: Runner, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("fake-proxy-password: [hunter2]\n")
    refused = {"BATON_CONFIG_PATH": str(tmp_path / "c.yaml")}
    ran = runner(environment=refused)
    assert ran.code == Status.INVALID_ARGUMENT
    assert "fake-proxy-password" in ran.err
    assert "hunter2" not in ran.err


def test_a_token_learned_on_the_way_is_masked_too(runner: Runner) -> None:
    class Talkative(FakeConnector):
        async def validate(self) -> Sequence[Finding]:
            self.context.conceal("eyJ-access-token")
            self.context.log.info("signed in", token="eyJ-access-token")
            return []

    ran = runner(make=Talkative)
    assert ran.records[0]["token"] == "***"


def test_an_existing_file_gains_a_sync_and_keeps_as_many_as_wanted(runner: Runner) -> None:
    ids = [runner().last["sync_id"] for _ in range(3)]
    assert syncs(runner.file) == ids[1:]
    keep_three = {"BATON_KEEP_SYNC_COUNT": "3"}
    ids.append(runner(environment=keep_three).last["sync_id"])
    assert syncs(runner.file) == ids[1:]


def test_a_large_file_keeps_its_earlier_sync_only_on_request(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner()
    monkeypatch.setattr(oneshot, "LARGE_FILE", 1)
    alone = runner().last["sync_id"]
    assert syncs(runner.file) == [alone]
    beside = runner(environment={"BATON_KEEP_SYNC_COUNT": "2"}).last["sync_id"]
    assert syncs(runner.file) == [alone, beside]


def test_a_failed_run_leaves_the_existing_file_as_it_was(runner: Runner) -> None:
    runner()
    before = runner.file.read_bytes()
    runner(make=failing(RuntimeError("boom")))
    assert runner.file.read_bytes() == before
    assert sorted(path.name for path in runner.folder.iterdir()) == [
        ".out.c1z.state",
        "out.c1z",
    ]


def never_opened(*_: object) -> FakeConnector:
    raise AssertionError("the connector was opened although the output cannot be written")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"precious", "is not a .c1z file"),
        (b"C1Z3\x00whatever", "Pebble"),
        (b"C1ZF\x00not zstd at all, and long enough to be looked at", "is damaged"),
    ],
)
def test_a_file_that_is_no_c1z_of_ours_is_never_overwritten(
    runner: Runner, content: bytes, complaint: str
) -> None:
    runner.file.write_bytes(content)
    ran = runner(make=never_opened)
    assert ran.code == Status.FAILED_PRECONDITION
    assert complaint in ran.last["msg"]
    assert runner.file.read_bytes() == content


def test_an_empty_file_counts_as_a_new_one(runner: Runner) -> None:
    runner.file.touch()
    assert runner().code == 0
    assert runner.content().resources == EVERYTHING


def test_a_missing_output_folder_is_found_before_anything_is_asked(runner: Runner) -> None:
    ran = runner("--file", str(runner.folder / "no" / "x.c1z"), make=never_opened)
    assert ran.code == Status.FAILED_PRECONDITION
    assert "does not exist" in ran.last["msg"]
    assert list(runner.folder.iterdir()) == []


def test_an_output_that_is_a_folder_is_refused(runner: Runner) -> None:
    runner.file.mkdir()
    ran = runner(make=never_opened)
    assert ran.code == Status.FAILED_PRECONDITION
    assert "is a folder" in ran.last["msg"]


def test_a_link_is_followed_and_not_replaced(runner: Runner) -> None:
    target = runner.folder / "real.c1z"
    runner.file.symlink_to(target)
    assert runner().code == 0
    assert runner.file.is_symlink()
    assert syncs(target)


def test_a_missing_folder_for_working_files_is_refused(runner: Runner) -> None:
    ran = runner("--c1z-temp-dir", str(runner.folder / "no"), make=never_opened)
    assert ran.code == Status.FAILED_PRECONDITION
    assert "--c1z-temp-dir" in ran.last["remedy"]


def test_pebble_is_refused_with_the_reason_and_sqlite_accepted(runner: Runner) -> None:
    ran = runner("--storage-engine", "pebble", make=never_opened)
    assert ran.code == Status.INVALID_ARGUMENT
    assert "only Go programs" in ran.last["msg"]
    assert runner("--storage-engine", "sqlite").code == 0


def test_the_state_directory_is_private_and_can_be_elsewhere(runner: Runner) -> None:
    runner()
    assert (runner.folder / ".out.c1z.state").stat().st_mode & 0o777 == 0o700
    elsewhere = runner.folder / "deep" / "state"
    runner("--state-dir", str(elsewhere))
    assert elsewhere.is_dir()


def test_an_unusable_state_directory_is_named(runner: Runner) -> None:
    (runner.folder / "taken").write_text("a file")
    ran = runner("--state-dir", str(runner.folder / "taken"), make=never_opened)
    assert ran.code == Status.FAILED_PRECONDITION
    assert "taken" in ran.last["msg"]


def test_groups_nested_too_deep_fail_with_the_way_out(runner: Runner) -> None:
    def deepen(connector: FakeConnector) -> None:
        connector.members = {"a": (), "b": (), "c": (), "d": ("ann",)}
        connector.nested = (("b", "a"), ("c", "b"), ("d", "c"))

    limit = {"BATON_GRAPH_EXPAND_MAX_DEPTH": "2"}
    ran = runner(make=altered(deepen), environment=limit)
    assert ran.code == Status.FAILED_PRECONDITION
    assert "BATON_GRAPH_EXPAND_MAX_DEPTH=3" in ran.last["remedy"]
    assert runner(make=altered(deepen)).code == 0


def test_an_unknown_key_of_the_configuration_file_is_pointed_out(
    runner: Runner, tmp_path: Path
) -> None:
    (tmp_path / "c.yaml").write_text("fake-regoin: eu\n")
    ran = runner(environment={"BATON_CONFIG_PATH": str(tmp_path / "c.yaml")})
    assert ran.code == 0
    assert ran.records[0]["setting"] == "fake-regoin"


def test_mistaken_flags_exit_with_one_and_missing_settings_with_their_status(
    runner: Runner,
) -> None:
    assert runner("--bogus").code == 1
    missing = runner(environment={"BATON_FAKE_CLIENT_ID": "", "BATON_FAKE_TENANT_ID": ""})
    assert missing.code == Status.INVALID_ARGUMENT
    assert "BATON_FAKE_CLIENT_ID" in missing.err
    assert "BATON_FAKE_TENANT_ID" in missing.err


def test_log_lines_can_go_to_a_file(runner: Runner) -> None:
    target = runner.folder / "sync.log"
    ran = runner("--log-path", str(target))
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(target.read_text().splitlines()[-1])["msg"] == "sync complete"
