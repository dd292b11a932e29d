from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from ostiary.server.connectors.actions.syncs import stop_sync
from ostiary.server.connectors.files import uploads_folder
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import journal
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.gateway.spool import Spool
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.connectors.world import ADA
from tests.server.gateway.agent import Agent, Request, data, eof, metadata
from tests.server.gateway.conftest import SMALL, Enlist
from tests.server.gateway.refusals import refused

C1Z = b"C1ZF\x00" + bytes(range(256)) * 5000
PEBBLE = b"C1Z3\x00" + bytes(1_000_000)
LOG = b'{"level":"debug","msg":"hello"}\n' * 1000


async def leased(agent: Agent) -> str:
    return (await agent.get_task()).task.id


def files(kernel: Kernel) -> list[Path]:
    folder = uploads_folder(kernel.settings)
    return sorted(folder.iterdir()) if folder.exists() else []


def signalled(monkeypatch: pytest.MonkeyPatch, method: str) -> asyncio.Event:
    """Set as soon as an upload has been through `method` of its spool."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    original = getattr(Spool, method)

    def watched(spool: Spool, *arguments: bytes) -> object:
        result = original(spool, *arguments)
        loop.call_soon_threadsafe(event.set)
        return result

    monkeypatch.setattr(Spool, method, watched)
    return event


async def test_a_wrong_checksum_is_refused_and_nothing_stays(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    message = await refused(agent.upload(task_id, C1Z, sha256=bytes(32)), "DATA_LOSS")
    assert "checksum" in message
    assert files(kernel) == []
    await agent.succeed(task_id)
    assert world.latest_sync(kernel, connector).state is SyncState.FAILED


async def test_an_upload_may_be_repeated_and_the_last_one_counts(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    await refused(agent.upload(task_id, C1Z, sha256=bytes(32)), "DATA_LOSS")
    await agent.upload(task_id, C1Z + b"first")
    await agent.upload(task_id, C1Z + b"second")
    await agent.succeed(task_id)
    sync = world.latest_sync(kernel, connector)
    published = uploads_folder(kernel.settings) / f"{sync.upload_id}.c1z"
    assert published.read_bytes() == C1Z + b"second"


async def test_an_upload_that_is_too_large_is_broken_off(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    await refused(agent.upload(task_id, C1Z + bytes(SMALL.c1z)), "RESOURCE_EXHAUSTED")
    await refused(agent.upload(task_id, LOG * 4), "RESOURCE_EXHAUSTED")
    assert files(kernel) == []


async def test_pebble_is_refused_with_advice_that_reaches_the_operator(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    for _ in range(3):  # as often as stock connectors try
        message = await refused(agent.upload(task_id, PEBBLE), "INVALID_ARGUMENT")
        assert "--storage-engine sqlite" in message
    assert files(kernel) == []
    with kernel.read() as connection:
        lines = journal.read_lines(connection, connector.key)
    assert [line.message for line in lines if line.level == "warning"] == [
        f"Upload refused: {message}"
    ]
    await agent.fail(task_id, 2, "EOF")
    assert "--storage-engine sqlite" in world.seen(kernel, connector).last_error


async def test_a_debug_log_comes_beside_the_sync_and_is_not_taken_for_it(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    await agent.upload(task_id, C1Z)
    await agent.upload(task_id, LOG)
    await agent.succeed(task_id)
    sync = world.latest_sync(kernel, connector)
    assert sync.state is SyncState.INGESTING
    assert sorted(path.suffix for path in files(kernel)) == [".c1z", ".log"]
    assert (uploads_folder(kernel.settings) / f"{sync.upload_id}.c1z").read_bytes() == C1Z


async def test_a_client_that_dies_in_mid_upload_leaves_nothing_and_the_next_run_succeeds(
    kernel: Kernel,
    connector: Connector,
    enlist: Enlist,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrived, gone = signalled(monkeypatch, "add"), signalled(monkeypatch, "discard")
    agent = await enlist("host-a")
    task_id = await leased(agent)
    never = asyncio.Event()

    async def half() -> AsyncIterator[Request]:
        yield metadata("host-a", task_id)
        yield next(data(C1Z))
        await never.wait()

    call = agent.stub().UploadAsset(half(), metadata=agent.metadata)
    dying = asyncio.ensure_future(_ended(call))
    await arrived.wait()
    assert len(files(kernel)) == 1
    assert world.latest_sync(kernel, connector).upload_id is None
    await agent.close()
    await dying
    await gone.wait()
    assert files(kernel) == []
    clock.advance(timedelta(minutes=3))
    successor = await enlist("host-b")
    assert not (await successor.get_task()).HasField("task")
    clock.advance(15)
    assert await leased(successor) == task_id
    await successor.upload(task_id, C1Z)
    await successor.succeed(task_id)
    assert world.latest_sync(kernel, connector).state is SyncState.INGESTING


async def _ended(call: object) -> None:
    with pytest.raises((asyncio.CancelledError, Exception)):
        await call  # type: ignore[misc]


async def test_a_stopped_sync_takes_no_more_uploads(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    with kernel.work(ADA) as work:
        stop_sync(work, connector.id)
    assert (await agent.heartbeat(task_id)).cancelled
    await refused(agent.upload(task_id, C1Z), "CANCELLED")
    await agent.fail(task_id, 1, "task was cancelled")
    assert world.latest_sync(kernel, connector).state is SyncState.CANCELLED


async def test_only_the_holder_uploads(enlist: Enlist) -> None:
    holder, other = await enlist("host-a"), await enlist("host-b")
    task_id = await leased(holder)
    await refused(other.upload(task_id, C1Z), "FAILED_PRECONDITION")
    await refused(holder.upload("0" * 27, C1Z), "NOT_FOUND")


async def test_a_slow_upload_keeps_its_lease(
    kernel: Kernel, connector: Connector, enlist: Enlist, clock: FixedClock
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    chunks = list(data(C1Z, 100_000))

    async def slowly() -> AsyncIterator[Request]:
        yield metadata("host-a", task_id)
        for chunk in chunks:
            clock.advance(100)
            yield chunk
        yield eof(C1Z)

    await agent.stub().UploadAsset(slowly(), metadata=agent.metadata)
    other = await enlist("host-b")
    assert not (await other.get_task()).HasField("task")
    await agent.succeed(task_id)
    assert world.latest_sync(kernel, connector).state is SyncState.INGESTING


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ([], "metadata"),
        (["eof"], "metadata"),
        (["data", "eof"], "metadata"),
        (["metadata"], "before eof"),
        (["metadata", "data"], "before eof"),
        (["metadata", "metadata"], "after metadata"),
        (["metadata", "empty data"], "1048576"),
        (["metadata", "huge data"], "1048576"),
        (["metadata", "data", "short checksum"], "32 bytes"),
        (["metadata", "nothing"], "after metadata"),
        (["bad task"], "27 letters"),
        (["no host"], "host_id"),
    ],
    ids=str,
)
async def test_streams_that_break_the_protocol_are_refused(
    kernel: Kernel, enlist: Enlist, parts: list[str], complaint: str
) -> None:
    agent = await enlist()
    task_id = await leased(agent)
    messages = {
        "metadata": metadata("host-a", task_id),
        "data": Request(data=Request.UploadData(data=C1Z[:1000])),
        "eof": eof(C1Z[:1000]),
        "empty data": Request(data=Request.UploadData()),
        "huge data": Request(data=Request.UploadData(data=bytes(1_048_577))),
        "short checksum": eof(b"", b"short"),
        "nothing": Request(),
        "bad task": metadata("host-a", "short"),
        "no host": metadata("", task_id),
    }
    message = await refused(agent.send([messages[part] for part in parts]), "INVALID_ARGUMENT")
    assert complaint in message
    assert files(kernel) == []
