"""What issuers publish, fetched without being led astray: https, small, soon, from outside.

Who may name an issuer must not thereby reach what only this server can reach.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from time import monotonic
from typing import Any

import httpx2

LARGEST = 256 * 1024
"""Bytes; real key sets have about 10 KiB."""
STALL_SECONDS = 5.0
DEADLINE_SECONDS = 10.0

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

_NAT64 = ip_network("64:ff9b::/96")


class UnreachableError(Exception):
    """The message is for administrators."""


def resolve(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class OutsideTransport(httpx2.BaseTransport):
    """Connects to the very address that it has checked.

    A name that resolves to something else the next time wins nothing, and the certificate must
    still be the name's.
    """

    def __init__(
        self,
        inner: httpx2.BaseTransport,
        internal_networks: Iterable[str] = (),
        resolver: Resolver = resolve,
    ) -> None:
        """`internal_networks` are CIDRs that may be reached although they are not public."""
        self._inner = inner
        self._networks = [ip_network(network, strict=False) for network in internal_networks]
        self._resolve = resolver

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        if url.scheme != "https":
            raise UnreachableError(f"{url.host} is not asked without TLS")
        addresses = self._checked(url.host, url.port or 443)
        for address in addresses[:-1]:
            try:
                return self._ask(request, address)
            except httpx2.ConnectError:
                continue
        return self._ask(request, addresses[-1])

    def close(self) -> None:
        self._inner.close()

    def _ask(self, request: httpx2.Request, address: str) -> httpx2.Response:
        pinned = httpx2.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,
            extensions={**request.extensions, "sni_hostname": request.url.host},
        )
        return self._inner.handle_request(pinned)

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            addresses = [text.partition("%")[0] for text in self._resolve(host, port)]
        except (OSError, UnicodeError):
            raise UnreachableError(f"{host} has no address") from None
        if not addresses:
            raise UnreachableError(f"{host} has no address")
        for text in addresses:
            if not self._may_reach(ip_address(text)):
                raise UnreachableError(f"{host} is inside, at {text}")
        return addresses

    def _may_reach(self, address: Address) -> bool:
        target = _destination(address)
        if target.is_global and not target.is_multicast:
            return True
        return any(target in network or address in network for network in self._networks)


def _destination(address: Address) -> Address:
    """Of an address that only wraps another."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def get_json(transport: httpx2.BaseTransport, url: str) -> dict[str, Any]:
    """A JSON object. Redirects are not followed. UnreachableError for anything else."""
    try:
        with httpx2.Client(transport=transport, timeout=STALL_SECONDS) as client:
            body = _body(client, url)
        found = json.loads(body)
    except httpx2.HTTPError as error:
        raise UnreachableError(f"{url} does not answer: {type(error).__name__}") from error
    except httpx2.InvalidURL:
        raise UnreachableError(f"{url[:200]} is no URL") from None
    except (ValueError, RecursionError):
        raise UnreachableError(f"{url} does not answer with JSON") from None
    if not isinstance(found, dict):
        raise UnreachableError(f"{url} does not answer with a JSON object")
    return found


def _body(client: httpx2.Client, url: str) -> bytes:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    deadline = monotonic() + DEADLINE_SECONDS
    body = bytearray()
    with client.stream("GET", url, headers=headers) as response:
        if response.status_code != httpx2.codes.OK:
            raise UnreachableError(f"{url} answers with status {response.status_code}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise UnreachableError(f"{url} answers compressed, which was not asked for")
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > LARGEST:
                raise UnreachableError(f"{url} answers with more than {LARGEST} bytes")
            if monotonic() > deadline:
                raise UnreachableError(f"{url} takes longer than {DEADLINE_SECONDS:.0f} s")
    return bytes(body)
