"""`ostiary connectors syncs`, `log` and `agents`, on the test's database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ostiary.cli.connectors import app as commands
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import end_applied, request_sync
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.connectors.world import ADA

Command = Callable[..., Result]


@pytest.fixture
def run(kernel: Kernel, tmp_path: Path) -> Command:
    environment = {
        "OSTIARY_DATABASE_URL": kernel.database.url,
        "OSTIARY_DATA_DIR": str(tmp_path),
        "COLUMNS": "240",
    }
    return lambda *words: CliRunner().invoke(commands, words, env=environment)


@pytest.fixture
def connector(kernel: Kernel, clock: FixedClock) -> Connector:
    """One sync applied after 90 s, one failed, one waiting."""
    with kernel.work(ADA) as work:
        made = create_connector(work, NewConnector(create_app(work, "Demo"), "baton", "Demo"))
        queue.record_hello(work, made.id, "host-a", b"", build={"package": "baton-demo"}, system={})
    task = world.lease(kernel, made, "host-a")
    assert task is not None
    world.upload(kernel, made, "host-a", task.id)
    world.finish(kernel, made, "host-a", task.id)
    clock.advance(timedelta(seconds=90))
    with kernel.work(SYSTEM) as work:
        sync = world.latest_sync(kernel, made)
        end_applied(work, sync.id, {"resource": {"user": 3, "group": 2}}, {})
    world.fail_sync(kernel, made, "it broke")
    with kernel.work(ADA) as work:
        request_sync(work, made.id)
    return made


def told(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_syncs_are_listed_newest_first_with_what_came_of_each(
    run: Command, connector: Connector
) -> None:
    waiting, failed, applied = told(run("syncs", "Demo", "--json"))
    assert (waiting["state"], waiting["phase"]) == ("queued", "waiting")
    assert (failed["error"], failed["phase"]) == ("it broke", None)
    assert (applied["seconds"], applied["host"]) == (90, "host-a")
    assert applied["counts"] == {"resource": {"user": 3, "group": 2}}
    assert [each["id"] for each in told(run("syncs", "Demo", "--json", "--limit", "1"))] == [
        waiting["id"]
    ]
    shown = run("syncs", "Demo", "--wide").stdout
    assert "90 s" in shown
    assert "it broke" in shown


def test_the_log_is_told_in_order_and_for_one_sync_alone(
    run: Command, connector: Connector
) -> None:
    lines = [line["message"] for line in told(run("log", "Demo", "--json"))]
    assert lines == [
        "Sync started.",
        "Sync uploaded.",
        "Sync applied.",
        "Sync started.",
        "Sync failed: it broke",
    ]
    failed = told(run("syncs", "Demo", "--json"))[1]["id"]
    assert [line["syncId"] for line in told(run("log", "Demo", "--sync", failed, "--json"))] == [
        failed,
        failed,
    ]
    assert "Sync failed: it broke" in run("log", "Demo", "--wide").stdout
    assert run("log", "Demo", "--sync", "nothing").exit_code == 1


def test_agents_are_listed_with_what_they_run(run: Command, connector: Connector) -> None:
    [agent] = told(run("agents", "Demo", "--json"))
    assert (agent["host"], agent["build"]) == ("host-a", {"package": "baton-demo"})
    assert "baton-demo" in run("agents", "Demo").stdout
