"""Tokens go to the configured host only, over https, wherever a reply points."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostiary.graph import (
    DeltaExpired,
    ForeignLink,
    GraphClient,
    InvalidDomain,
    Page,
    parse_domain,
)
from ostiary.graph.domains import own_link
from tests.graph.server import GraphServer, page, refusal, reply

FOREIGN = [
    "https://evil.example/v1.0/users",
    "http://graph.microsoft.com/v1.0/users",
    "https://graph.microsoft.com.evil.example/v1.0",
    "https://graph.microsoft.com@evil.example/v1.0",
    "https://evil.example\\@graph.microsoft.com/v1.0",
    "https://graph.microsoft.com:8443/v1.0",
    "https://user:pw@graph.microsoft.com/v1.0",
    "https://graph.microsoft.us/v1.0",
    "//evil.example/v1.0",
    "/v1.0/users",
    "ftp://graph.microsoft.com/",
    "https:/graph.microsoft.com/v1.0",
    "https://[::1]/v1.0",
    "https://[broken/v1.0",
    "https://graph.microsoft.com:99999/",
    "https://graph.microsoft.com/v1.0/x HTTP/1.1\r\nHost: evil.example",
    "",
]
OWN = [
    "https://graph.microsoft.com/v1.0/users?$skiptoken=x",
    "HTTPS://GRAPH.microsoft.com:443/v1.0/users",
    "https://graph.microsoft.com",
]


@pytest.mark.parametrize("link", FOREIGN)
def test_foreign_links_are_refused(link: str) -> None:
    with pytest.raises(ForeignLink):
        own_link(link, "graph.microsoft.com")


@pytest.mark.parametrize("link", OWN)
def test_own_links_are_taken(link: str) -> None:
    assert own_link(link, "graph.microsoft.com").host == "graph.microsoft.com"


@given(
    st.lists(
        st.sampled_from(
            (
                *("https://", "http:", "/", "//", "\\", "@", ":", "?", "#", ".", "[", "]", " "),
                *("graph.microsoft.com", "evil.example", "443", "%2f", "%40", "\t", "\r\n", "é"),
            )
        ),
        max_size=8,
    ).map("".join)
)
def test_whatever_a_link_looks_like_it_leads_home_or_nowhere(link: str) -> None:
    try:
        url = own_link(link, "graph.microsoft.com")
    except ForeignLink:
        return
    assert (url.scheme, url.host, url.port) == ("https", "graph.microsoft.com", 443)
    assert url.user is None
    assert str(url).isprintable()


@pytest.mark.parametrize("kind", ["next_link", "delta_link"])
@pytest.mark.parametrize("link", ["https://evil.example/v1.0/users", "http://{domain}/v1.0/users"])
async def test_a_page_whose_link_leads_elsewhere_is_not_handed_out(
    server: GraphServer, client: GraphClient, link: str, kind: str
) -> None:
    server.answers = [page(["1"], **{kind: link.format(domain=server.domain)})]
    with pytest.raises(ForeignLink) as caught:
        await anext(client.pages("/users", msgspec.Raw, stream="users"))
    assert len(server.seen) == 1
    assert "not followed" in str(caught.value)
    assert "token-1" not in str(caught.value)


async def test_a_stored_deltalink_to_another_host_sends_nothing(
    server: GraphServer, client: GraphClient
) -> None:
    pages = client.pages("/users/delta", msgspec.Raw, stream="u", resume="https://evil.example/x")
    with pytest.raises(ForeignLink):
        await anext(pages)
    await pages.aclose()
    assert server.seen == []


@pytest.mark.parametrize("status", [302, 307, 410])
async def test_a_location_elsewhere_is_refused(
    server: GraphServer, client: GraphClient, status: int
) -> None:
    server.answers = [refusal(status, "x", Location="https://evil.example/v1.0/users")]
    with pytest.raises(ForeignLink):
        await client.get("/users", Page[msgspec.Raw])
    assert len(server.seen) == 1


async def test_the_restart_link_of_an_expired_delta_is_handed_over(
    server: GraphServer, client: GraphClient
) -> None:
    link = server.url("/v1.0/users/delta?$deltatoken=")
    server.answers = [refusal(410, "resyncRequired", Location=link)]
    with pytest.raises(DeltaExpired) as caught:
        await client.get("/users/delta", Page[msgspec.Raw])
    assert caught.value.restart_link == link


async def test_redirects_are_not_followed(server: GraphServer, client: GraphClient) -> None:
    server.answers = [reply({}, 302, Location=server.url("/v1.0/elsewhere"))]
    with pytest.raises(Exception, match="302"):
        await client.get("/users", Page[msgspec.Raw])
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("graph.microsoft.com", "graph.microsoft.com"),
        (" Graph.Microsoft.COM ", "graph.microsoft.com"),
        ("graph.microsoft.us:443", "graph.microsoft.us"),
        ("localhost:8443", "localhost:8443"),
        ("127.0.0.1:9", "127.0.0.1:9"),
        ("[::1]:8443", "[::1]:8443"),
    ],
)
def test_a_domain_is_a_host_and_maybe_a_port(text: str, domain: str) -> None:
    assert parse_domain(text) == domain


@pytest.mark.parametrize(
    "text",
    [
        *("", "https://graph.microsoft.com", "graph.microsoft.com/", "a b", "u@h"),
        *("h:", "h:0", "h:99999", "h?x", "-h", "h\n.evil"),
    ],
)
def test_what_is_no_domain_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidDomain, match=r"graph\.microsoft\.com"):
        parse_domain(text)
