"""A running tenant in a thread of its own, for tests and demos."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ostiary.tenant.clock import Clock
from ostiary.tenant.conditions import Conditions, Premium
from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.hosting import Listening, PortTakenError, TenantServer, connector_environment
from ostiary.tenant.login.caller import Caller
from ostiary.tenant.login.managed_identity import APP_SERVICE_PATH
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.surface import GraphSurface
from ostiary.tenant.surface.delta.rounds import Quirks
from ostiary.tenant.surface.limits.ledger import Ledger
from ostiary.tenant.surface.weather import Weather

__all__ = ["PortTakenError", "SimulatedTenant"]

T = TypeVar("T")


class SimulatedTenant:
    """A running tenant for tests and demos: a context manager with its loop in a daemon thread."""

    def __init__(
        self,
        directory: Directory,
        *,
        latency: float = 0.0,
        quota: float = 1.0,
        lag: float = 0.0,
        premium: Premium | None = "P2",
        weather: Weather | Mapping[str, Any] | None = None,
        quirks: Quirks | None = None,
        tls: bool = True,
        port: int = 0,
        registration: AppRegistration | None = None,
        tls_dir: Path | None = None,
        managed_identity: bool = False,
    ) -> None:
        self._server = TenantServer(
            directory,
            registration,
            listening=Listening(
                port=port, tls=tls, tls_dir=tls_dir, managed_identity=managed_identity
            ),
            conditions=Conditions(
                latency=latency,
                quota=quota,
                lag=lag,
                premium=premium,
                weather=_weather(weather),
                quirks=quirks,
            ),
        )
        self.directory = directory
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        started: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(started)), name="simulated-tenant", daemon=True
        )
        self._thread.start()
        started.result()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stopping is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    async def _serve(self, started: Future[None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            await self._server.start()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(None)
        await self._stopping.wait()
        await self._server.stop()
        await _abort_strays()

    def change(self, act: Callable[[Directory], T]) -> T:
        """Run `act(directory)` between two requests and return its result."""
        if self._loop is None or self._thread is None:
            return act(self.directory)
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(_settle, done, act, self.directory)
        return done.result()

    @property
    def weather(self) -> Weather | None:
        """Faults in force; its `struck` counts them."""
        return self._server.surface.weather

    def set_weather(self, weather: Weather | Mapping[str, Any] | None) -> None:
        """From the next request on; None clears the sky. Raises InvalidWeatherError."""
        self._server.surface.weather = _weather(weather)

    @property
    def ledger(self) -> Ledger:
        """What was asked of Graph so far, and what it cost."""
        return self._server.surface.ledger

    @property
    def surface(self) -> GraphSurface:
        """Graph itself; its `latency` may be changed while it serves."""
        return self._server.surface

    def authorize(self, token: str) -> Caller:
        """Whose Graph access token this is; raises TokenRejected."""
        return self._server.login.authorize(token)

    @property
    def graph_domain(self) -> str:
        return self._server.domain

    @property
    def login_domain(self) -> str:
        return self._server.domain

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def ca_file(self) -> Path:
        """PEM of the authority to trust. Without TLS there is none: RuntimeError."""
        if self._server.certificate is None:
            raise RuntimeError("this tenant serves plain HTTP and has no certificate authority")
        return self._server.certificate.ca_file

    @property
    def tenant_id(self) -> str:
        return self.directory.tenant_id

    @property
    def registration(self) -> AppRegistration:
        """The client's app: change its `roles` or `secrets` and the next token shows it."""
        return self._server.registration

    @property
    def registrations(self) -> Registrations:
        return self._server.registrations

    @property
    def client_id(self) -> str:
        return self.registration.app_id

    @property
    def client_secret(self) -> str:
        return self.registration.secrets[0].value

    @property
    def clock(self) -> Clock:
        return self.directory.clock

    @property
    def identity_environment(self) -> dict[str, str]:
        """`IDENTITY_ENDPOINT` and `IDENTITY_HEADER` as App Service sets them."""
        return {
            "IDENTITY_ENDPOINT": f"{self.imds_authority}{APP_SERVICE_PATH}",
            "IDENTITY_HEADER": self._server.identity.header,
        }

    @property
    def imds_authority(self) -> str:
        """Scheme, host and port of the instance metadata endpoint."""
        if self._server.identity_port is None:
            raise RuntimeError("this tenant was started without managed_identity=True")
        return f"http://{self._server.listening.host}:{self._server.identity_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a connector needs in its environment to talk to this tenant."""
        return connector_environment(self._server)


async def _abort_strays() -> None:
    """End connections that aiohttp leaves open: idle TLS ones wait for a farewell that clients
    never send, and those still in their handshake are known to the event loop alone."""
    transports = getattr(asyncio.get_running_loop(), "_transports", {})
    for transport in list(transports.values()):
        transport.abort()
    await asyncio.sleep(0)


def _settle(done: Future[Any], act: Callable[[Directory], Any], directory: Directory) -> None:
    try:
        done.set_result(act(directory))
    except BaseException as error:  # the caller in the other thread gets it
        done.set_exception(error)


def _weather(given: Weather | Mapping[str, Any] | None) -> Weather | None:
    return Weather.of(given) if isinstance(given, Mapping) else given
