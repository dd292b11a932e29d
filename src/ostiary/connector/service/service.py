"""A connector as a service: from settings to a loop that ends with a signal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import structlog

from ostiary.connector.definition import ConnectorDefinition
from ostiary.connector.interrupts import Interrupts
from ostiary.connector.redaction import Redactor
from ostiary.connector.scope import check_engine, scope_of
from ostiary.connector.service.checkup import Checkup
from ostiary.connector.service.clock import Clock, SystemClock
from ostiary.connector.service.credentials import ClientCredentials, hostname
from ostiary.connector.service.folder import clear_outgoing, service_folder
from ostiary.connector.service.greeting import greeting, host_id_from
from ostiary.connector.service.health import Health, health_endpoint
from ostiary.connector.service.polling import Polling
from ostiary.connector.service.server import Server
from ostiary.connector.service.standing import Standing
from ostiary.connector.service.token import Tokens
from ostiary.connector.service.trust import authorities, http_context
from ostiary.connector.service.validity import Validity
from ostiary.connector.service.workplace import Workplace
from ostiary.connector.settings import Settings
from ostiary.connector.state import claimed, working_folder
from ostiary.connector.status import ConnectorError, Status

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
HOPELESS = frozenset(
    {
        Status.UNAUTHENTICATED,
        Status.PERMISSION_DENIED,
        Status.INVALID_ARGUMENT,
        Status.UNIMPLEMENTED,
        Status.FAILED_PRECONDITION,
        Status.NOT_FOUND,
    }
)
"""Answers to Hello that waiting does not change."""

log = structlog.stdlib.get_logger("ostiary.connector.service")


def serve(
    definition: ConnectorDefinition,
    settings: Settings,
    environment: Mapping[str, str],
    redact: Redactor,
) -> None:
    """Work for the server until SIGINT or SIGTERM, then return.

    `ConnectorError` when the service cannot start or the server does not want it.
    """
    credentials = ClientCredentials.parse(
        settings.get_str("client-id"), settings.get_str("client-secret")
    )
    check_engine(settings)
    scope_of(definition, settings)
    working_folder(settings)
    folder = service_folder(settings, environment, definition.name, credentials.client_id)
    interrupts = Interrupts()
    with claimed(folder) as state:
        clear_outgoing(state)
        service = Service(definition, settings, environment, redact, credentials, state)
        with suppress(asyncio.CancelledError):
            asyncio.run(_until_stopped(service, interrupts))
    log.info("stopped")


async def _until_stopped(service: Service, interrupts: Interrupts) -> None:
    task = asyncio.current_task()
    assert task is not None
    with interrupts.cancelling(task):
        await service.run()


class Service:
    """Everything a running service consists of. `state` is locked for this process."""

    def __init__(
        self,
        definition: ConnectorDefinition,
        settings: Settings,
        environment: Mapping[str, str],
        redact: Redactor,
        credentials: ClientCredentials,
        state: Path,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock = clock or SystemClock()
        self._definition = definition
        self._settings = settings
        host = server_host(credentials, environment)
        roots = authorities(environment)
        program = f"{definition.name}/{definition.version}"
        tokens = Tokens(credentials, host, http_context(roots), clock, program)
        agent = f"{credentials.name} {program}"
        self._server = Server(host, roots, tokens, host_id_from(environment), agent)
        self._standing = Standing()
        self._place = Workplace(
            definition,
            settings,
            environment,
            redact,
            self._server,
            clock,
            state,
            Validity(clock),
        )
        log.info("service", server=host, host_id=self._server.host_id, state=str(state))

    async def run(self) -> None:
        """Until cancelled, or until the server refuses the first Hello for good."""
        workers = self._settings.get_int("task-concurrency")
        health = Health(Checkup(self._place), self._standing, self._clock, self._place.redact)
        async with health_endpoint(health, self._settings):
            await self._greet()
            await Polling(self._place, self._standing, workers).run()

    async def _greet(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._server.hello(greeting(self._definition, self._server.host_id))
            except ConnectorError as error:
                if error.status in HOPELESS:
                    raise
                self._standing.missed(str(error))
                log.warning("hello failed", reason=str(error), next_try_in=pause)
            else:
                break
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        self._standing.greeted = True
        self._standing.reached()
        log.info("the server knows this connector", host_id=self._server.host_id)


def server_host(credentials: ClientCredentials, environment: Mapping[str, str]) -> str:
    """`host[:port]` of the server: BATON_C1_API_HOST, else that of the client id."""
    named = environment.get("BATON_C1_API_HOST", "")
    if named and not hostname(named):
        raise ConnectorError(
            Status.INVALID_ARGUMENT,
            f"BATON_C1_API_HOST={named} is no host.",
            remedy="Give it as host or host:port, without https://.",
        )
    return named or credentials.host
