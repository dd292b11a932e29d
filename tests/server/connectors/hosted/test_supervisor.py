"""The supervisor as a service of the worker, and what it keeps on disk."""

from __future__ import annotations

import asyncio

from ostiary.server.connectors.actions.registry import delete_connector
from ostiary.server.connectors.hosting.folder import home_of, homes_there
from ostiary.server.connectors.hosting.leftovers import remove_leftovers
from ostiary.server.connectors.hosting.supervisor import Supervisor
from ostiary.server.connectors.store.hosting import Claims
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.world import ADA


async def test_it_stops_when_asked_and_leaves_no_session_behind(kernel: Kernel) -> None:
    supervisor = Supervisor(kernel)
    running = asyncio.create_task(supervisor.run())
    await asyncio.sleep(0)
    await supervisor.stop()
    running.cancel()
    await asyncio.wait([running])


def test_a_claim_is_one_workers_until_its_session_ends(kernel: Kernel) -> None:
    first, second = Claims(kernel.database), Claims(kernel.database)
    first.open()
    second.open()
    try:
        assert first.claim("a")
        assert not second.claim("a")
        assert second.claim("b")
        second.release("b")
        assert first.claim("b")
        first.close()
        assert second.claim("a")
        assert second.claim("b")
    finally:
        second.close()


def test_what_a_deleted_connector_kept_is_removed(kernel: Kernel, connector: Connector) -> None:
    home_of(kernel.settings, connector.id)
    remove_leftovers(kernel, ())
    assert homes_there(kernel.settings) == [connector.id]
    with kernel.work(ADA) as work:
        delete_connector(work, connector.id)
    remove_leftovers(kernel, (connector.id,))
    assert homes_there(kernel.settings) == [connector.id]
    remove_leftovers(kernel, ())
    assert homes_there(kernel.settings) == []
