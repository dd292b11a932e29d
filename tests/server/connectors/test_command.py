"""`ostiary connectors` as an operator uses it, on the test's database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli.connectors import app as commands
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.auth.client_ids import public_key_of
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world

Command = Callable[..., Result]


@pytest.fixture
def clock() -> FixedClock:
    """Later than the machine's own clock, by which the commands go."""
    return FixedClock(datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
def run(kernel: Kernel, tmp_path: Path) -> Command:
    environment = {
        "OSTIARY_DATABASE_URL": kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
        "OSTIARY_EXTERNAL_HOST": "ostiary.corp.test",
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(commands, words, env=environment)

    return run


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    record: dict[str, Any] = json.loads(result.stdout)
    return record


def client_keys(kernel: Kernel, client_id: str) -> list[bytes]:
    with kernel.read() as connection:
        client = ConnectorClients().find(connection, client_id.partition("@")[0])
    return [key.public_key for key in client.keys] if client else []


def test_the_secret_that_is_printed_is_the_one_that_signs_in(kernel: Kernel, run: Command) -> None:
    made = told(run("create", "Entra", "--json"))
    assert made["clientId"].endswith("@ostiary.corp.test:8443/cnc")
    assert client_keys(kernel, made["clientId"]) == [public_key_of(made["clientSecret"])]
    assert made["app"] == "Entra"
    shown = run("show", "Entra", "--json").stdout
    assert made["clientId"] in shown
    assert made["clientSecret"] not in shown


def test_what_is_printed_runs_a_connector_in_a_shell(run: Command, tmp_path: Path) -> None:
    lines = run("create", "Entra").stdout.splitlines()
    exported = dict(line.removeprefix("export ").split("=", 1) for line in lines if "='" in line)
    assert list(exported) == ["BATON_CLIENT_ID", "BATON_CLIENT_SECRET", "SSL_CERT_FILE"]
    assert exported["SSL_CERT_FILE"] == f"'{tmp_path}/tls/ca.pem'"
    assert "baton-microsoft-entra" in lines


def test_a_connector_fills_the_app_that_is_named(kernel: Kernel, run: Command) -> None:
    with kernel.work(world.ADA) as unit:
        app_id = create_app(unit, "Directory")
    assert told(run("create", "Entra", "--app", "Directory", "--json"))["appId"] == app_id
    assert told(run("create", "Azure", "--app", app_id, "--json"))["appId"] == app_id


def test_a_new_app_never_stands_beside_one_of_the_same_name(kernel: Kernel, run: Command) -> None:
    with kernel.work(world.ADA) as unit:
        app_id = create_app(unit, "Entra")
    refused = run("create", "Entra")
    assert (refused.exit_code, f"--app {app_id}" in refused.stderr) == (1, True)
    assert run("list", "--json").stdout == ""


def test_show_tells_of_syncs_failures_and_credentials(kernel: Kernel, run: Command) -> None:
    made = told(run("create", "Entra", "--json"))
    with kernel.read() as connection:
        connector = registry.find(connection, made["id"])
    assert connector is not None
    world.fail_sync(kernel, connector, "Graph said no")
    failed = told(run("show", made["id"], "--json"))
    assert (failed["status"], failed["lastError"]) == ("error", "Graph said no")
    assert (failed["latestSync"]["state"], failed["lastSyncAt"]) == ("failed", None)
    [credential] = failed["credentials"]
    assert (credential["state"], credential["lastUsedAt"]) == ("good", None)
    assert "Graph said no" in run("show", "Entra").stdout
    assert "Graph said no" in run("list").stdout


def test_rotating_supersedes_and_revoking_locks_out(kernel: Kernel, run: Command) -> None:
    old = told(run("create", "Entra", "--json"))["clientId"]
    rotated = told(run("rotate", "Entra", "--json"))
    assert rotated["earlierSecretsWorkUntil"] is not None
    assert told(run("revoke", "Entra", rotated["clientId"], "--json"))["state"] == "revoked"
    assert client_keys(kernel, rotated["clientId"]) == []
    assert len(client_keys(kernel, old)) == 1
    states = {
        each["clientId"]: each["state"]
        for each in told(run("show", "Entra", "--json"))["credentials"]
    }
    assert states == {rotated["clientId"]: "revoked", old: "superseded"}


def test_a_paused_connector_does_not_sync_until_it_is_resumed(run: Command) -> None:
    told(run("create", "Entra", "--json"))
    assert told(run("pause", "Entra", "--reason", "moving house", "--json"))["status"] == "paused"
    assert "moving house" in run("show", "Entra").stdout
    refused = run("sync", "Entra")
    assert (refused.exit_code, "paused" in refused.stderr) == (1, True)
    assert run("resume", "Entra").exit_code == 0
    assert told(run("sync", "Entra", "--json"))["state"] == "queued"


def test_a_deleted_connector_is_locked_out_and_still_found_by_its_id(
    kernel: Kernel, run: Command
) -> None:
    made = told(run("create", "Entra", "--json"))
    assert told(run("delete", "Entra", "--yes", "--json"))["deletedAt"] is not None
    assert client_keys(kernel, made["clientId"]) == []
    assert run("list", "--json").stdout == ""
    assert run("show", "Entra").exit_code == 1
    assert told(run("show", made["id"], "--json"))["deletedAt"] is not None


def test_the_audit_log_names_the_operator(kernel: Kernel, run: Command) -> None:
    told(run("create", "Entra", "--json"))
    assert run("pause", "Entra").exit_code == 0
    with kernel.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, actor_kind FROM audit_entries WHERE action LIKE 'connectors.%%'"
        ).all()
    assert {row[0] for row in rows} >= {
        "connectors.connector.create",
        "connectors.credential.rotate",
        "connectors.connector.pause",
    }
    assert {row[1] for row in rows} == {"operator"}


@pytest.mark.parametrize(
    "words",
    [("show", "Nobody"), ("sync", "Nobody"), ("revoke", "Entra", "nothing"), ("create", " ")],
)
def test_what_cannot_be_is_explained(run: Command, words: tuple[str, ...]) -> None:
    told(run("create", "Entra", "--json"))
    refused = run(*words)
    assert refused.exit_code == 1
    assert refused.stderr.strip()
    assert isinstance(refused.exception, SystemExit)
