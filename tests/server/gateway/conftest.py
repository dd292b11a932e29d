from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI

from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions.credentials import rotate_credential
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.gateway.listener import TlsListener
from ostiary.server.gateway.service import BatonService
from ostiary.server.gateway.spool import SizeLimits
from ostiary.server.kernel.auth.api import tokens
from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.auth.clients import ClientRegistry
from ostiary.server.kernel.auth.passwords import Passwords
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.sockets import listen
from ostiary.server.kernel.work import Kernel
from tests.server.connectors.world import ADA
from tests.server.gateway.agent import Agent

SMALL = SizeLimits(c1z=3_000_000, log=100_000)


@pytest.fixture
def clock() -> FixedClock:
    """Stands still, but today: TLS clients hold certificates against the machine's own clock."""
    return FixedClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def connector(kernel: Kernel) -> Connector:
    with kernel.work(ADA) as work:
        app_id = create_app(work, "Demo")
        return create_connector(work, NewConnector(app_id, "baton", "Demo"))


@dataclass
class Gateway:
    kernel: Kernel
    port: int
    authority: Path


@pytest.fixture
async def gateway(kernel: Kernel) -> AsyncIterator[Gateway]:
    """The whole TLS port: token endpoint and BatonService."""
    clients = ClientRegistry([ConnectorClients()])
    app = FastAPI()
    app.state.kernel = kernel
    app.state.authentication = Authentication(clients, Passwords())
    app.include_router(tokens.router)
    listening = listen("127.0.0.1", 0)
    listener = TlsListener(kernel, app, BatonService(kernel, clients, SMALL), listening)
    await listener.start()
    running = asyncio.create_task(listener.run())
    yield Gateway(kernel, listening.getsockname()[1], kernel.settings.data_dir / "tls" / "ca.pem")
    await listener.stop()
    await running


Enlist = Callable[..., Awaitable[Agent]]


@pytest.fixture
async def enlist(gateway: Gateway, connector: Connector) -> AsyncIterator[Enlist]:
    """Makes agents of the connector: one credential for all of them, signed in."""
    agents: list[Agent] = []
    with gateway.kernel.work(ADA) as work:
        minted = rotate_credential(work, connector.id, f"127.0.0.1:{gateway.port}")

    async def make(host: str = "host-a", *, signed_in: bool = True) -> Agent:
        agent = Agent(
            gateway.port, gateway.authority, minted.credential.client_id, minted.secret, host
        )
        agents.append(agent)
        if signed_in:
            await agent.sign_in(gateway.kernel.clock.now())
        return agent

    yield make
    for agent in agents:
        await agent.close()
