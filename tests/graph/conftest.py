import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from ostiary.graph import Budget, GraphClient, Ledger, RetryPolicy, Timeouts
from tests.graph.authority import Authority, make_authority
from tests.graph.clock import LeapingClock
from tests.graph.credential import FixedCredential
from tests.graph.server import GraphServer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def clock() -> LeapingClock:
    return LeapingClock()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def credential() -> FixedCredential:
    return FixedCredential()


@pytest.fixture
async def server(authority: Authority) -> AsyncIterator[GraphServer]:
    graph = GraphServer()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", graph.handle)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server_context)
    await site.start()
    graph.port = runner.addresses[0][1]
    yield graph
    graph.end.set()
    await runner.cleanup()


@pytest.fixture
async def client(
    server: GraphServer,
    authority: Authority,
    clock: LeapingClock,
    ledger: Ledger,
    credential: FixedCredential,
) -> AsyncIterator[GraphClient]:
    async with GraphClient(
        credential,
        domain=server.domain,
        budget=Budget(clock=clock),
        observer=ledger,
        ca_file=str(authority.file),
        timeouts=Timeouts(connect=20, stall=20),
        retry=RetryPolicy(random=random.Random(7)),
    ) as graph:
        yield graph


@pytest.fixture(autouse=True)
def no_environment_trust(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
