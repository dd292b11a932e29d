"""The service as a process of its own, as a container runs it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ostiary.connector.status import Status
from tests.connector.running import Runner
from tests.connector.service.fake_server import Code, FakeServer, given
from tests.connector.service.running import Workbench, sync_task

SECRET = FakeServer().client_secret
REPOSITORY = Path(__file__).parents[3]
INHERITED = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@asynccontextmanager
async def process(
    workbench: Workbench, *words: str, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.connector.fake", *words),
        cwd=REPOSITORY,
        env=INHERITED
        | workbench.environment
        | {"BATON_STATE_DIR": str(workbench.state), **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


@pytest.mark.parametrize("words", [(), ("service",)])
async def test_sigterm_ends_the_sync_the_server_hears_of_it_and_all_is_well(
    workbench: Workbench, words: tuple[str, ...]
) -> None:
    workbench.server.polls.append(given(sync_task()))
    async with process(workbench, *words, FAKE_PAUSE="1") as running:
        assert running.stdout is not None
        assert await running.stdout.readline() == b"collecting\n"
        running.send_signal(signal.SIGTERM)
        _, err = await running.communicate()
    assert running.returncode == 0
    assert workbench.server.finished.get_nowait().status.code == Status.CANCELED
    records = [json.loads(line) for line in err.splitlines()]
    assert records[-1]["msg"] == "stopped"
    assert "canary" not in err.decode()
    assert workbench.server.client_secret not in err.decode()


async def test_a_process_syncs_for_the_server_and_goes_on(workbench: Workbench) -> None:
    workbench.server.polls.append(given(sync_task()))
    async with process(workbench):
        finished = await workbench.server.finished.get()
    assert finished.WhichOneof("final_state") == "success"
    assert len(workbench.uploaded().resources) == 8


async def test_a_server_that_refuses_the_connector_ends_it_with_that_status(
    workbench: Workbench,
) -> None:
    workbench.server.hello_failures.append(Code.PERMISSION_DENIED)
    async with process(workbench) as running:
        _, err = await running.communicate()
    assert running.returncode == Status.PERMISSION_DENIED
    last = json.loads(err.splitlines()[-1])
    assert last["code"] == "PermissionDenied"
    assert "scripted PERMISSION_DENIED" in last["msg"]


async def test_a_second_service_on_the_same_state_directory_is_refused(
    workbench: Workbench,
) -> None:
    async with process(workbench, FAKE_PAUSE="1") as first:
        workbench.server.polls.append(given(sync_task()))
        assert first.stderr is not None
        assert b"service" in await first.stderr.readline()
        async with process(workbench) as second:
            _, err = await second.communicate()
    assert second.returncode == Status.FAILED_PRECONDITION
    assert f"process {first.pid}" in err.decode()


def test_service_mode_needs_both_halves_of_the_credential(runner: Runner) -> None:
    ran = runner("--client-id", "otter@localhost/spc")
    assert ran.code == Status.INVALID_ARGUMENT
    assert "--client-id needs --client-secret beside it" in ran.err
    bare = runner("service")
    assert bare.code == 1
    assert "service needs --client-id and --client-secret" in bare.err


@pytest.mark.parametrize(
    ("flag", "complaint"),
    [
        (("--task-concurrency", "0"), "less than 1"),
        (("--task-concurrency", "101"), "more than 100"),
        (("--storage-engine", "pebble"), "pebble"),
        (("--sync-resource-types", "planet"), "invalid resource type"),
    ],
)
def test_flags_that_no_task_could_be_done_with_are_refused_at_the_start(
    runner: Runner, flag: tuple[str, str], complaint: str
) -> None:
    variables = {"BATON_CLIENT_ID": "otter@localhost/spc", "BATON_CLIENT_SECRET": SECRET}
    ran = runner(*flag, environment=variables)
    assert ran.code == Status.INVALID_ARGUMENT
    assert complaint in ran.err


def test_a_single_sync_does_not_load_what_only_a_service_needs() -> None:
    program = "import sys, ostiary.connector.cli; print({'grpc', 'aiohttp'} & sys.modules.keys())"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert ran.stdout.decode().strip() == "set()"
