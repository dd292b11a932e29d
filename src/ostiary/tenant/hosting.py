"""Graph and login of one simulated tenant on one port."""

from __future__ import annotations

import errno
import ssl
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from tempfile import TemporaryDirectory

from aiohttp import web

from ostiary.tenant.admin import AdminRoutes, guard
from ostiary.tenant.conditions import Conditions, limit_premium
from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.login.credentials import integration
from ostiary.tenant.login.interactive import SignInRoutes
from ostiary.tenant.login.keys import SigningKey
from ostiary.tenant.login.managed_identity import ManagedIdentityRoutes
from ostiary.tenant.login.registrations import AppRegistration, Registrations
from ostiary.tenant.login.routes import TokenRoutes
from ostiary.tenant.login.service import Login
from ostiary.tenant.surface import GraphSurface
from ostiary.tenant.tls import LOOPBACK_NAMES, ServerCertificate, server_certificate

LOOPBACK = "127.0.0.1"
_DRAIN_SECONDS = 1.0
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104


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
        conditions: Conditions | None = None,
    ) -> None:
        self.directory = directory
        self.registration = registration or integration(directory)
        self.registrations = Registrations()
        self.registrations.add(self.registration)
        self.listening = listening or Listening()
        names = (*LOOPBACK_NAMES, *self.listening.names, self.listening.host)
        self.login = Login(directory, self.registrations, key=key, graph_hosts=names)
        given = conditions or Conditions()
        limit_premium(directory, given.premium)
        self.surface = GraphSurface(
            directory,
            self.login.authorize,
            lag=given.lag,
            latency=given.latency,
            quota=given.quota,
            quirks=given.quirks,
            weather=given.weather,
        )
        self.certificate: ServerCertificate | None = None
        self.port = self.listening.port
        self.identity = ManagedIdentityRoutes(self.login, self.registration)
        self.identity_port: int | None = None
        self._runners: list[web.AppRunner] = []
        self._files = ExitStack()

    @property
    def domain(self) -> str:
        """`host:port`, for Graph and login alike."""
        host = LOOPBACK if self.listening.host in _ANYWHERE else self.listening.host
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
        self._files.close()

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
        names = {*self.listening.names, self.domain.rpartition(":")[0].strip("[]")}
        folder = self.listening.tls_dir or Path(
            self._files.enter_context(TemporaryDirectory(prefix="ostiary-tls-"))
        )
        self.certificate = server_certificate(folder, names=sorted(names))
        return self.certificate.context()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[guard])
        tokens = TokenRoutes(self.login)
        tokens.add_to(app)
        SignInRoutes(self.login, tokens.trace).add_to(app)
        AdminRoutes(self.directory, self.surface).add_to(app)
        app.add_routes(self.surface.routes())
        return app


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
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise OSError(error.errno, f"cannot listen on {host}, port {port}: {reason}") from error
