"""Pages as they are served: to a client that reads HTML, and to a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from ostiary.server.app import create_app
from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import CHEAP, People
from tests.server.catalog.lasting import Lasting
from tests.server.conftest import (  # noqa: F401 - the fixtures of the server
    clock,
    database,
    kernel,
    keyring,
    no_settings_of_the_machine,
    postgres,
    settings,
    worker_database,
)
from tests.server.ingest.tenants import Tenant


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:  # noqa: F811
    app = create_app(kernel)
    original: Authentication = app.state.authentication
    app.state.authentication = Authentication(original.clients, CHEAP, original.oidc)
    return app


@pytest.fixture
def people(kernel: Kernel, app: FastAPI) -> People:  # noqa: F811
    return People(kernel, app)


class Reader(Lasting):
    """Reads pages as a browser without scripts does."""

    def request(self, method: str, url: str, **options: Any) -> httpx2.Response:
        headers = {"accept": "text/html", **options.pop("headers", {})}
        return super().request(method, url, headers=headers, **options)


@pytest.fixture
def admin(people: People) -> Reader:
    """Of a Super Administrator."""
    return Reader(people, people.add("super@corp.test", SUPER_ADMINISTRATOR))


@pytest.fixture
def story(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> Story:  # noqa: F811
    """An app "Entra" that a connector fills."""
    return Story(kernel, clock, tmp_path)


def estate(names: list[str]) -> Tenant:
    """An app for each of the names, discovered beside two people."""
    tenant = Tenant()
    ann, bob = tenant.user("ann"), tenant.user("bob")
    for name in names:
        tenant.app(name, ann, bob)
    return tenant


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """Where the application really listens."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
    )
    started = threading.Event()
    original = server.startup

    async def startup(sockets: object = None) -> None:
        await original()
        started.set()

    server.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(60)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(60)
