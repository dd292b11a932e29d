"""Batches: packs, parts throttled or failing by themselves, and results by id."""

import json
from typing import Any

import msgspec
import pytest
from aiohttp import web

from ostiary.graph import (
    BatchPart,
    DeltaExpired,
    GraphClient,
    GraphError,
    Ledger,
    MalformedReply,
    NotFound,
    Page,
    ServiceUnavailable,
    Throttled,
    TokenRefused,
)
from tests.graph.clock import LeapingClock
from tests.graph.server import GraphServer, html_page, refusal, reply


class Thing(msgspec.Struct):
    id: str


class BatchScript:
    """Answers batches part by part: for each url the replies in turn, then 200."""

    def __init__(self) -> None:
        self.by_url: dict[str, list[dict[str, Any]]] = {}
        self.packs: list[list[str]] = []
        self.requests: list[dict[str, Any]] = []
        self.left_out: set[str] = set()

    async def __call__(self, request: web.Request) -> web.Response:
        parts = json.loads(await request.read())["requests"]
        self.packs.append([part["id"] for part in parts])
        self.requests += parts
        answers = []
        for part in reversed(parts):
            if part["id"] in self.left_out:
                self.left_out.remove(part["id"])
                continue
            scripted = self.by_url.get(part["url"], [])
            good = {"status": 200, "headers": {}, "body": {"id": part["id"]}}
            answers.append({"id": part["id"], **(scripted.pop(0) if scripted else good)})
        return reply({"responses": answers})


def part(id: str, url: str = "/users/x") -> BatchPart[Thing]:
    return BatchPart(id, url, Thing)


def throttled(seconds: str) -> dict[str, Any]:
    error = {"error": {"code": "TooManyRequests", "message": "no"}}
    return {"status": 429, "headers": {"retry-after": seconds}, "body": error}


def failed(status: int, code: str, **headers: str) -> dict[str, Any]:
    return {"status": status, "headers": headers, "body": {"error": {"code": code, "message": "m"}}}


@pytest.fixture
def script(server: GraphServer) -> BatchScript:
    script = BatchScript()
    server.default = script
    return script


async def test_results_come_by_id_in_the_order_asked(
    server: GraphServer, client: GraphClient, script: BatchScript
) -> None:
    ids = [str(n) for n in range(45)]
    results = await client.batch([part(id) for id in ids], stream="fill")
    assert list(results) == ids
    assert all(results[id] == Thing(id) for id in ids)
    assert sorted(len(pack) for pack in script.packs) == [5, 20, 20]
    assert server.targets == ["/v1.0/$batch"] * 3


async def test_a_part_carries_its_relative_url_and_its_headers(
    client: GraphClient, script: BatchScript
) -> None:
    url = "/groups?$count=true&$filter=a%20eq%20'b'"
    await client.batch(
        [BatchPart("1", url, Thing, {"ConsistencyLevel": "eventual"})], stream="fill", beta=True
    )
    assert script.requests == [
        {"id": "1", "method": "GET", "url": url, "headers": {"ConsistencyLevel": "eventual"}}
    ]


async def test_no_parts_make_no_request(client: GraphClient, server: GraphServer) -> None:
    assert await client.batch([], stream="fill") == {}
    assert server.seen == []


async def test_two_parts_of_one_id_are_refused(client: GraphClient, server: GraphServer) -> None:
    with pytest.raises(ValueError, match="share the id '7'"):
        await client.batch([part("7"), part("7", "/auditLogs/signIns")], stream="fill")
    assert server.seen == []


async def test_only_the_throttled_parts_are_sent_again_after_their_own_wait(
    client: GraphClient, script: BatchScript, clock: LeapingClock, ledger: Ledger
) -> None:
    script.by_url["/users/b"] = [throttled("12.5"), throttled("3")]
    start = clock.now
    results = await client.batch([part("a", "/users/a"), part("b", "/users/b")], stream="fill")
    assert results == {"a": Thing("a"), "b": Thing("b")}
    assert script.packs == [["a", "b"], ["b"], ["b"]]
    assert 15.5 < clock.now - start < 15.8
    assert ledger.streams["fill"].throttled == 2


async def test_parts_of_different_scopes_travel_apart(
    client: GraphClient, script: BatchScript
) -> None:
    parts = [part("d"), part("r", "/users/x/authentication/methods"), part("e")]
    await client.batch(parts, stream="fill")
    assert sorted(script.packs) == [["d", "e"], ["r"]]


async def test_a_failing_part_is_tried_again_and_a_lasting_one_is_its_own_error(
    client: GraphClient, script: BatchScript
) -> None:
    script.by_url["/users/a"] = [failed(502, "x"), failed(503, "y")]
    script.by_url["/users/b"] = [failed(500, "z") for _ in range(8)]
    results = await client.batch([part("a", "/users/a"), part("b", "/users/b")], stream="fill")
    assert results["a"] == Thing("a")
    assert isinstance(results["b"], ServiceUnavailable)
    assert script.packs == [["a", "b"]] * 3 + [["b"]] * 5


async def test_what_graph_means_is_the_result_of_that_part_alone(
    client: GraphClient, script: BatchScript
) -> None:
    script.by_url["/users/a"] = [failed(404, "Request_ResourceNotFound")]
    script.by_url["/users/b"] = [{"status": 200, "headers": {}, "body": {"id": 5}}]
    parts = [part("a", "/users/a"), part("b", "/users/b"), part("c", "/users/c")]
    results = await client.batch(parts, stream="fill")
    missing, wrong, good = results.values()
    assert isinstance(missing, NotFound)
    assert missing.path == "/users/a"
    assert isinstance(wrong, MalformedReply)
    assert good == Thing("c")


async def test_a_part_that_the_reply_leaves_out_is_asked_again(
    client: GraphClient, script: BatchScript
) -> None:
    script.left_out = {"b"}
    results = await client.batch([part("a"), part("b")], stream="fill")
    assert results == {"a": Thing("a"), "b": Thing("b")}
    assert script.packs == [["a", "b"], ["b"]]


@pytest.mark.parametrize("page", ["<!DOCTYPE html><p>Bad gateway", "PCFET0NUWVBFIGh0bWw-"])
async def test_a_part_that_is_no_json_is_asked_again_and_spoils_no_other(
    page: str, client: GraphClient, script: BatchScript, clock: LeapingClock
) -> None:
    html = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": page}
    script.by_url = {"/users/a": [html], "/users/b": [throttled("40")]}
    started = clock.monotonic()
    results = await client.batch([part("a", "/users/a"), part("b", "/users/b")], stream="fill")
    assert results == {"a": Thing("a"), "b": Thing("b")}
    assert script.packs == [["a", "b"], ["a", "b"]]
    assert clock.monotonic() - started >= 40


async def test_parts_throttled_forever_are_given_up_although_the_batch_is_answered(
    client: GraphClient, script: BatchScript
) -> None:
    script.by_url["/users/a"] = [throttled("300") for _ in range(20)]
    results = await client.batch([part("a", "/users/a")], stream="fill")
    assert isinstance(results["a"], Throttled)
    assert len(script.packs) == 6


async def test_a_part_that_gets_through_starts_the_patience_with_throttling_anew(
    client: GraphClient, script: BatchScript
) -> None:
    for _ in range(4):
        script.by_url["/users/a"] = [throttled("600"), throttled("600")]
        assert await client.batch([part("a", "/users/a")], stream="fill") == {"a": Thing("a")}


async def test_a_batch_throttled_as_a_whole_is_sent_again(
    server: GraphServer, client: GraphClient, script: BatchScript
) -> None:
    server.answers = [refusal(429, "x", Retry_After="5"), html_page(502)]
    assert await client.batch([part("a")], stream="fill") == {"a": Thing("a")}
    assert len(server.seen) == 3


async def test_resource_units_are_those_of_the_parts(
    client: GraphClient, script: BatchScript, ledger: Ledger
) -> None:
    for id, units in (("a", "2"), ("b", "1")):
        charged = {"X-MS-Resource-Unit": units}
        script.by_url[f"/users/{id}"] = [{"status": 200, "headers": charged, "body": {"id": id}}]
    await client.batch([part(id, f"/users/{id}") for id in "abc"], stream="fill")
    assert (ledger.streams["fill"].requests, ledger.streams["fill"].resource_units) == (1, 3.0)


async def test_a_nextlink_inside_a_part_is_left_to_the_caller(
    server: GraphServer, client: GraphClient, script: BatchScript
) -> None:
    link = server.url("/v1.0/groups/g/members?$skiptoken=2")
    body = {"value": [{"id": "m"}], "@odata.nextLink": link}
    script.by_url["/groups/g/members"] = [{"status": 200, "headers": {}, "body": body}]
    results = await client.batch([BatchPart("g", "/groups/g/members", Page[Thing])], stream="fill")
    assert results["g"] == Page([Thing("m")], next_link=link)


async def test_a_pack_that_cannot_be_sent_fails_the_whole_with_one_error(
    server: GraphServer, client: GraphClient
) -> None:
    async def bad(_: web.Request) -> web.Response:
        return refusal(400, "BadRequest", "invalid batch")

    server.default = bad
    with pytest.raises(GraphError, match="invalid batch"):
        await client.batch([part(str(n)) for n in range(50)], stream="fill")


async def test_an_expired_delta_inside_a_batch_keeps_its_restart_link(
    server: GraphServer, client: GraphClient, script: BatchScript
) -> None:
    link = server.url("/v1.0/users/delta?$deltatoken=")
    script.by_url["/users/delta"] = [failed(410, "resyncRequired", Location=link)]
    result = (await client.batch([part("a", "/users/delta")], stream="fill"))["a"]
    assert isinstance(result, DeltaExpired)
    assert result.restart_link == link


def refused_token() -> dict[str, Any]:
    error = {"error": {"code": "InvalidAuthenticationToken", "message": "expired"}}
    return {"status": 401, "headers": {}, "body": error}


async def test_a_part_that_refuses_the_token_is_asked_again_with_another(
    server: GraphServer, client: GraphClient
) -> None:
    script = BatchScript()
    script.by_url["/users/b"] = [refused_token()]
    server.default = script
    results = await client.batch([part("a"), part("b", "/users/b")], stream="s")
    assert results == {"a": Thing("a"), "b": Thing("b")}
    sent = [request.headers["Authorization"] for request in server.seen]
    assert sent == ["Bearer token-1", "Bearer token-2"]


async def test_a_part_that_refuses_every_token_fails_alone(
    server: GraphServer, client: GraphClient
) -> None:
    script = BatchScript()
    script.by_url["/users/b"] = [refused_token(), refused_token()]
    server.default = script
    results = await client.batch([part("a"), part("b", "/users/b")], stream="s")
    assert results["a"] == Thing("a")
    assert isinstance(results["b"], TokenRefused)
    assert len(server.seen) == 2
