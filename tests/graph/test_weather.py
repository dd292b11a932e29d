"""Everything that can happen between us and Graph, and what a caller gets to see of it."""

import asyncio
import gzip
from collections.abc import Callable

import msgspec
import pytest
from aiohttp import web

from ostiary.graph import (
    Budget,
    GraphClient,
    GraphError,
    Ledger,
    MalformedReply,
    NotFound,
    ServiceUnavailable,
    Throttled,
    Timeouts,
    TokenRefused,
    Unreachable,
    UntrustedCertificate,
)
from tests.graph.authority import Authority
from tests.graph.clock import LeapingClock
from tests.graph.credential import FixedCredential
from tests.graph.server import Answer, GraphServer, html_page, page, refusal, reply


class Thing(msgspec.Struct):
    id: str


GOOD = {"id": "u1"}


async def fetch(client: GraphClient) -> Thing:
    return await client.get("/users/u1", Thing, stream="users")


async def failure(client: GraphClient) -> GraphError:
    with pytest.raises(GraphError) as caught:
        await fetch(client)
    return caught.value


async def dropped(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def cut_short(request: web.Request) -> web.StreamResponse:
    """Promises more than comes."""
    response = web.StreamResponse(headers={"Content-Length": "500"})
    await response.prepare(request)
    await response.write(b'{"id": "u1"')
    assert request.transport is not None
    request.transport.close()
    return response


async def cut_chunks(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b'{"id": "u1"')
    assert request.transport is not None
    request.transport.close()
    return response


async def broken_gzip(request: web.Request) -> web.StreamResponse:
    body = gzip.compress(b'{"id": "u1"}')[:-12]
    return web.Response(body=body, headers={"Content-Encoding": "gzip"})


def half_a_body() -> web.Response:
    return web.Response(text='{"id": "u', content_type="application/json")


PASSING: dict[str, Callable[[], Answer]] = {
    "500": lambda: refusal(500, "UnknownError"),
    "502": lambda: html_page(502),
    "503": lambda: refusal(503, "Service_ServiceUnavailable"),
    "504": lambda: web.Response(status=504),
    "replica": lambda: refusal(503, "Directory_ReplicaUnavailable"),
    "html": lambda: html_page(200),
    "dropped": lambda: dropped,
    "cut short": lambda: cut_short,
    "cut chunks": lambda: cut_chunks,
    "half a body": half_a_body,
    "empty body": lambda: web.Response(),
    "broken gzip": lambda: broken_gzip,
}


@pytest.mark.parametrize("weather", PASSING.values(), ids=PASSING.keys())
async def test_a_passing_fault_is_waited_out(
    server: GraphServer,
    client: GraphClient,
    clock: LeapingClock,
    ledger: Ledger,
    weather: Callable[[], Answer],
) -> None:
    server.answers = [weather(), weather(), reply(GOOD)]
    assert await fetch(client) == Thing("u1")
    assert len(server.seen) == 3
    assert len(clock.slept) == 2
    assert ledger.streams["users"].retried == 2


LASTING: dict[str, tuple[Callable[[], Answer], type[GraphError]]] = {
    "500": (PASSING["500"], ServiceUnavailable),
    "502": (PASSING["502"], ServiceUnavailable),
    "html": (PASSING["html"], MalformedReply),
    "dropped": (PASSING["dropped"], Unreachable),
    "cut short": (PASSING["cut short"], MalformedReply),
    "half a body": (PASSING["half a body"], MalformedReply),
}


@pytest.mark.parametrize(("weather", "kind"), LASTING.values(), ids=LASTING.keys())
async def test_a_lasting_fault_is_an_error_after_eight_tries(
    server: GraphServer,
    client: GraphClient,
    clock: LeapingClock,
    weather: Callable[[], Answer],
    kind: type[GraphError],
) -> None:
    server.answers = [reply(GOOD), *(weather() for _ in range(8))]
    await fetch(client)
    error = await failure(client)
    assert isinstance(error, kind)
    assert error.path == "/users/u1"
    assert len(server.seen) == 9
    assert len(clock.slept) == 7


async def test_waits_grow_and_stay_bounded(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    server.answers = [PASSING["500"]() for _ in range(8)]
    await failure(client)
    for n, wait in enumerate(clock.slept):
        whole = min(30.0, 0.5 * 2**n)
        assert whole / 2 <= wait <= whole


async def test_retry_after_of_an_unavailable_service_is_honoured(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    server.answers = [refusal(503, "x", Retry_After="47.5"), reply(GOOD)]
    await fetch(client)
    assert clock.slept == [47.5]


async def test_an_unavailable_service_cannot_ask_for_a_day(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    server.answers = [refusal(503, "x", Retry_After="86400"), reply(GOOD)]
    await fetch(client)
    assert clock.slept == [600.0]


async def test_a_stalled_connection_is_given_up_and_tried_anew(
    server: GraphServer, authority: Authority, clock: LeapingClock, credential: FixedCredential
) -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        await server.end.wait()
        return web.Response()

    async def silent_midway(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'{"id"')
        await server.end.wait()
        return response

    server.answers = [silent, silent_midway, reply(GOOD)]
    async with GraphClient(
        credential,
        domain=server.domain,
        ca_file=str(authority.file),
        budget=Budget(clock=clock),
        timeouts=Timeouts(stall=0.05),
    ) as client:
        assert await fetch(client) == Thing("u1")
    assert len(server.seen) == 3


async def test_an_untrusted_certificate_is_an_error_at_once_and_names_the_remedy(
    server: GraphServer, clock: LeapingClock, credential: FixedCredential
) -> None:
    async with GraphClient(credential, domain=server.domain, budget=Budget(clock=clock)) as client:
        error = await failure(client)
    assert isinstance(error, UntrustedCertificate)
    assert error.host == server.domain
    assert "SSL_CERT_FILE" in error.advice
    assert server.seen == []
    assert clock.slept == []


async def test_ssl_cert_file_adds_trust(
    server: GraphServer,
    authority: Authority,
    credential: FixedCredential,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    server.answers = [reply(GOOD)]
    async with GraphClient(credential, domain=server.domain) as client:
        assert await fetch(client) == Thing("u1")


async def test_a_host_that_never_answered_is_given_up_sooner(
    unused_tcp_port: int, clock: LeapingClock, credential: FixedCredential
) -> None:
    async with GraphClient(
        credential, domain=f"localhost:{unused_tcp_port}", budget=Budget(clock=clock)
    ) as client:
        error = await failure(client)
    assert isinstance(error, Unreachable)
    assert str(error).startswith(
        f"localhost:{unused_tcp_port} cannot be reached: connection refused."
    )
    assert "firewall" in error.advice
    assert len(clock.slept) == 2


async def test_a_name_without_an_address_is_said_so(
    clock: LeapingClock, credential: FixedCredential
) -> None:
    async with GraphClient(
        credential, domain="graph.invalid", budget=Budget(clock=clock)
    ) as client:
        error = await failure(client)
    assert isinstance(error, Unreachable)
    assert "no address is known for this name" in error.reason


async def test_the_environments_proxy_is_used_and_blamed(
    server: GraphServer,
    clock: LeapingClock,
    credential: FixedCredential,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).splitlines()[0])
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = proxy.sockets[0].getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    async with (
        proxy,
        GraphClient(credential, domain="graph.invalid", budget=Budget(clock=clock)) as client,
    ):
        error = await failure(client)
    assert asked == [b"CONNECT graph.invalid:443 HTTP/1.1"] * 3
    assert isinstance(error, Unreachable)
    assert "proxy in HTTPS_PROXY refused (403)" in error.reason


async def test_an_expired_token_is_renewed_once(server: GraphServer, client: GraphClient) -> None:
    server.answers = [refusal(401, "InvalidAuthenticationToken"), reply(GOOD)]
    assert await fetch(client) == Thing("u1")
    sent = [request.headers["Authorization"] for request in server.seen]
    assert sent == ["Bearer token-1", "Bearer token-2"]


async def test_a_renewed_token_that_is_refused_again_is_an_error(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [refusal(401, "InvalidAuthenticationToken") for _ in range(2)]
    assert isinstance(await failure(client), TokenRefused)
    assert len(server.seen) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 409, 410, 501])
async def test_what_graph_means_is_not_asked_again(
    server: GraphServer, client: GraphClient, clock: LeapingClock, status: int
) -> None:
    server.answers = [refusal(status, "Some_Code", "because")]
    error = await failure(client)
    assert (error.status, error.code) == (status, "Some_Code")
    assert (error.request_id, error.client_request_id) == ("r-1", "c-1")
    assert "because" in str(error)
    assert clock.slept == []


async def test_a_strangers_404_is_no_proof_that_an_object_is_gone(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [html_page(404)]
    error = await failure(client)
    assert isinstance(error, MalformedReply)
    assert not isinstance(error, NotFound)
    assert "proxy" in error.advice


async def test_a_reply_of_another_shape_is_named_where_it_differs_and_not_repeated(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [reply({"id": 7})]
    error = await failure(client)
    assert isinstance(error, MalformedReply)
    assert "$.id" in str(error)
    assert len(server.seen) == 1


async def test_throttling_is_waited_out_to_the_fraction(
    server: GraphServer, client: GraphClient, clock: LeapingClock, ledger: Ledger
) -> None:
    start = clock.now
    server.answers = [refusal(429, "TooManyRequests", Retry_After="2.128"), reply(GOOD)]
    await fetch(client)
    assert start + 2.128 < clock.now < start + 2.3
    assert ledger.streams["users"].throttled_seconds == 2.128


async def test_throttling_has_no_small_limit_of_tries(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [refusal(429, "x", Retry_After="10") for _ in range(100)]
    server.answers.append(reply(GOOD))
    assert await fetch(client) == Thing("u1")


async def test_throttling_without_progress_for_half_an_hour_is_given_up(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    async def always(_: web.Request) -> web.Response:
        return refusal(429, "TooManyRequests", Retry_After="60")

    server.default = always
    start = clock.now
    assert isinstance(await failure(client), Throttled)
    assert 1700 < clock.now - start < 1800


async def test_a_wait_too_long_to_be_worth_it_is_an_error_for_all_who_need_that_scope(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    server.answers = [refusal(429, "TooManyRequests", Retry_After="86400")]
    assert isinstance(await failure(client), Throttled)
    assert "86400 s more" in (await failure(client)).message
    assert len(server.seen) == 1
    assert clock.slept == []
    clock.now += 86401
    server.answers = [reply(GOOD)]
    assert await fetch(client) == Thing("u1")


async def test_progress_starts_the_patience_with_throttling_anew(
    server: GraphServer, client: GraphClient
) -> None:
    for _ in range(4):
        server.answers = [refusal(429, "x", Retry_After="600") for _ in range(2)]
        server.answers.append(reply(GOOD))
        assert await fetch(client) == Thing("u1")


async def test_throttling_that_does_not_say_how_long_backs_off(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    server.answers = [refusal(429, "TooManyRequests") for _ in range(5)]
    server.answers.append(reply(GOOD))
    await fetch(client)
    assert clock.slept == sorted(clock.slept)
    assert 4 < clock.slept[-1] < 9


async def test_a_fault_on_a_later_page_repeats_that_page_only(
    server: GraphServer, client: GraphClient
) -> None:
    second = "/v1.0/groups/delta?$skiptoken=2"
    server.answers = [page(["1"], server.url(second)), html_page(502), cut_short, page(["2"])]
    seen = [
        thing.id
        async for each in client.pages("/groups/delta", Thing, stream="groups")
        for thing in each.value
    ]
    assert seen == ["1", "2"]
    assert server.targets == ["/v1.0/groups/delta", second, second, second]


async def test_cancelling_a_request_that_waits_leaves_the_client_usable(
    server: GraphServer, client: GraphClient
) -> None:
    asked = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        asked.set()
        await server.end.wait()
        return reply(GOOD)

    server.answers = [slow, reply(GOOD)]
    task = asyncio.create_task(fetch(client))
    await asyncio.wait_for(asked.wait(), 20)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await fetch(client) == Thing("u1")


async def test_no_more_than_six_requests_are_in_flight(
    server: GraphServer, client: GraphClient
) -> None:
    running, most, all_places = 0, 0, asyncio.Event()

    async def counted(_: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 6:
            all_places.set()
        await asyncio.wait_for(all_places.wait(), 20)
        running -= 1
        return reply(GOOD)

    server.default = counted
    await asyncio.gather(*(fetch(client) for _ in range(30)))
    assert most == 6
    assert len(server.seen) == 30
