"""Pages that follow their connector by server-sent events."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any
from unittest.mock import patch

import httpx2
import psycopg
import pytest
from fastapi import FastAPI

from ostiary.server.connectors.actions.registry import rename_connector, set_owners
from ostiary.server.connectors.changes import Changes
from ostiary.server.connectors.store.changes import heard
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import sessions
from ostiary.server.kernel.authz.roles import BASIC_USER, SUPER_ADMINISTRATOR
from ostiary.server.kernel.listener import HttpListener
from ostiary.server.kernel.sockets import listen
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors.conftest import connector  # noqa: F401 - the fixture
from tests.server.connectors.world import ADA

PATIENCE = 60.0


def rename(kernel: Kernel, connector_id: str, name: str) -> None:
    with kernel.work(ADA) as work:
        rename_connector(work, connector_id, name)


async def test_whoever_watches_a_connector_hears_of_its_changes_and_of_no_others(
    kernel: Kernel,
    connector: Connector,  # noqa: F811
) -> None:
    changes = Changes(kernel.database.url)
    async with changes.watching(connector.key) as mine, changes.watching(-1) as other:
        assert await mine.changed(PATIENCE), "hearing has begun"
        assert await other.changed(PATIENCE)
        await asyncio.to_thread(rename, kernel, connector.id, "Renamed")
        assert await mine.changed(PATIENCE)
        assert not await other.changed(0)


async def test_who_comes_while_others_watch_looks_once_too(
    kernel: Kernel,
    connector: Connector,  # noqa: F811
) -> None:
    changes = Changes(kernel.database.url)
    async with changes.watching(connector.key) as first:
        assert await first.changed(PATIENCE)
        async with changes.watching(connector.key) as second:
            assert await second.changed(PATIENCE)


async def test_a_session_that_listened_is_closed_however_often_it_is_cancelled(
    kernel: Kernel,
) -> None:
    opened: list[psycopg.AsyncConnection] = []
    connect = psycopg.AsyncConnection.connect

    async def remember(*where: Any, **how: Any) -> psycopg.AsyncConnection:
        opened.append(await connect(*where, **how))
        there.set()
        return opened[-1]

    there = asyncio.Event()

    async def follow() -> None:
        async with aclosing(heard(kernel.database.url)) as keys:
            async for _ in keys:
                pass

    with patch.object(psycopg.AsyncConnection, "connect", remember):
        task = asyncio.create_task(follow())
        await there.wait()
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
    assert [each.closed for each in opened] == [True]


async def test_a_lost_session_is_made_anew_and_everybody_looks_again(
    kernel: Kernel,
    connector: Connector,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ostiary.server.connectors.changes.PAUSE_SECONDS", 0)
    changes = Changes(kernel.database.url)
    async with changes.watching(connector.key) as watch:
        assert await watch.changed(PATIENCE)
        with kernel.database.engine.begin() as connection:
            ended = connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query = 'LISTEN ostiary_connectors' AND datname = current_database()"
            ).all()
        assert len(ended) == 1
        assert await watch.changed(PATIENCE)


async def test_when_the_server_stops_nobody_goes_on_watching(kernel: Kernel) -> None:
    changes = Changes(kernel.database.url)
    async with changes.watching(1) as watch:
        await watch.changed(PATIENCE)
        await changes.stop()
        assert await watch.changed(PATIENCE)
        assert watch.ended
    async with changes.watching(1) as late:
        assert late.ended


def test_a_stream_says_that_something_changed_to_who_may_see_it(
    kernel: Kernel,
    connector: Connector,  # noqa: F811
    people: People,
    address: str,
) -> None:
    user = people.add("olga@corp.test", BASIC_USER)
    path = f"{address}/apps/{connector.app_id}/connectors/{connector.id}/events"
    with kernel.work(SYSTEM) as work:
        cookie = sessions.open_session(work, user, replacing="", address="", user_agent="")
    cookies = {"ostiary": cookie}
    assert httpx2.get(path, cookies=cookies).status_code == 403
    with kernel.work(SYSTEM) as work:
        set_owners(work, connector.id, [user.public_id])
    with httpx2.stream("GET", path, cookies=cookies, timeout=PATIENCE) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith("event")) == "event: changed"
        rename(kernel, connector.id, "Renamed")
        assert next(line for line in lines if line.startswith("event")) == "event: changed"


async def test_a_stream_ends_well_when_the_server_stops(
    kernel: Kernel,
    connector: Connector,  # noqa: F811
    app: FastAPI,
    people: People,
) -> None:
    """Nothing is cut off: the server would wait for it much longer than the test does."""
    user = people.add("super@corp.test", SUPER_ADMINISTRATOR)
    with kernel.work(SYSTEM) as work:
        cookie = sessions.open_session(work, user, replacing="", address="", user_agent="")
    listening = listen("127.0.0.1", 0)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = HttpListener(app, listening, grace=100 * PATIENCE)
    await server.start()
    running = asyncio.create_task(server.run())
    path = f"/apps/{connector.app_id}/connectors/{connector.id}/events"
    async with (
        asyncio.timeout(PATIENCE),
        httpx2.AsyncClient(base_url=base, cookies={"ostiary": cookie}, timeout=PATIENCE) as client,
        client.stream("GET", path) as answer,
    ):
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 3000"
        stopping = asyncio.gather(server.stop(), app.state.changes.stop())
        async for line in lines:
            assert not line.startswith("data: "), "it says nothing but that something changed"
        await stopping
    await running
