"""The sign-in side of a simulated tenant, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from ostiary.tenant.directory.directory import Directory
from ostiary.tenant.login.assertions import Assertions
from ostiary.tenant.login.caller import Caller
from ostiary.tenant.login.clients import Clients
from ostiary.tenant.login.grants import TokenEndpoint
from ostiary.tenant.login.keys import SigningKey, process_key
from ostiary.tenant.login.registrations import Registrations
from ostiary.tenant.login.sessions import Sessions
from ostiary.tenant.login.tenant_view import TenantView
from ostiary.tenant.login.tokens import Tokens
from ostiary.tenant.tls import LOOPBACK_NAMES


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Login:
    """Everything behind the login endpoints.

    Tokens, secrets and codes age by the tenant's clock, which may stand still. What carries
    absolute times to or from real clients (assertions, `expires_on`) goes by `client_now`.
    """

    def __init__(
        self,
        directory: Directory,
        registrations: Registrations,
        *,
        key: SigningKey | None = None,
        graph_hosts: Iterable[str] = LOOPBACK_NAMES,
        client_now: Callable[[], datetime] = wall_clock,
    ) -> None:
        now = directory.clock.now
        self.now = now
        self.client_now = client_now
        self.directory = directory
        self.key = key or process_key()
        self.registrations = registrations
        self.tenant = TenantView(directory)
        self.tokens = Tokens(self.tenant, self.key, now, graph_hosts)
        self.sessions = Sessions(now)
        assertions = Assertions(registrations, client_now)
        self.clients = Clients(self.tenant, registrations, assertions, now)
        self.token_endpoint = TokenEndpoint(self.tenant, self.clients, self.tokens, self.sessions)

    def authorize(self, token: str) -> Caller:
        """For the Graph surface: whose access token this is, or TokenRejected."""
        return self.tokens.authorize(token)
