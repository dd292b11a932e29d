from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner

from ostiary.cli.main import app
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

runner = CliRunner()


@pytest.fixture(scope="module")
def tenant() -> Iterator[SimulatedTenant]:
    with SimulatedTenant(story("small")) as running:
        yield running


@contextmanager
def serving(folder: Path, *arguments: str, end: int = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    """`ostiary tenant serve` in a process of its own; yields its ready file and what it printed."""
    ready = folder / "ready.json"
    command = [sys.executable, "-m", "ostiary.cli.main", "tenant", "serve", "--port", "0"]
    command += ["--ready-file", str(ready), "--data-dir", str(folder / "data"), *arguments]
    environment = os.environ | {"COLUMNS": "60"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        printed = []
        for line in process.stderr:
            printed.append(line)
            if line.startswith("Ctrl-C"):
                break
        try:
            yield {**json.loads(ready.read_text()), "printed": "".join(printed)}
        finally:
            process.send_signal(end)
            rest = process.stderr.read()
    assert process.returncode == 0, rest
    assert not ready.exists()


def test_serve_writes_and_prints_all_a_connector_needs(tmp_path: Path) -> None:
    with serving(tmp_path) as told:
        assert told["url"] == f"https://{told['graph_domain']}"
        assert Path(told["ca_file"]).is_file()
        for name, value in told["environment"].items():
            assert f"export {name}=" in told["printed"]
            assert value in told["printed"]
        assert "\nbaton-microsoft-entra\n" in told["printed"]
        assert oct((tmp_path / "ready.json").stat().st_mode)[-3:] == "600"


def test_the_same_data_dir_keeps_ids_secret_and_authority(tmp_path: Path) -> None:
    kept = ("tenant_id", "client_id", "client_secret", "ca_file")
    with serving(tmp_path, end=signal.SIGINT) as first:
        authority = Path(first["ca_file"]).read_bytes()
    with serving(tmp_path) as again:
        assert {name: again[name] for name in kept} == {name: first[name] for name in kept}
        assert Path(again["ca_file"]).read_bytes() == authority
    with serving(tmp_path, "--credentials", "fresh") as fresh:
        assert fresh["client_secret"] != first["client_secret"]
        assert fresh["client_id"] == first["client_id"]


def test_truth_and_drift_find_a_running_simulator_by_its_data_dir(tmp_path: Path) -> None:
    data = ["--data-dir", str(tmp_path / "data")]
    (tmp_path / "storm.yaml").write_text("rules: [{fault: slow, seconds: 0}]")
    with serving(tmp_path, "--free", "--weather", str(tmp_path / "storm.yaml")):
        before = json.loads(runner.invoke(app, ["tenant", "truth", *data]).stdout)
        drifted = runner.invoke(app, ["tenant", "drift", "--steps", "4", *data])
        after = json.loads(runner.invoke(app, ["tenant", "truth", *data]).stdout)
    assert drifted.exit_code == 0
    assert before != after
    services = {plan["service"] for plan in before["organization"]["assignedPlans"]}
    assert "AADPremiumService" not in services
    gone = runner.invoke(app, ["tenant", "truth", *data])
    assert gone.exit_code == 1
    assert "no simulator runs with" in gone.stderr


def test_truth_by_address_trusts_the_given_authority(tenant: SimulatedTenant) -> None:
    command = ["tenant", "truth", "--url", tenant.url, "--ca-file", str(tenant.ca_file)]
    answer = json.loads(runner.invoke(app, [*command, "--no-closure"]).stdout)
    assert answer["organization"]["id"] == tenant.tenant_id
    assert "transitiveMembers" not in answer


def test_the_ledger_counts_requests_units_and_errors(tenant: SimulatedTenant) -> None:
    tenant.ledger.reset()
    context = ssl.create_default_context(cafile=str(tenant.ca_file))
    for path in ("/v1.0/users", "/v1.0/no/such/thing"):
        with (
            pytest.raises(HTTPError) as refused,
            urlopen(f"{tenant.url}{path}", context=context),
        ):
            raise AssertionError("nobody signed in")
        refused.value.close()
    address = ["--url", tenant.url, "--ca-file", str(tenant.ca_file)]
    told = json.loads(runner.invoke(app, ["tenant", "ledger", *address, "--json"]).stdout)
    assert (told["requests"], told["httpRequests"]) == (2, 2)
    shown = runner.invoke(app, ["tenant", "ledger", *address, "--reset"])
    assert "2 HTTP requests" in shown.stdout
    told = json.loads(runner.invoke(app, ["tenant", "ledger", *address, "--json"]).stdout)
    assert told["requests"] == 0


def test_an_untrusted_authority_is_explained(tenant: SimulatedTenant) -> None:
    result = runner.invoke(app, ["tenant", "truth", "--url", tenant.url])
    assert result.exit_code == 1
    assert "pass its --ca-file" in result.stderr


def test_serve_on_a_taken_port_says_so(tenant: SimulatedTenant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = runner.invoke(app, ["tenant", "serve", "--port", port])
    assert result.exit_code == 1
    assert f"port {port} on 127.0.0.1 is taken" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["serve", "--story", "unheard"], "no story 'unheard'; there are: small"),
        (["serve", "--host", "192.0.2.1", "--port", "0"], "cannot listen on 192.0.2.1, port 0: "),
        (["serve", "--users", "10", "--memberships", "999999"], "cannot hold"),
        (["serve", "--groups", "5"], "need --users"),
        (["truth"], "--url or --data-dir"),
        (["truth", "--url", "localhost:1"], "starts with https:// or http://"),
        (["drift", "--url", "http://127.0.0.1:1"], "no simulator answers at http://127.0.0.1:1"),
    ],
)
def test_mistakes_get_one_clear_line(arguments: list[str], complaint: str) -> None:
    result = runner.invoke(app, ["tenant", *arguments])
    assert result.exit_code == 1
    assert complaint in result.stderr
    assert result.stderr.count("\n") - result.stderr.count("Generating") == 1


@pytest.mark.parametrize("name", ["credentials.json", "token-signing.pem"])
def test_a_damaged_data_dir_says_which_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    result = runner.invoke(app, ["tenant", "serve", "--port", "0", "--data-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert str(tmp_path / name) in result.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        (b"rules: [", "while parsing"),
        (b"- storm", "a forecast is a mapping"),
        (b"rules: [{fault: hail}]", "hail"),
        (b"\xff\xfe\x00", "not a text file"),
    ],
)
def test_a_weather_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    path = tmp_path / "storm.yaml"
    if content is not None:
        path.write_bytes(content)
    command = ["tenant", "serve", "--port", "0", "--weather", str(path)]
    result = runner.invoke(app, command)
    assert result.exit_code == 1
    assert str(path) in result.stderr
    assert complaint in result.stderr


def test_a_data_dir_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    command = ["tenant", "serve", "--port", "0", "--data-dir", str(tmp_path / "data")]
    result = runner.invoke(app, command)
    assert result.exit_code == 1
    assert str(tmp_path / "data") in result.stderr
