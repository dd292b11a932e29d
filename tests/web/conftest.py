"""Pages as they are served: to a client that reads HTML, and to a real browser."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from ostiary.server.app import create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import sessions
from ostiary.server.kernel.auth.authentication import Authentication
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import CHEAP, People
from tests.server.catalog.lasting import Lasting
from tests.server.conftest import (  # noqa: F401 - the fixtures of the server
    clock,
    database,
    empty_database,
    kernel,
    keyring,
    no_settings_of_the_machine,
    settings,
)
from tests.server.ingest.tenants import Tenant
from tests.web.browser import PATIENCE, WITHOUT, refusals, started
from tests.web.connectors import connector, held, owner  # noqa: F401 - fixtures of all pages

ColorScheme = Literal["light", "dark"]


@pytest.fixture
def app(kernel: Kernel) -> FastAPI:  # noqa: F811
    app = create_app(kernel)
    original: Authentication = app.state.authentication
    app.state.authentication = Authentication(original.clients, CHEAP, original.oidc)
    return app


@pytest.fixture
def people(kernel: Kernel, app: FastAPI) -> People:  # noqa: F811
    return People(kernel, app)


@pytest.fixture
def ann(people: People) -> User:
    """A Super Administrator."""
    return people.add("ann@corp.test", SUPER_ADMINISTRATOR)


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: while it is there, no other event loop can run in this process."""
    if os.environ.get(WITHOUT):
        pytest.skip(f"{WITHOUT} is set")
    with started() as browser:
        yield browser


PageOf = Callable[..., Page]


@pytest.fixture
def page_of(
    browser: Browser,
    address: str,
    kernel: Kernel,  # noqa: F811
) -> Iterator[PageOf]:
    """A page of somebody who is signed in: `page_of(user, width=390)`. It fails at
    its end over any error of a script, and anything the page's policy refused."""
    contexts: list[BrowserContext] = []
    complaints: list[list[str]] = []

    def opened(user: User, *, width: int = 1280, theme: ColorScheme = "light") -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": 900}, color_scheme=theme
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        with kernel.work(SYSTEM) as unit:
            cookie = sessions.open_session(unit, user, replacing="", address="", user_agent="")
        context.add_cookies([{"name": "ostiary", "value": cookie, "url": address}])
        page = context.new_page()
        complaints.append(refusals(page))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [heard for heard in complaints if heard] == []
