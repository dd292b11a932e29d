"""Health endpoints and the command that asks them."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import aiohttp
import pytest

from ostiary.connector.connector import Finding
from ostiary.connector.status import ConnectorError, Status
from tests.connector.fake import FakeConnector
from tests.connector.running import Runner, altered
from tests.connector.service.clock import MORNING
from tests.connector.service.fake_server import IDLE_SECONDS, Code, given
from tests.connector.service.running import Workbench, sync_task


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


async def asked(port: int, endpoint: str) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/{endpoint}") as response,
    ):
        return response.status, await response.json()


def words(port: int) -> tuple[str, ...]:
    return "--health-check", "--health-check-port", str(port)


async def test_nothing_listens_unless_asked_for(workbench: Workbench, port: int) -> None:
    workbench.start("--health-check-port", str(port))
    await workbench.clock.asleep(IDLE_SECONDS)
    with pytest.raises(aiohttp.ClientConnectorError):
        await asked(port, "live")


async def test_a_service_at_work_is_alive_ready_and_healthy(
    workbench: Workbench, port: int
) -> None:
    workbench.start(*words(port))
    await workbench.clock.asleep(IDLE_SECONDS)
    assert await asked(port, "live") == (
        200,
        {"status": "healthy", "timestamp": "2026-11-18T11:06:40+00:00", "details": {}},
    )
    assert (await asked(port, "ready"))[1]["details"] == {"server": "connected", "tasks": 0}
    status, body = await asked(port, "health")
    assert (status, body["details"]) == (200, {"credentials": "works"})


async def test_a_service_that_waits_for_its_server_is_alive_but_not_ready(
    workbench: Workbench, port: int
) -> None:
    workbench.server.hello_failures.append(Code.UNAVAILABLE)
    workbench.start(*words(port))
    await workbench.clock.asleep(1)
    assert (await asked(port, "live"))[0] == 200
    status, body = await asked(port, "ready")
    assert (status, body["status"]) == (503, "unhealthy")
    assert "scripted UNAVAILABLE" in body["details"]["server"]


async def test_a_service_that_lost_its_server_is_not_ready_after_a_while(
    workbench: Workbench, port: int
) -> None:
    workbench.server.polls.extend([Code.UNAVAILABLE] * 3)
    workbench.start(*words(port))
    await workbench.clock.wake(1)
    await workbench.clock.asleep(4)
    assert (await asked(port, "ready"))[0] == 200
    await workbench.clock.wake(4)
    await workbench.clock.asleep(9)
    assert (await asked(port, "ready"))[0] == 503
    await workbench.clock.wake(9)
    await workbench.clock.asleep(IDLE_SECONDS)
    assert (await asked(port, "ready"))[0] == 200


async def test_credentials_are_tried_once_in_five_minutes_however_often_one_asks(
    workbench: Workbench, port: int
) -> None:
    tried: list[FakeConnector] = []
    finding = Finding("error", "Groups", "The secret expired.")

    def watch(fake: FakeConnector) -> None:
        tried.append(fake)
        fake.findings = [finding] if len(tried) == 1 else []

    workbench.start(*words(port), make=altered(watch))
    await workbench.clock.asleep(IDLE_SECONDS)
    answers = await asyncio.gather(*(asked(port, "health") for _ in range(5)))
    assert [status for status, _ in answers] == [503] * 5
    assert answers[0][1]["details"] == {"credentials": "The secret expired."}
    assert len(tried) == 1
    workbench.clock.time = MORNING + 301
    assert (await asked(port, "health"))[0] == 200
    assert len(tried) == 2


async def test_while_a_sync_runs_health_is_what_the_sync_found(
    workbench: Workbench, port: int
) -> None:
    opened: list[FakeConnector] = []

    def block(fake: FakeConnector) -> None:
        opened.append(fake)
        fake.pause = asyncio.Event().wait  # type: ignore[assignment]

    workbench.server.polls.append(given(sync_task()))
    workbench.start(*words(port), make=altered(block))
    await workbench.clock.asleep(20)
    workbench.clock.time += 1000
    assert (await asked(port, "health"))[0] == 200
    assert (await asked(port, "ready"))[1]["details"]["tasks"] == 1
    assert len(opened) == 1


async def test_a_port_that_is_taken_is_named(workbench: Workbench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        with pytest.raises(ConnectorError, match=f"port {number}") as caught:
            await workbench.service(*words(number)).run()
    assert caught.value.status is Status.FAILED_PRECONDITION


async def test_the_command_tells_by_its_exit_code(
    workbench: Workbench, port: int, runner: Runner
) -> None:
    workbench.server.hello_failures.append(Code.UNAVAILABLE)
    workbench.start(*words(port))
    await workbench.clock.asleep(1)
    alive = await asyncio.to_thread(
        runner, "health-check", "--endpoint", "live", "--health-check-port", str(port)
    )
    assert (alive.code, alive.err) == (0, "")
    assert '"status": "healthy"' in alive.out
    ready = await asyncio.to_thread(
        runner, "health-check", "--endpoint=ready", "--health-check-port", str(port)
    )
    assert ready.code == 1


def test_the_command_says_when_nobody_answers(runner: Runner, port: int) -> None:
    environment = {"BATON_HEALTH_CHECK_PORT": str(port), "BATON_FAKE_TENANT_ID": ""}
    ran = runner("health-check", "--timeout", "2", environment=environment)
    assert ran.code == Status.UNAVAILABLE
    assert f"Nobody answers on 127.0.0.1 port {port}" in ran.err


@pytest.mark.parametrize(
    "wrong", [("--endpoint", "pulse"), ("--timeout", "0"), ("--health-check-port", "x")]
)
def test_the_command_refuses_what_it_cannot_ask(runner: Runner, wrong: tuple[str, str]) -> None:
    assert runner("health-check", *wrong).code == 1


def test_its_flags_are_unknown_elsewhere(runner: Runner) -> None:
    ran = runner("--endpoint", "live")
    assert ran.code == 1
    assert "unknown flag: --endpoint" in ran.err
