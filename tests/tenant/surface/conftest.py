"""A tenant small enough to know by heart, served over real HTTP."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.tenant.surface.api import Api, served
from tests.tenant.surface.tenant import built

Serve = Callable[..., Any]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a surface; takes what `served` takes, over a tenant of its own by default."""
    clients: list[TestClient[Any, Any]] = []

    async def start(**settings: Any) -> Api:
        api = served(settings.pop("directory", None) or built(), **settings)
        client = TestClient(TestServer(api.app))
        await client.start_server()
        clients.append(client)
        api.client = client
        return api

    yield start
    for client in clients:
        await client.close()


@pytest.fixture
async def api(serve: Serve) -> Api:
    api: Api = await serve()
    return api
