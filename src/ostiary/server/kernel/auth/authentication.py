"""From a request to its caller: a bearer token, or a browser's session cookie."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from ostiary.server.kernel.auth import networks, sessions, tokens, user_store
from ostiary.server.kernel.auth.api_clients import PERSONAL, SERVICE, ApiClientDirectory
from ostiary.server.kernel.auth.caller import Caller, caller_by_client
from ostiary.server.kernel.auth.client_ids import ClientId
from ostiary.server.kernel.auth.clients import ClientDirectory, ClientRegistry
from ostiary.server.kernel.auth.devices import DeviceDirectory
from ostiary.server.kernel.auth.federation.issuers import Issuers, configured_issuers
from ostiary.server.kernel.auth.federation.trusts import TrustDirectory
from ostiary.server.kernel.auth.oidc import Oidc
from ostiary.server.kernel.auth.passwords import Passwords
from ostiary.server.kernel.auth.recognition import Recognizer, nobody
from ostiary.server.kernel.errors import AppError, Code, denied
from ostiary.server.kernel.rest import KernelOf
from ostiary.server.kernel.work import Kernel

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True)
class Authentication:
    """Made once per process; slices add their kinds of clients to the registry."""

    clients: ClientRegistry
    passwords: Passwords
    oidc: Oidc | None = None
    recognize: Recognizer = nobody
    issuers: Issuers = field(default_factory=configured_issuers)


def default_authentication(
    oidc: Oidc | None = None, recognize: Recognizer = nobody
) -> Authentication:
    """API keys, service principals, workloads and devices; connectors are registered by their
    slice."""
    directories: tuple[ClientDirectory, ...] = (
        ApiClientDirectory(PERSONAL),
        ApiClientDirectory(SERVICE),
        TrustDirectory(),
        DeviceDirectory(),
    )
    return Authentication(ClientRegistry(directories), Passwords(), oidc, recognize)


def _authentication(connection: HTTPConnection) -> Authentication:
    authentication: Authentication = connection.app.state.authentication
    return authentication


AuthenticationOf = Annotated[Authentication, Depends(_authentication)]


def address_of(connection: HTTPConnection) -> str:
    """Of the peer. What a proxy says counts only if the HTTP server was told to trust it."""
    return connection.client.host if connection.client else ""


def cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` keeps other hosts of a domain from setting it, but exists over TLS only."""
    return "__Host-ostiary" if connection.url.scheme == "https" else "ostiary"


def session_cookie(connection: HTTPConnection) -> str:
    return connection.cookies.get(cookie_name(connection), "")


async def _csrf_proof(request: Request) -> str:
    if request.method in SAFE_METHODS:
        return ""
    if proof := request.headers.get(CSRF_HEADER):
        return proof
    if request.headers.get("content-type", "").startswith(FORMS):
        return str((await request.form()).get(CSRF_FIELD, ""))
    return ""


def possible_caller(
    request: Request,
    kernel: KernelOf,
    authentication: AuthenticationOf,
    csrf_proof: Annotated[str, Depends(_csrf_proof)],
) -> Caller | None:
    """None for somebody who shows nothing; refused when what is shown is wrong."""
    if authorization := request.headers.get("authorization"):
        return _bearer(kernel, authentication, authorization, address_of(request))
    cookie = session_cookie(request)
    caller = sessions.caller_in(kernel, cookie) if cookie else None
    if caller and request.method not in SAFE_METHODS:
        _check_csrf(caller, csrf_proof)
    return caller


PossibleCaller = Annotated[Caller | None, Depends(possible_caller)]


def authenticated(caller: PossibleCaller) -> Caller:
    if caller is None:
        raise not_signed_in("sign in, or send an access token")
    return caller


def not_signed_in(message: str) -> AppError:
    return AppError(Code.UNAUTHENTICATED, message, headers={"WWW-Authenticate": "Bearer"})


def _bearer(
    kernel: Kernel, authentication: Authentication, authorization: str, address: str
) -> Caller:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise not_signed_in("the Authorization header must hold a bearer token")
    with kernel.read() as connection:
        holder = tokens.holder_of(
            connection, authentication.clients, token.strip(), kernel.clock.now()
        )
        if holder is None:
            raise not_signed_in("the access token is unknown or has expired")
        client = holder.client
        user = user_store.find(connection, client.user) if client.user is not None else None
    if not networks.allows(client.networks, address):
        raise denied("this credential may not be used from this address")
    if user is None or user.status != "enabled":
        raise not_signed_in("this access token is not for the API")
    client_id = str(ClientId(client.name, kernel.settings.external_authority, client.kind))
    return caller_by_client(user, client, client_id)


def _check_csrf(caller: Caller, proof: str) -> None:
    if not hmac.compare_digest(proof.encode(), caller.csrf_token.encode()):
        raise denied(f"a browser must send {CSRF_HEADER} with the session's token")
