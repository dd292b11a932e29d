"""A stock connector, as released: given client id, secret and a CA file, and nothing else."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from ostiary.baton.pb.connectorapi_v1 import (
    BatonServiceFinishTaskRequest,
    BatonServiceFinishTaskResponse,
)
from ostiary.server.connectors.actions.queue import release_lost_tasks
from ostiary.server.connectors.actions.syncs import request_sync
from ostiary.server.connectors.files import uploads_folder
from ostiary.server.connectors.jobs import ingest_sync
from ostiary.server.connectors.reads import Agency
from ostiary.server.connectors.rules import Status, SyncState
from ostiary.server.connectors.store import tasks
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.gateway.calls import Calls
from ostiary.server.gateway.spool import PEBBLE_REFUSED, Spool
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.gateway.agent import Agent
from tests.server.gateway.conftest import Enlist
from tests.server.gateway.stock import PROGRAMS, has_flag, running
from tests.server.ingest.states import state

PATIENCE_SECONDS = 120

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="no stock baton-demo on this machine")


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.name)
def program(request: pytest.FixtureRequest) -> Path:
    chosen: Path = request.param
    return chosen


@pytest.fixture
async def agent(enlist: Enlist) -> Agent:
    return await enlist(signed_in=False)


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


@pytest.mark.parametrize("option", ["", "BATON_GET_TASKS=true", "BATON_WORKERS=4"])
async def test_a_stock_connector_syncs_and_its_accounts_and_entitlements_appear(
    kernel: Kernel,
    connector: Connector,
    program: Path,
    agent: Agent,
    finished: asyncio.Event,
    option: str,
    tmp_path: Path,
) -> None:
    settings = dict([option.split("=", 1)]) if option else {}
    async with running(program, agent, tmp_path, "stock-a", settings):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await finished.wait()
    await ingested(kernel, connector)
    there = state(kernel, kernel.clock.now(), connector.id)
    kinds = Counter(kind for kind, _ in there["resources"])
    assert kinds == {"user": 5, "group": 2, "role": 2, "project": 2}
    owners = Counter(kind for kind, *_ in there["entitlements"].values())
    assert set(owners) == {"group", "role", "project"}
    assert {name for name, _ in there["grants"]} <= set(there["entitlements"])
    assert there["grants"]


async def test_a_stock_connector_killed_in_mid_upload_shows_nothing_and_the_next_one_succeeds(
    kernel: Kernel,
    connector: Connector,
    program: Path,
    agent: Agent,
    finished: asyncio.Event,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
        async with running(program, agent, tmp_path, "stock-a"):
            await arrived.wait()
        monkeypatch.setattr(Spool, "add", add)
        await gone.wait()
        assert world.latest_sync(kernel, connector).upload_id is None
        assert list(uploads_folder(kernel.settings).iterdir()) == []
        with kernel.work(world.ADA) as work:
            # as if three minutes had passed, which a client of today's real time would not accept
            task = tasks.find_open(work.connection, connector.key)[0]
            tasks.update(work.connection, task.key, leased_until=work.now)
            release_lost_tasks(work, connector.id)
        clock.advance(15)
        async with running(program, agent, tmp_path, "stock-b"):
            await finished.wait()
    await ingested(kernel, connector)


async def test_a_stock_connector_told_to_write_pebble_learns_how_to_switch_and_then_syncs(
    kernel: Kernel,
    connector: Connector,
    program: Path,
    agent: Agent,
    finished: asyncio.Event,
    tmp_path: Path,
) -> None:
    if not await has_flag(program, "--storage-engine"):
        pytest.skip("this SDK is too old for Pebble")
    # its roles and projects have grants to nobody, at which only this engine stumbles
    pebble = {"BATON_STORAGE_ENGINE": "pebble", "BATON_SYNC_RESOURCE_TYPES": "user,group"}
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with running(program, agent, tmp_path, "stock-a", pebble):
            await finished.wait()
        assert world.latest_sync(kernel, connector).state is SyncState.FAILED
        assert world.seen(kernel, connector).last_error == PEBBLE_REFUSED
        assert PEBBLE_REFUSED in (tmp_path / "stock-a.log").read_text()
        with kernel.work(world.ADA) as work:
            request_sync(work, connector.id)
        finished.clear()
        sqlite = {"BATON_STORAGE_ENGINE": "sqlite"}
        async with running(program, agent, tmp_path, "stock-b", sqlite):
            await finished.wait()
    await ingested(kernel, connector)


async def ingested(kernel: Kernel, connector: Connector) -> None:
    sync = world.latest_sync(kernel, connector)
    assert (sync.state, sync.error) == (SyncState.INGESTING, "")
    await asyncio.to_thread(ingest_sync, kernel, sync.id)
    seen = world.seen(kernel, connector)
    assert (seen.status, seen.last_error) == (Status.CONNECTED, "")
