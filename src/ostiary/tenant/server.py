"""A simulated tenant as a running server, in the caller's own loop or in a thread for tests."""

from __future__ import annotations

import asyncio
import errno
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from ostiary.tenant.clock import Clock
from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.login.caller import Caller
from ostiary.tenant.login.credentials import integration
from ostiary.tenant.login.interactive import SignInRoutes
from ostiary.tenant.login.keys import SigningKey
from ostiary.tenant.login.managed_identity import APP_SERVICE_PATH, ManagedIdentityRoutes
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.login.routes import TokenRoutes
from ostiary.tenant.login.service import Login
from ostiary.tenant.surface import GraphSurface
from ostiary.tenant.tls import LOOPBACK_NAMES, ServerCertificate, server_certificate

LOOPBACK = "127.0.0.1"
_DRAIN_SECONDS = 1.0
T = TypeVar("T")


class PortTakenError(OSError):
    """Another process listens there."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where to listen and as whom. Port 0 takes any free one; `names` join the certificate.

    `managed_identity` adds the endpoints Azure puts beside a workload, on a plain port of their
    own.
    """

    host: str = LOOPBACK
    port: int = 0
    tls: bool = True
    names: tuple[str, ...] = ()
    tls_dir: Path | None = None
    managed_identity: bool = False


class TenantServer:
    """Graph and login of one tenant on one port. Start and stop it in the loop that serves."""

    def __init__(
        self,
        directory: Directory,
        registration: AppRegistration | None = None,
        *,
        listening: Listening | None = None,
        key: SigningKey | None = None,
        lag: float = 0.0,
    ) -> None:
        self.directory = directory
        self.registration = registration or integration(directory)
        self.registrations = Registrations()
        self.registrations.add(self.registration)
        self.listening = listening or Listening()
        names = (*LOOPBACK_NAMES, *self.listening.names, self.listening.host)
        self.login = Login(directory, self.registrations, key=key, graph_hosts=names)
        self.surface = GraphSurface(directory, self.login.authorize, lag=lag)
        self.certificate: ServerCertificate | None = None
        self.port = self.listening.port
        self.identity = ManagedIdentityRoutes(self.login, self.registration)
        self.identity_port: int | None = None
        self._runners: list[web.AppRunner] = []

    @property
    def domain(self) -> str:
        """`host:port`, for Graph and login alike."""
        host = self.listening.host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.listening.tls else 'http'}://{self.domain}"

    async def start(self) -> None:
        """Raises PortTakenError."""
        host = self.listening.host
        try:
            context = self._tls_context()
            sock = _bind(host, self.listening.port)
            self.port = sock.getsockname()[1]
            await self._serve(self._application(), sock, context)
            if self.listening.managed_identity:
                sock = _bind(host, 0)
                self.identity_port = sock.getsockname()[1]
                application = web.Application()
                self.identity.add_to(application)
                await self._serve(application, sock, None)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop listening, let running requests end for a second, close the rest."""
        while self._runners:
            await self._runners.pop().cleanup()

    async def _serve(
        self, application: web.Application, sock: socket, context: ssl.SSLContext | None
    ) -> None:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_DRAIN_SECONDS)
        self._runners.append(runner)
        await runner.setup()
        await web.SockSite(runner, sock, ssl_context=context).start()

    def _tls_context(self) -> ssl.SSLContext | None:
        if not self.listening.tls:
            return None
        names = {*self.listening.names, self.listening.host}
        self.certificate = server_certificate(self.listening.tls_dir, names=sorted(names))
        return self.certificate.context()

    def _application(self) -> web.Application:
        app = web.Application()
        tokens = TokenRoutes(self.login)
        tokens.add_to(app)
        SignInRoutes(self.login, tokens.trace).add_to(app)
        app.add_routes(self.surface.routes())
        return app


class SimulatedTenant:
    """A running tenant for tests and demos: a context manager with its loop in a daemon thread."""

    def __init__(
        self,
        directory: Directory,
        *,
        lag: float = 0.0,
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
            lag=lag,
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


def connector_environment(server: TenantServer) -> dict[str, str]:
    """`BATON_*` variables of the Entra connector, and the authority to trust."""
    environment = {
        "BATON_ENTRA_TENANT_ID": server.directory.tenant_id,
        "BATON_ENTRA_CLIENT_ID": server.registration.app_id,
        "BATON_ENTRA_CLIENT_SECRET": server.registration.secrets[0].value,
        "BATON_GRAPH_DOMAIN": server.domain,
        "BATON_ENTRA_LOGIN_DOMAIN": server.domain,
    }
    if server.certificate is not None:
        environment["SSL_CERT_FILE"] = str(server.certificate.ca_file)
    return environment


def _bind(host: str, port: int) -> socket:
    family = AF_INET6 if ":" in host else AF_INET
    try:
        return create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(error.errno, f"port {port} on {host} is taken") from error
        raise


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
