"""The Entra connector in service mode, inside a story: its own code over the real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from ostiary.connector.arguments import parse
from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.redaction import Redactor
from ostiary.connector.resolve import resolve
from ostiary.connector.service.credentials import ClientCredentials
from ostiary.connector.service.service import Service
from ostiary.connector.sources import Document
from ostiary.entra.definition import DEFINITION
from ostiary.entra.session import Patience as EntraPatience
from ostiary.entra.session import open_connector
from ostiary.server.connectors.leases import HEARTBEAT_EVERY
from ostiary.tenant.server import SimulatedTenant
from tests.entra.patience import TenantTime
from tests.stories.server import StoryServer


class Pauses:
    """The agent's clock: the server's time, and pauses between polls that end when told."""

    def __init__(self, server: StoryServer) -> None:
        self._server = server
        self._poll = asyncio.Event()

    def now(self) -> float:
        return self._server.clock.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        """No story lasts as long as the pause between two heartbeats."""
        if seconds == HEARTBEAT_EVERY.total_seconds():
            await asyncio.Event().wait()
        await self._poll.wait()
        self._poll.clear()

    def poll_now(self) -> None:
        self._poll.set()


class Agent:
    """Runs on the server's loop from `start` to `stop`. `state` outlives it.

    `environment` is all that the connector's program would need, for stories that start it.
    """

    def __init__(
        self,
        server: StoryServer,
        definition: ConnectorDefinition,
        environment: Mapping[str, str],
        state: Path,
    ) -> None:
        self._server = server
        self._definition = definition
        self.environment = environment
        self._state = state
        self._clock = Pauses(server)
        self._running: asyncio.Task[None] | None = None

    def set_up_again(self, options: Mapping[str, str]) -> None:
        """As after an operator changed its settings: restarted with what it knew."""
        self.stop()
        self.environment = {**self.environment, **options}
        self.start()

    def start(self) -> None:
        self._server.run(self._start())

    def stop(self) -> None:
        self._server.run(self._stop())

    def poll_now(self) -> None:
        """Also when it is just asking: then it asks once more."""
        self._server.loop.call_soon_threadsafe(self._clock.poll_now)

    async def _start(self) -> None:
        definition, environment = self._definition, self.environment
        nowhere = Document(Path("/nowhere"), {})
        settings = resolve(definition, parse(definition, []).flags, environment, nowhere)
        credentials = ClientCredentials.parse(
            settings.get_str("client-id"), settings.get_str("client-secret")
        )
        self._state.mkdir(exist_ok=True)
        service = Service(
            definition, settings, environment, Redactor(), credentials, self._state, self._clock
        )
        self._running = asyncio.create_task(service.run())

    async def _stop(self) -> None:
        assert self._running is not None, "start it first"
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running


def in_time_of(tenant: SimulatedTenant) -> ConnectorDefinition:
    """The Entra connector by the tenant's clock: what Graph makes it wait for takes no time."""
    patience = EntraPatience(clock=TenantTime(tenant))
    return replace(DEFINITION, open=partial(open_connector, patience=patience))
