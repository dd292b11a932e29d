"""One HTTPS exchange: a request out, the whole reply in, or the reason why not."""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from yarl import URL

from ostiary.graph.faults import GraphError, MalformedReply, Unreachable, UntrustedCertificate
from ostiary.graph.trust import tls_context


@dataclass(frozen=True)
class Timeouts:
    """Seconds. `stall` is the longest silence while a reply is awaited or read."""

    connect: float = 15.0
    stall: float = 60.0
    total: float = 600.0


@dataclass(frozen=True)
class Outgoing:
    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Departure(Exception):  # noqa: N818
    """Raised by a `may_depart` that calls a request back before its first byte."""


class Transport(Protocol):
    async def exchange(self, outgoing: Outgoing, may_depart: Callable[[], None]) -> Reply:
        """Calls `may_depart` when connected and about to write; what it raises stops the request.

        Errors: Unreachable, UntrustedCertificate, MalformedReply (a body cut short).
        """

    async def aclose(self) -> None: ...


_may_depart: ContextVar[Callable[[], None]] = ContextVar("may_depart")


class _LastCheckRequest(ClientRequest):
    """Asks once more after the connection stands: a handshake is long enough for a gate to shut."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        _may_depart.get()()
        return await super().send(conn)


def open_session(
    domain: str,
    *,
    timeouts: Timeouts,
    ca_file: str | None,
    request_class: type[ClientRequest] = ClientRequest,
) -> aiohttp.ClientSession:
    """A session for one https host, by the environment's proxy if there is one.

    `trust_env` stays off: with it aiohttp would also put passwords from ~/.netrc in our requests.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=tls_context(ca_file), limit=0),
        timeout=aiohttp.ClientTimeout(
            total=timeouts.total, connect=timeouts.connect, sock_read=timeouts.stall
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        proxy=_proxy_for(domain),
        request_class=request_class,
        read_bufsize=2**18,
    )


def _proxy_for(domain: str) -> str | None:
    """HTTPS_PROXY, unless NO_PROXY excepts the host."""
    return None if proxy_bypass(domain) else getproxies().get("https")


class AiohttpTransport:
    """Must be built inside a running event loop."""

    def __init__(self, domain: str, *, timeouts: Timeouts, ca_file: str | None = None) -> None:
        self._session = open_session(
            domain, timeouts=timeouts, ca_file=ca_file, request_class=_LastCheckRequest
        )
        # aiohttp would repeat dropped GETs by itself, unseen by gates and counts.
        self._session._retry_connection = False

    async def exchange(self, outgoing: Outgoing, may_depart: Callable[[], None]) -> Reply:
        host = outgoing.url.authority
        path = outgoing.url.path
        reset = _may_depart.set(may_depart)
        try:
            return await self._exchange(outgoing)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise network_fault(error, host, path) from error
        finally:
            _may_depart.reset(reset)

    async def _exchange(self, outgoing: Outgoing) -> Reply:
        async with self._session.request(
            outgoing.method,
            outgoing.url,
            headers=outgoing.headers,
            data=outgoing.body,
            allow_redirects=False,
        ) as response:
            return Reply(response.status, response.headers, await response.read())

    async def aclose(self) -> None:
        await self._session.close()


def network_fault(error: Exception, host: str, path: str) -> GraphError:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return UntrustedCertificate(host=host, reason=_certificate_reason(error), path=path)
        case aiohttp.ClientPayloadError():
            return MalformedReply(f"The reply of {host} was cut short.", path=path, transient=True)
        case aiohttp.ClientProxyConnectionError():
            reason = "the proxy in HTTPS_PROXY does not answer"
        case aiohttp.ClientHttpProxyError():
            reason = f"the proxy in HTTPS_PROXY refused ({error.status})"
        case aiohttp.ConnectionTimeoutError():
            reason = "no connection in time"
        case asyncio.TimeoutError():
            reason = "the connection went silent"
        case aiohttp.ClientConnectorDNSError():
            reason = "no address is known for this name"
        case aiohttp.ClientConnectorSSLError():
            reason = "no TLS connection could be agreed on"
        case aiohttp.ClientConnectorError():
            reason = _errno_in_words(error.os_error.errno)
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError() | ConnectionError():
            reason = "the connection was dropped"
        case _:
            reason = f"the exchange failed ({type(error).__name__})"
    return Unreachable(
        f"{host} cannot be reached: {reason}.",
        host=host,
        reason=reason,
        path=path,
        advice="Check the name, the firewall and the proxy on the way to it.",
    )


def _certificate_reason(error: aiohttp.ClientConnectorCertificateError) -> str:
    reason = getattr(error.certificate_error, "verify_message", "") or "verification failed"
    return str(reason).rstrip(".")


def _errno_in_words(number: int | None) -> str:
    """aiohttp's own text names addresses and ports, which the sentence around it already does."""
    return os.strerror(number).lower() if number and number > 0 else "the connection failed"
