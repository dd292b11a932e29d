from __future__ import annotations

from ostiary.baton.pb.connectorapi_v1 import StartDebuggingRequest
from ostiary.server.connectors.files import upload_path
from ostiary.server.connectors.rules import SyncState
from ostiary.server.connectors.store import journal
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.work import Kernel
from tests.server.connectors import world
from tests.server.gateway.conftest import Enlist
from tests.server.gateway.refusals import refused

C1Z = b"C1ZF\x00" + bytes(range(256)) * 5000


async def test_an_agent_signs_in_says_hello_and_delivers_a_sync(
    kernel: Kernel, connector: Connector, enlist: Enlist
) -> None:
    agent = await enlist()
    await agent.hello()
    answer = await agent.get_task()
    assert answer.task.sync_full.storage_engine == "sqlite"
    assert answer.next_poll.ToTimedelta().total_seconds() > 0
    beat = await agent.heartbeat(answer.task.id)
    assert not beat.cancelled
    assert beat.next_heartbeat.seconds == 30
    await agent.upload(answer.task.id, C1Z)
    await agent.succeed(answer.task.id)
    sync = world.latest_sync(kernel, connector)
    assert sync.state is SyncState.INGESTING
    assert sync.upload_id is not None
    assert upload_path(kernel.settings, sync.upload_id, "c1z").read_bytes() == C1Z
    with kernel.read() as connection:
        assert [seen.host for seen in journal.agents_of(connection, connector.key)] == ["host-a"]


async def test_an_agent_with_nothing_to_do_is_told_when_to_come_again(enlist: Enlist) -> None:
    agent = await enlist()
    await agent.get_task()
    idle = await agent.get_task()
    assert not idle.HasField("task")
    assert 2 <= idle.next_poll.ToTimedelta().total_seconds() <= 60


async def test_debugging_is_not_implemented(enlist: Enlist) -> None:
    agent = await enlist()
    call = agent.stub().StartDebugging(StartDebuggingRequest(), metadata=agent.metadata)
    await refused(call, "UNIMPLEMENTED")
