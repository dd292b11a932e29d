"""A run that is stopped or killed costs its time, and the next one goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from ostiary.connector.status import Status
from ostiary.tenant.drift import drift
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant

from .expected import differences, expected
from .running import Outcome, read, sync
from .watching import Watch, watched

PROGRAM = [sys.executable, "-c", "from ostiary.entra.main import main; main()"]
INHERITED = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
LATE = (
    ("/groups/delta", 4),
    ("/groups/delta", 9),
    ("/servicePrincipals", 2),
    ("/users/delta", 4),
)


@pytest.fixture
def tenant() -> SimulatedTenant:
    return SimulatedTenant(
        generate(users=700, groups=120, memberships=4000, service_principals=130, seed=4)
    )


@contextmanager
def running(
    tenant: SimulatedTenant, watch: Watch, file: Path, path: str, nth: int
) -> Iterator[subprocess.Popen[str]]:
    """The program, held at the nth request of a path until the block ends."""
    released = threading.Event()
    reached = watch.hold(path, released, nth=nth)
    with subprocess.Popen(
        [*PROGRAM, "--file", str(file), "--log-format", "json"],
        env=INHERITED | tenant.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert reached.wait(30), process.communicate(timeout=5)
            yield process
        finally:
            released.set()
            process.kill()


def assert_true(tenant: SimulatedTenant, file: Path, outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.stderr
    assert differences(read(file), expected(tenant.directory)) == ""


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def requests_of_a_full_sync(tenant: SimulatedTenant, folder: Path) -> int:
    outcome = sync(tenant, folder / "full.c1z", "--state-dir", str(folder / "full"))
    return int(outcome.summary["requests"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_run_that_waits_for_graph(
    number: signal.Signals, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    folder, file = tmp_path / "out", tmp_path / "out" / "sync.c1z"
    folder.mkdir()
    with watched(tenant) as watch:
        with running(tenant, watch, file, "/groups/delta", 4) as process:
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
        assert process.returncode == Status.CANCELED
        assert out == ""
        last = json.loads(err.splitlines()[-1])
        assert f"nothing was written to {file}" in last["msg"]
        assert "Traceback" not in err
        assert left_in(folder) == {".sync.c1z.state"}

        resumed = sync(tenant, file)
        assert_true(tenant, file, resumed)
        assert resumed.summary["requests"] < requests_of_a_full_sync(tenant, tmp_path)
    assert left_in(folder) == {"sync.c1z", ".sync.c1z.state"}


@pytest.mark.parametrize(("path", "nth"), LATE)
def test_after_a_kill_the_next_run_goes_on_and_ends_in_the_truth(
    path: str, nth: int, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    folder, file = tmp_path / "out", tmp_path / "out" / "sync.c1z"
    folder.mkdir()
    with watched(tenant) as watch:
        with running(tenant, watch, file, path, nth) as process:
            process.kill()
            process.communicate(timeout=20)
        assert not file.exists()
        tenant.change(lambda d: drift(d, nth, 40))
        resumed = sync(tenant, file)
        assert_true(tenant, file, resumed)
        assert resumed.summary["requests"] < requests_of_a_full_sync(tenant, tmp_path)
    assert left_in(folder) == {"sync.c1z", ".sync.c1z.state"}
    assert left_in(folder / ".sync.c1z.state") == {"lock", "tenant.sqlite"}


def test_a_kill_during_an_incremental_sync_loses_no_change(
    tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with watched(tenant) as watch:
        assert_true(tenant, file, sync(tenant, file))
        before = file.read_bytes()
        for seed, path in enumerate(("/groups/delta", "/servicePrincipals", "/$batch"), start=1):
            tenant.change(partial(drift, seed=seed, steps=60))
            with running(tenant, watch, file, path, 1) as process:
                process.kill()
                process.communicate(timeout=20)
            assert file.read_bytes() == before
        assert_true(tenant, file, sync(tenant, file))
