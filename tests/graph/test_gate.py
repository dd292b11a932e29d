"""The throttle gate: nobody is early, nobody waits for another scope's sins."""

import asyncio
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ostiary.graph import BatchPart, Budget, GraphClient, Ledger, Page
from ostiary.graph.budget import MARGIN, spacing_at
from ostiary.graph.retry import RetryPolicy, retry_after
from ostiary.graph.scopes import scopes_of, throttled_scope
from ostiary.graph.transport import Departure
from tests.graph.clock import LeapingClock
from tests.graph.credential import FixedCredential
from tests.graph.server import GraphServer, refusal, reply
from tests.graph.virtual import MoodyGraph, VirtualClock

Empty = Page[msgspec.Raw]
SIGN_INS = {"$select": "id,signInActivity"}


async def mixed_traffic(client: GraphClient, lots: Random) -> int:
    async def one(path: str, params: dict[str, str] | None = None) -> int:
        await client.get(path, Empty, params=params)
        return 1

    async def pack(size: int) -> int:
        urls = ["/groups/g/members", "/users/u/authentication/methods"]
        parts: list[BatchPart[Any]] = [
            BatchPart(str(n), lots.choice(urls), Empty) for n in range(size)
        ]
        results = await client.batch(parts, stream="batch")
        return sum(isinstance(result, Page) for result in results.values())

    work = [one("/groups") for _ in range(8)]
    work += [one("/users", SIGN_INS) for _ in range(3)]
    work += [one("/auditLogs/directoryAudits") for _ in range(3)]
    work += [pack(25), pack(3)]
    lots.shuffle(work)
    return sum(await asyncio.gather(*work))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), throttle=st.sampled_from([0.1, 0.4, 0.7]))
def test_no_request_departs_before_retry_after_is_over(seed: int, throttle: float) -> None:
    async def run() -> None:
        clock, lots = VirtualClock(), Random(seed)
        graph = MoodyGraph(clock, lots, throttle)
        client = GraphClient(
            FixedCredential(),
            budget=Budget(clock=clock, give_up=1e9),
            transport=graph,
            retry=RetryPolicy(random=lots),
        )
        async with client:
            assert await clock.drive(mixed_traffic(client, lots)) == 8 + 3 + 3 + 25 + 3
        assert graph.early == []

    asyncio.run(run())


def test_the_property_above_sees_violations() -> None:
    """A gate that lets everybody through is caught, so the property can fail."""

    class NoGate(Budget):
        def close(self, scope: str, seconds: float) -> None:
            return None

    async def run() -> None:
        clock, lots = VirtualClock(), Random(5)
        graph = MoodyGraph(clock, lots, 0.4)
        budget = NoGate(clock=clock)
        async with GraphClient(FixedCredential(), budget=budget, transport=graph) as client:
            await clock.drive(mixed_traffic(client, lots))
        assert graph.early

    asyncio.run(run())


async def test_a_throttled_sign_in_stream_does_not_hold_up_the_others(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    waiting, released = asyncio.Event(), asyncio.Event()

    async def patient(seconds: float) -> None:
        waiting.set()
        await released.wait()
        clock.now += seconds

    clock.sleep = patient  # type: ignore[method-assign]
    scope = "Tenant_Application/ReadWrite/app/tenant"
    server.answers = [refusal(429, "x", Retry_After="60", x_ms_throttle_scope=scope)]
    sign_ins = asyncio.create_task(client.get("/users", Empty, params=SIGN_INS))
    await asyncio.wait_for(waiting.wait(), 20)
    server.answers = [reply({"value": []}) for _ in range(2)]
    await client.get("/users", Empty)
    await client.get("/auditLogs/directoryAudits", Empty)
    assert not sign_ins.done()
    server.answers = [reply({"value": []})]
    released.set()
    await sign_ins


async def test_leaving_while_others_wait_at_the_gate_lets_them_be_cancelled(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    asleep, forever = asyncio.Event(), asyncio.Event()

    async def never(seconds: float) -> None:
        asleep.set()
        await forever.wait()

    clock.sleep = never  # type: ignore[method-assign]
    server.answers = [refusal(429, "x", Retry_After="60") for _ in range(3)]
    waiting = [asyncio.create_task(client.get("/groups", Empty)) for _ in range(3)]
    await asyncio.wait_for(asleep.wait(), 20)
    for task in waiting:
        task.cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    server.answers = [reply({"value": []})]
    await client.get("/auditLogs/signIns", Empty)


async def test_the_latest_end_of_several_wins(clock: LeapingClock) -> None:
    budget = Budget(clock=clock)
    budget.close("directory", 30)
    budget.close("directory", 5)
    start = clock.now
    async with budget.slot(["directory"]):
        assert clock.now >= start + 30 + MARGIN


async def test_a_gate_that_shuts_during_a_handshake_calls_the_request_back(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    """The check when about to write is the one that counts."""
    budget = client._budget
    shut_once = iter([True])
    is_open = budget.is_open

    def shut_while_connecting(scopes: tuple[str, ...]) -> bool:
        if next(shut_once, False):
            budget.close("directory", 12)
        return is_open(scopes)

    budget.is_open = shut_while_connecting  # type: ignore[method-assign, assignment]
    start = clock.now
    server.answers = [reply({"value": []})]
    await client.get("/groups", Empty)
    assert len(server.seen) == 1
    assert clock.now >= start + 12


async def test_a_departure_called_back_is_no_request(
    server: GraphServer, client: GraphClient, ledger: Ledger
) -> None:
    calls = 0

    def twice_shut(scopes: tuple[str, ...]) -> bool:
        nonlocal calls
        calls += 1
        return calls > 2

    client._budget.is_open = twice_shut  # type: ignore[method-assign, assignment]
    server.answers = [reply({"value": []})]
    await client.get("/groups", Empty, stream="groups")
    assert (ledger.streams["groups"].requests, ledger.streams["groups"].retried) == (1, 0)
    assert issubclass(Departure, Exception)


async def test_requests_are_spaced_when_graph_reports_load(
    server: GraphServer, client: GraphClient, clock: LeapingClock
) -> None:
    warm = [reply({"value": []}, x_ms_throttle_limit_percentage="1.0") for _ in range(3)]
    server.answers = [*warm, reply({"value": []}), reply({"value": []}), reply({"value": []})]
    start = clock.now
    for _ in range(4):
        await client.get("/groups", Empty)
    busy = clock.now - start
    for _ in range(2):
        await client.get("/groups", Empty)
    assert busy == pytest.approx(2 * spacing_at(1.0))
    assert clock.now - start == pytest.approx(3 * spacing_at(1.0))


def test_spacing_begins_at_four_fifths_and_is_bounded() -> None:
    assert spacing_at(0.0) == spacing_at(0.79) == 0.0
    assert 0 < spacing_at(0.8) < spacing_at(1.0) < spacing_at(1.8) <= 5.0
    assert spacing_at(1e9) == 5.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("3", 3.0),
        ("2.128", 2.128),
        (" 0 ", 0.0),
        ("-5", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sat, 21 Nov 2026 09:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 08:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_read_in_all_its_forms(value: str, seconds: float | None) -> None:
    headers = {"Retry-After": value, "Date": "Sat, 21 Nov 2026 09:00:00 GMT"}
    assert retry_after(headers, now=0.0) == seconds


def test_a_retry_after_date_is_read_against_our_clock_where_the_reply_has_no_date() -> None:
    at = {"Retry-After": "Sat, 21 Nov 2026 09:00:30 GMT"}
    assert retry_after(at, now=1795251600.0) == 30.0


@pytest.mark.parametrize(
    ("path", "query", "scopes"),
    [
        ("/groups/delta", "", ("directory",)),
        ("/users", "$select=id,signInActivity", ("signInActivity", "directory")),
        ("/auditLogs/signIns", "", ("reports",)),
        ("/users/u/authentication/methods", "", ("reports",)),
        (
            "/servicePrincipals/s/synchronization/jobs/j/provisionOnDemand",
            "",
            ("provisionOnDemand",),
        ),
        ("/identity/conditionalAccess/policies", "", ("identityProtection",)),
    ],
)
def test_each_service_has_its_own_bucket(path: str, query: str, scopes: tuple[str, ...]) -> None:
    assert scopes_of(path, query) == scopes


@pytest.mark.parametrize(
    ("information", "scope"),
    [("ResourceUnitLimitExceeded", "directory"), ("", "signInActivity")],
)
def test_a_sign_in_request_shuts_the_directory_only_when_that_is_what_ran_out(
    information: str, scope: str
) -> None:
    own = scopes_of("/users", "$select=signInActivity")
    assert throttled_scope(own, {"x-ms-throttle-information": information}) == scope
