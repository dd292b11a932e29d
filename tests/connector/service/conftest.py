from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.connector.service.certificates import Certificates, make_certificates
from tests.connector.service.fake_server import FakeServer, serving
from tests.connector.service.running import Workbench


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def server(certificates: Certificates) -> AsyncIterator[FakeServer]:
    async with serving(FakeServer(), certificates) as running:
        yield running


@pytest.fixture
async def workbench(
    server: FakeServer, certificates: Certificates, tmp_path: Path
) -> AsyncIterator[Workbench]:
    """Starts services against the fake server; all of them are stopped at the end."""
    bench = Workbench(server, certificates, tmp_path)
    yield bench
    await bench.stop()
