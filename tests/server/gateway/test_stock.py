"""A stock connector, as released: given client id, secret and a CA file, and nothing else."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ostiary.baton.c1z import C1zReader
from ostiary.baton.pb.connectorapi_v1 import (
    BatonServiceFinishTaskRequest,
    BatonServiceFinishTaskResponse,
)
from ostiary.server.connectors.actions.queue import release_lost_tasks
from ostiary.server.connectors.files import upload_path
from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.reads import Agency
from ostiary.server.connectors.rules import Status, SyncState
from ostiary.server.connectors.store import tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.gateway.calls import Calls
from ostiary.server.gateway.spool import Spool
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.gateway.agent import Agent
from tests.server.gateway.conftest import Enlist

DEMO = os.environ.get("OSTIARY_STOCK_BATON_DEMO") or shutil.which("baton-demo")
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.skipif(not DEMO, reason="no stock baton-demo on this machine")


@asynccontextmanager
async def demo(agent: Agent, folder: Path, host: str) -> AsyncIterator[asyncio.subprocess.Process]:
    assert DEMO is not None
    environment = {
        "BATON_CLIENT_ID": agent.client_id,
        "BATON_CLIENT_SECRET": agent.secret,
        "BATON_HOST_ID": host,
        "BATON_INIT_DB": "true",
        "SSL_CERT_FILE": str(agent.authority),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": os.environ["PATH"],
    }
    with (folder / f"{host}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            DEMO, cwd=folder, env=environment, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@pytest.fixture
async def finished(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    original = Calls.finish_task

    def watched(
        calls: Calls, agency: Agency, request: BatonServiceFinishTaskRequest
    ) -> BatonServiceFinishTaskResponse:
        answer = original(calls, agency, request)
        loop.call_soon_threadsafe(event.set)
        return answer

    monkeypatch.setattr(Calls, "finish_task", watched)
    return event


async def test_a_stock_connector_syncs_and_its_upload_arrives_complete(
    kernel: Kernel,
    connector: Connector,
    enlist: Enlist,
    finished: asyncio.Event,
    tmp_path: Path,
) -> None:
    agent = await enlist(signed_in=False)
    async with demo(agent, tmp_path, "stock-a"), asyncio.timeout(PATIENCE_SECONDS):
        await finished.wait()
    sync = world.latest_sync(kernel, connector)
    assert (sync.state, sync.error) == (SyncState.INGESTING, "")
    assert sync.upload_id is not None
    path = upload_path(kernel.settings, sync.upload_id, "c1z")
    with C1zReader(path) as reader:
        assert {kind.id for kind in reader.resource_types()} == {"user", "group", "role", "project"}
    await asyncio.to_thread(ingest_sync, kernel, sync.id)
    seen = world.seen(kernel, connector)
    assert (seen.status, seen.last_error) == (Status.CONNECTED, "")
    counts = world.latest_sync(kernel, connector).counts
    assert counts is not None
    assert counts["grants"]


async def test_a_stock_connector_killed_in_mid_upload_shows_nothing_and_the_next_one_succeeds(
    kernel: Kernel,
    connector: Connector,
    enlist: Enlist,
    finished: asyncio.Event,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    agent = await enlist(signed_in=False)
    loop, arrived, gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    add, discard = Spool.add, Spool.discard

    def add_and_dawdle(spool: Spool, data: bytes) -> None:
        add(spool, data)
        loop.call_soon_threadsafe(arrived.set)
        asyncio.run_coroutine_threadsafe(gone.wait(), loop).result()

    def discarded(spool: Spool) -> None:
        discard(spool)
        loop.call_soon_threadsafe(gone.set)

    monkeypatch.setattr(Spool, "add", add_and_dawdle)
    monkeypatch.setattr(Spool, "discard", discarded)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with demo(agent, tmp_path, "stock-a"):
            await arrived.wait()
        monkeypatch.setattr(Spool, "add", add)
        await gone.wait()
        assert world.latest_sync(kernel, connector).upload_id is None
        with kernel.work(world.ADA) as work:
            # as if three minutes had passed, which a client of today's real time would not accept
            task = tasks.find_open(work.connection, connector.key)[0]
            tasks.update(work.connection, task.key, leased_until=work.now)
            release_lost_tasks(work, connector.id)
        clock.advance(15)
        async with demo(agent, tmp_path, "stock-b"):
            await finished.wait()
    assert world.latest_sync(kernel, connector).state is SyncState.INGESTING
