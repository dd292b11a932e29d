"""The supervisor as a service of the worker."""

from __future__ import annotations

import asyncio

from ostiary.server.connectors.hosting.supervisor import Supervisor
from ostiary.server.kernel.work import Kernel


async def test_it_stops_when_asked_and_leaves_no_session_behind(kernel: Kernel) -> None:
    supervisor = Supervisor(kernel)
    running = asyncio.create_task(supervisor.run())
    await asyncio.sleep(0)
    await supervisor.stop()
    running.cancel()
    await asyncio.wait([running])
