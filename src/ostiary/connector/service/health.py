"""Health over HTTP: /health (credentials), /ready (server), /live (process)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from ostiary.connector.service.checkup import Checkup
from ostiary.connector.service.clock import Clock
from ostiary.connector.service.standing import Standing
from ostiary.connector.settings import Settings
from ostiary.connector.status import ConnectorError, Status

UNREADY_FAILURES = 3
"""Polls that may fail in a row before a server counts as out of reach."""

Details = Mapping[str, object]


class Health:
    def __init__(
        self, checkup: Checkup, standing: Standing, clock: Clock, redact: Callable[[str], str]
    ) -> None:
        self._checkup = checkup
        self._standing = standing
        self._clock = clock
        self._redact = redact

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/health", self.health)
        application.router.add_get("/ready", self.ready)
        application.router.add_get("/live", self.live)
        return application

    async def health(self, _: web.Request) -> web.Response:
        """Whether the credentials work; asks the source if that is not known of late."""
        validity = await self._checkup.current()
        problem = self._redact(validity.problem)
        known = "works" if validity.checked_at is not None else "not checked yet"
        return self._answer(not problem, {"credentials": problem or known})

    async def ready(self, _: web.Request) -> web.Response:
        """Whether the server takes this connector and is within reach."""
        standing = self._standing
        reached = standing.failures < UNREADY_FAILURES
        server = self._redact(standing.problem) or ("connected" if standing.greeted else "waiting")
        details = {"server": server, "tasks": standing.running}
        return self._answer(standing.greeted and reached, details)

    async def live(self, _: web.Request) -> web.Response:
        return self._answer(True, {})

    def _answer(self, well: bool, details: Details) -> web.Response:
        body = {
            "status": "healthy" if well else "unhealthy",
            "timestamp": datetime.fromtimestamp(self._clock.now(), UTC).isoformat(),
            "details": dict(details),
        }
        return web.json_response(body, status=200 if well else 503)


@asynccontextmanager
async def health_endpoint(health: Health, settings: Settings) -> AsyncIterator[None]:
    """Answers while the context lasts, if --health-check is given; else nothing at all."""
    if not settings.get_bool("health-check"):
        yield
        return
    host = settings.get_str("health-check-bind-address")
    port = settings.get_int("health-check-port")
    runner = web.AppRunner(health.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConnectorError(
            Status.FAILED_PRECONDITION,
            f"Health cannot be served on {host} port {port}: {error.strerror or error}.",
            remedy="Choose another port with --health-check-port.",
        ) from error
    try:
        yield
    finally:
        await runner.cleanup()
