"""What proves who we are to the login host.

azure-identity does the proving. It is imported with the first token, because it takes longer to
load than most commands take to run.
"""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ostiary.graph.clock import Clock, SystemClock
from ostiary.graph.clouds import GLOBAL_GRAPH, default_scope
from ostiary.graph.clouds import login_domain as login_domain_of
from ostiary.graph.domains import parse_domain
from ostiary.graph.faults import CredentialRefused, GraphError, Unreachable
from ostiary.graph.login import Login
from ostiary.graph.proofs import (
    Certificate,
    ManagedIdentity,
    Proof,
    Secret,
    Workload,
    read_certificate,
    thumbprint_of,
)
from ostiary.graph.refusals import Identity
from ostiary.graph.retry import RetryPolicy
from ostiary.graph.tokens import AccessToken, TokenKeeper

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Credential(Protocol):
    async def token(self, *, refused: AccessToken | None = None) -> AccessToken:
        """The current token, fetched or renewed as needed; another one than `refused`.

        Errors: CredentialRefused, Unreachable, UntrustedCertificate, ServiceUnavailable,
        MalformedReply.
        """

    async def aclose(self) -> None:
        """Forgets the token; a later `token` fetches anew."""


class Hosts:
    """Where tokens come from and what for.

    `login_domain` is needed where `graph_domain` is not one of Microsoft's clouds (UnknownCloud).
    """

    def __init__(
        self,
        graph_domain: str = GLOBAL_GRAPH,
        login_domain: str | None = None,
        ca_file: str | None = None,
    ) -> None:
        self.graph = parse_domain(graph_domain)
        self.login = parse_domain(login_domain) if login_domain else login_domain_of(self.graph)
        self.ca_file = ca_file


class EntraCredential:
    """A Credential of one app in one tenant. Its repr names both and nothing secret."""

    def __init__(
        self,
        proof: Proof,
        identity: Identity,
        hosts: Hosts,
        *,
        clock: Clock | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        identity = replace(identity, login_domain=hosts.login, graph_domain=hosts.graph)
        self.identity = identity
        self._login = Login(proof, identity, default_scope(hosts.graph), hosts.ca_file)
        self._clock = clock or SystemClock()
        self._retry = retry or RetryPolicy()
        self._keeper = TokenKeeper(self._fetch, self._clock)
        self._answered_once = False

    async def token(self, *, refused: AccessToken | None = None) -> AccessToken:
        return await self._keeper.token(refused=refused)

    async def aclose(self) -> None:
        await self._keeper.aclose()

    async def _fetch(self) -> AccessToken:
        failures = 0
        while True:
            try:
                token = await self._login.fetch()
            except GraphError as error:
                failures += 1
                if not error.transient or failures >= self._tries(error):
                    raise
            else:
                self._answered_once = True
                return token
            await self._clock.sleep(self._retry.backoff(failures))

    def _tries(self, error: GraphError) -> int:
        unknown_host = isinstance(error, Unreachable) and not self._answered_once
        return self._retry.first_contact_tries if unknown_host else self._retry.tries

    def __repr__(self) -> str:
        return f"<EntraCredential app={self.identity.app!r} tenant={self.identity.tenant!r}>"


def client_secret(
    *,
    tenant_id: str,
    client_id: str,
    secret: str,
    hosts: Hosts | None = None,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> EntraCredential:
    secret = secret.strip()
    identity = _app(tenant_id, client_id, secret_is_an_id=bool(_ID.fullmatch(secret)))
    if not secret:
        raise CredentialRefused(
            f"The secret of app {client_id} is empty.",
            advice="In Certificates & secrets, create one and copy its Value column.",
        )
    return EntraCredential(Secret(secret), identity, hosts or Hosts(), clock=clock, retry=retry)


def certificate(
    *,
    tenant_id: str,
    client_id: str,
    path: Path | None = None,
    data: bytes | None = None,
    password: str | None = None,
    hosts: Hosts | None = None,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> EntraCredential:
    """By a certificate in PEM or PKCS#12 with its RSA key, from a file or from memory."""
    if (path is None) == (data is None):
        raise ValueError("give either the path of the certificate or its data")
    content = read_certificate(path) if path is not None else data or b""
    source = f"The certificate {path}" if path is not None else "The certificate"
    proof = Certificate(content, password, source)
    identity = _app(tenant_id, client_id, thumbprint=thumbprint_of(content, password))
    return EntraCredential(proof, identity, hosts or Hosts(), clock=clock, retry=retry)


def workload_identity(
    *,
    tenant_id: str,
    client_id: str,
    token_file: Path | None = None,
    hosts: Hosts | None = None,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> EntraCredential:
    """By a token that the platform (Kubernetes, a CI system) keeps in a file.

    Without `token_file` it is where AZURE_FEDERATED_TOKEN_FILE says.
    """
    named = str(token_file or os.environ.get("AZURE_FEDERATED_TOKEN_FILE", ""))
    if not named:
        raise CredentialRefused(
            "No file with a workload identity token is named.",
            advice="Name it, or run where AZURE_FEDERATED_TOKEN_FILE is set.",
        )
    identity = _app(tenant_id, client_id, token_file=named)
    proof = Workload(Path(named))
    return EntraCredential(proof, identity, hosts or Hosts(), clock=clock, retry=retry)


def managed_identity(
    *,
    client_id: str | None = None,
    hosts: Hosts | None = None,
    clock: Clock | None = None,
    retry: RetryPolicy | None = None,
) -> EntraCredential:
    """The resource's own identity, or the user-assigned one of `client_id`."""
    identity = Identity(login_domain="", app=client_id or "")
    return EntraCredential(ManagedIdentity(), identity, hosts or Hosts(), clock=clock, retry=retry)


def _app(
    tenant_id: str,
    client_id: str,
    *,
    thumbprint: str = "",
    token_file: str = "",
    secret_is_an_id: bool = False,
) -> Identity:
    given = {"Directory (tenant) ID": tenant_id, "Application (client) ID": client_id}
    for name, value in given.items():
        if not value.strip():
            raise CredentialRefused(
                f"The {name} is empty.",
                advice="Copy it from the Overview page of the app registration.",
            )
    return Identity(
        login_domain="",
        tenant=tenant_id.strip(),
        app=client_id.strip(),
        thumbprint=thumbprint,
        token_file=token_file,
        secret_is_an_id=secret_is_an_id,
    )
