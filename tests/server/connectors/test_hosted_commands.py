"""`ostiary connectors` for connectors that the server runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli.connectors import app as commands
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.programs import fake_program

SECRET = "canary-of-a-secret"
GIVEN = ("--set", "fake-tenant-id=contoso", "--set", "fake-client-id=reader")

Command = Callable[..., Result]


@pytest.fixture
def run(kernel: Kernel, tmp_path: Path) -> Command:
    environment = {
        "OSTIARY_DATABASE_URL": kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
        "OSTIARY_CONNECTOR_PROGRAMS": json.dumps({"fake": str(fake_program(tmp_path))}),
    }

    def run(*words: str, **more: str) -> Result:
        return CliRunner().invoke(commands, words, env=environment | more)

    return run


def create(run: Command, *words: str) -> Result:
    secret = {"BATON_FAKE_CLIENT_SECRET": SECRET}
    return run("create", "Fake", "--kind", "fake", *GIVEN, *words, **secret)


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def test_a_hosted_connector_is_set_up_with_a_secret_from_the_environment(run: Command) -> None:
    made = told(create(run, "--json"))
    assert (made["displayName"], made["status"]) == ("Fake", "not_connected")
    checked = told(run("check", "Fake", "--json"))
    assert (checked["status"], checked["findings"][0]["feature"]) == ("OK", "People")
    assert run("configure", "Fake", "--set", "fake-page-size=50").exit_code == 0


def test_a_secret_may_come_from_a_file_and_never_from_the_command_line(
    run: Command, tmp_path: Path
) -> None:
    words = ("create", "Fake", "--kind", "fake", *GIVEN)
    refused = run(*words, "--set", f"fake-client-secret={SECRET}")
    assert (refused.exit_code, "--from-file" in refused.stderr) == (1, True)
    assert SECRET not in refused.output
    missing = run(*words)
    assert missing.exit_code == 1
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert run(*words, "--from-file", f"fake-client-secret={tmp_path}/secret").exit_code == 0


def test_settings_that_do_not_work_leave_nothing_behind(run: Command) -> None:
    refused = create(run, "--set", "fake-tenant-id=unconsented")
    assert refused.exit_code == 1
    assert "Groups cannot be read. Add Groups.Read." in refused.stderr
    assert run("list", "--json").stdout == ""
    unknown = run("create", "Fake", "--kind", "nothing")
    assert (unknown.exit_code, "nothing" in unknown.stderr) == (1, True)


def test_schedules_and_waiting_syncs_are_at_the_console(run: Command) -> None:
    told(create(run, "--json"))
    assert run("schedule", "Fake", "--cron", "15 6 * * *", "--zone", "Europe/Berlin").exit_code == 0
    assert "when asked" in run("schedule", "Fake", "--on-demand").stdout
    assert run("schedule", "Fake", "--every", "5").exit_code == 1
    assert run("schedule", "Fake").exit_code == 1
    assert told(run("stop", "Fake", "--json"))["state"] == "cancelled"
    assert "held" in run("confirm", "Fake").stderr
