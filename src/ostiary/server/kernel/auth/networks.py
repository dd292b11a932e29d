"""Which addresses a credential may be used from."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MOST = 32


def parse_networks(texts: Sequence[str]) -> list[str]:
    """In normal form, host bits cleared. ValueError names the one that is no CIDR."""
    if len(texts) > MOST:
        raise ValueError(f"at most {MOST} networks")
    return [str(ip_network(text.strip(), strict=False)) for text in texts]


def allows(networks: Sequence[str], address: str) -> bool:
    """No networks allow every address; an address that cannot be read is allowed by none."""
    if not networks:
        return True
    try:
        caller = _plain(ip_address(address))
    except ValueError:
        return False
    return any(caller in ip_network(network) for network in networks)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """A dual-stack socket shows IPv4 callers as ::ffff:a.b.c.d."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
