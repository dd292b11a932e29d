"""get and pages against a server: what is sent, what comes back."""

import asyncio
import logging
from contextlib import aclosing

import msgspec
import pytest
from aiohttp import web

from ostiary.graph import GraphClient, Ledger, MalformedReply
from tests.graph.authority import Authority
from tests.graph.credential import FixedCredential
from tests.graph.server import GraphServer, html_page, page, refusal, reply


class Thing(msgspec.Struct):
    id: str


def prefetches() -> list[str]:
    return [repr(task) for task in asyncio.all_tasks() if "graph/pages.py" in repr(task)]


async def collect(client: GraphClient, path: str = "/users", **options: object) -> list[str]:
    pages = client.pages(path, Thing, stream="users", **options)  # type: ignore[arg-type]
    return [thing.id async for each in pages for thing in each.value]


async def test_get_decodes_into_the_type_asked_for(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [reply({"id": "u1", "other": 1})]
    assert await client.get("/users/u1", Thing) == Thing("u1")
    assert server.targets == ["/v1.0/users/u1"]


async def test_beta_is_asked_for_by_argument(server: GraphServer, client: GraphClient) -> None:
    server.answers = [reply({"id": "u1"})]
    await client.get("/users/u1", Thing, beta=True)
    assert server.targets == ["/beta/users/u1"]


async def test_odata_options_arrive_readable_and_exact(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [page([])]
    params = {"$select": "id,displayName", "$filter": "displayName eq 'A&B+C #1'"}
    await collect(client, params=params)
    assert server.targets == [
        "/v1.0/users?$select=id,displayName&$filter=displayName%20eq%20'A%26B%2BC%20%231'"
    ]
    assert dict(server.seen[0].query) == params


async def test_every_request_identifies_itself_and_says_its_priority(
    server: GraphServer, client: GraphClient
) -> None:
    server.answers = [reply({"id": "a"}), reply({"id": "b"})]
    await client.get("/users/a", Thing)
    await client.get("/users/b", Thing, low_priority=False)
    first, second = (request.headers for request in server.seen)
    assert first["Authorization"] == "Bearer token-1"
    assert first["x-ms-throttle-priority"] == "low"
    assert second["x-ms-throttle-priority"] == "high"
    assert len(first["client-request-id"]) == 36
    assert first["client-request-id"] != second["client-request-id"]


async def test_links_are_followed_verbatim_with_the_headers_of_the_first_page(
    server: GraphServer, client: GraphClient
) -> None:
    odd = "/v1.0/users?%24skiptoken=a%2Bb%2f%7E&x='(1)'&y=%C3%A9"
    server.answers = [
        page(["1"], server.url(odd)),
        page([], server.url("/v1.0/users?n=3")),
        page(["2"]),
    ]
    headers = {"ConsistencyLevel": "eventual", "Prefer": "return=minimal"}
    assert await collect(client, headers=headers) == ["1", "2"]
    assert server.targets == ["/v1.0/users", odd, "/v1.0/users?n=3"]
    for request in server.seen:
        assert request.headers["ConsistencyLevel"] == "eventual"
        assert request.headers["Prefer"] == "return=minimal"


async def test_a_listing_resumes_from_a_link_kept_earlier(
    server: GraphServer, client: GraphClient
) -> None:
    kept = "/v1.0/users/delta?$deltatoken=abc"
    following = server.url("/v1.0/users/delta?$deltatoken=def")
    server.answers = [page(["1"], delta_link=following)]
    pages = client.pages("/users/delta", Thing, stream="users", resume=server.url(kept))
    assert [each.delta_link async for each in pages] == [following]
    assert server.targets == [kept]


async def test_the_next_page_is_on_its_way_while_one_is_read_and_only_that(
    server: GraphServer, client: GraphClient
) -> None:
    asked_for_second = asyncio.Event()

    async def second(_: web.Request) -> web.Response:
        asked_for_second.set()
        return page(["2"], server.url("/v1.0/users?n=3"))

    server.answers = [page(["1"], server.url("/v1.0/users?n=2")), second, page(["3"])]
    async with aclosing(client.pages("/users", Thing, stream="users")) as pages:
        await anext(pages)
        await asyncio.wait_for(asked_for_second.wait(), 20)
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(server.seen) == 2


async def test_a_reader_that_stops_leaves_nothing_in_flight(
    server: GraphServer, client: GraphClient
) -> None:
    asked = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        asked.set()
        await server.end.wait()
        return page([])

    server.answers = [page(["1"], server.url("/v1.0/users?n=2")), never]
    async with aclosing(client.pages("/users", Thing, stream="users")) as pages:
        await anext(pages)
        await asyncio.wait_for(asked.wait(), 20)
        assert prefetches()
    assert not prefetches()


async def test_a_listing_left_without_closing_ends_with_the_client(
    server: GraphServer, authority: Authority
) -> None:
    asked = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        asked.set()
        await server.end.wait()
        return page([])

    server.answers = [page(["1"], server.url("/v1.0/users?n=2")), never]
    credential = FixedCredential()
    async with GraphClient(credential, domain=server.domain, ca_file=str(authority.file)) as client:
        pages = client.pages("/users", Thing, stream="users")
        await anext(pages)
        await asyncio.wait_for(asked.wait(), 20)
        assert prefetches()
    assert not prefetches()


async def test_a_nextlink_to_itself_is_an_error_not_a_loop(
    server: GraphServer, client: GraphClient
) -> None:
    again = server.url("/v1.0/users?n=2")
    server.answers = [page(["1"], again), page(["2"], again)]
    with pytest.raises(MalformedReply, match="leads back"):
        await collect(client)


async def test_latest_delta_returns_the_link_without_the_content(
    server: GraphServer, client: GraphClient
) -> None:
    link = server.url("/v1.0/users/delta?$deltatoken=now")
    server.answers = [page([], delta_link=link)]
    assert await client.latest_delta("/users/delta", {"$select": "id"}, stream="users") == link
    assert server.targets == ["/v1.0/users/delta?$select=id&$deltatoken=latest"]


async def test_the_observer_counts_requests_and_resource_units_per_stream(
    server: GraphServer, client: GraphClient, ledger: Ledger
) -> None:
    server.answers = [
        reply(
            {"value": [], "@odata.nextLink": server.url("/v1.0/users?2")}, x_ms_resource_unit="2"
        ),
        reply({"value": []}, x_ms_resource_unit="1"),
    ]
    await collect(client)
    assert (ledger.streams["users"].requests, ledger.streams["users"].resource_units) == (2, 3.0)


async def test_leaving_the_client_closes_the_credential(
    server: GraphServer, credential: FixedCredential
) -> None:
    async with GraphClient(credential, domain=server.domain):
        pass
    assert credential.closed == 1


async def test_logs_hold_neither_tokens_nor_queries(
    server: GraphServer, client: GraphClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "ostiary.graph")
    server.answers = [
        page(["1"], server.url("/v1.0/users?$skiptoken=CANARY")),
        html_page(502),
        refusal(429, "TooManyRequests", Retry_After="1"),
        page(["2"]),
    ]
    await collect(client, params={"$filter": "id eq 'CANARY'"})
    logged = [record.getMessage() for record in caplog.records if record.name == "ostiary.graph"]
    assert len(logged) > 5
    assert any("/users" in line for line in logged)
    assert not any("CANARY" in line or "token-1" in line for line in logged)
