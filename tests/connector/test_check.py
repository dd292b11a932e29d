"""`check` says what works and what does not, for people and for programs."""

from __future__ import annotations

import json
from functools import partial

import pytest

from ostiary.connector.connector import Finding, MissingPermission
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import CREDENTIALS, FakeConnector
from tests.connector.running import Runner

SECRET = CREDENTIALS["BATON_FAKE_CLIENT_SECRET"]
LACKING = Finding(
    "error",
    "Groups",
    "Groups cannot be read.",
    "Add Groups.Read.",
    cause="permission_missing",
    missing=(MissingPermission("Groups", "Groups.Read", ("Groups.Write",)),),
)
FINE = Finding("ok", "Accounts", "All is well")


class Unopened(FakeConnector):
    async def validate(self) -> list[Finding]:
        raise ConnectorError(
            Status.UNAUTHENTICATED, f"{SECRET} is refused.", remedy="Copy it.", cause="wrong"
        )


def test_findings_are_told_to_programs_with_their_causes(runner: Runner) -> None:
    ran = runner("check", "--json", make=partial(FakeConnector, findings=(FINE, LACKING)))
    told = json.loads(ran.out)
    assert (ran.code, told["status"]) == (Status.PERMISSION_DENIED, "PermissionDenied")
    fine, lacking = told["findings"]
    assert (fine["severity"], fine["feature"], fine["code"]) == ("ok", "Accounts", "OK")
    assert lacking["cause"] == "permission_missing"
    assert lacking["missing"] == [
        {"feature": "Groups", "permission": "Groups.Read", "alternatives": ["Groups.Write"]}
    ]
    assert not runner.file.exists()


def test_findings_are_told_to_people_in_lines(runner: Runner) -> None:
    ran = runner("check", make=partial(FakeConnector, findings=(FINE, LACKING)))
    assert ran.out.splitlines() == [
        "ok     Accounts: All is well",
        "error  Groups: Groups cannot be read. Add Groups.Read.",
    ]


def test_all_being_well_is_success(runner: Runner) -> None:
    ran = runner("check", "--json", make=partial(FakeConnector, findings=(FINE,)))
    assert (ran.code, json.loads(ran.out)["status"]) == (0, "OK")


def test_what_stops_the_check_is_its_finding_without_the_secret(runner: Runner) -> None:
    ran = runner("check", "--json", make=Unopened)
    [finding] = json.loads(ran.out)["findings"]
    assert (ran.code, finding["code"], finding["cause"]) == (16, "Unauthenticated", "wrong")
    assert (finding["message"], finding["remedy"]) == ("*** is refused.", "Copy it.")
    assert SECRET not in ran.out + ran.err


@pytest.mark.parametrize("flags", [("--json",), ()])
def test_settings_that_cannot_be_are_a_finding_too(runner: Runner, flags: tuple[str, ...]) -> None:
    ran = runner("check", *flags, environment={"BATON_FAKE_TENANT_ID": ""})
    assert ran.code == Status.INVALID_ARGUMENT
    assert "--fake-tenant-id" in ran.out


def test_json_is_an_option_of_check_alone(runner: Runner) -> None:
    assert runner("--json").code == 1
