"""Hosts we may talk to, and the check that every link stays on them."""

import re

from yarl import URL

from ostiary.graph.faults import ForeignLink

_DOMAIN = re.compile(
    r"(?P<host>[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?",
    re.IGNORECASE,
)


class InvalidDomain(ValueError):  # noqa: N818
    """The text is not `host` or `host:port`."""


def parse_domain(text: str) -> str:
    """`host[:port]` in lower case, without the port where it is 443."""
    match = _DOMAIN.fullmatch(text.strip())
    if match is None or not 0 < int(match["port"] or 443) < 65536:
        raise InvalidDomain(
            f"{text!r} is not a host name. Give the name alone, or name:port, without https:// "
            "and without a path: graph.microsoft.com"
        )
    host, port = match["host"].lower(), int(match["port"] or 443)
    return host if port == 443 else f"{host}:{port}"


def own_link(link: str, domain: str, *, path: str = "") -> URL:
    """`link` as it stands, ready to be sent; raises ForeignLink unless it is https on `domain`.

    The returned URL is the very object that was checked, so no second parser reads it otherwise.
    """
    if not link.isprintable() or " " in link:
        raise ForeignLink("an unreadable address", expected=domain, path=path)
    try:
        url = URL(link, encoded=True)
        host, port = url.host, url.port
    except ValueError:
        raise ForeignLink("an unreadable address", expected=domain, path=path) from None
    if url.scheme != "https" or url.user is not None or url.password is not None:
        raise ForeignLink(f"{url.scheme}://{host}", expected=domain, path=path)
    if (
        url.absolute
        and host
        and URL.build(scheme="https", authority=domain).origin()
        == (URL.build(scheme="https", host=host, port=port).origin())
    ):
        return url
    raise ForeignLink(host or "", expected=domain, path=path)
