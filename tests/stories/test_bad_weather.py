"""Stories about syncs that tell the truth or nothing, whatever happens on the way."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from aiohttp import web

from ostiary.server.connectors.rules import SyncState
from ostiary.tenant.directory import Directory
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story
from tests.entra.watching import Watch, refusing, watched
from tests.stories.server import PATIENCE
from tests.stories.truth import BEFORE_EVERYTHING, assert_truth, grant_id, told
from tests.stories.world import Stage, World


def tenant_with_pages() -> Directory:
    """Just large enough for several pages of everything that comes in pages."""
    return generate(users=105, groups=30, memberships=400, service_principals=105, seed=1)


def test_14_waits_that_graph_asks_for_are_kept_and_the_sync_is_complete(stage: Stage) -> None:
    with stage.world(tenant_with_pages()) as world:
        throttled = {"fault": "throttle", "retry_after": 17, "nth": [2, 3, 7]}
        unavailable = {"fault": "unavailable", "nth": [5, 11]}
        world.tenant.set_weather({"rules": [throttled, unavailable]})
        world.synced()
        assert world.tenant.weather is not None
        assert world.tenant.weather.struck == {"throttle": 3, "unavailable": 2}
        assert world.tenant.ledger.violations == []
        assert_truth(world)


def test_14_a_sync_that_cannot_end_is_an_error_and_nothing_of_it_is_seen(stage: Stage) -> None:
    with stage.world(story()) as world:
        world.synced()
        before = told(world)
        world.tenant.change(lambda d: d.add_member(d.id_of("SG-Admins"), d.id_of("bob")))
        rule = {"match": "GET /servicePrincipals", "fault": "unavailable"}
        world.tenant.set_weather({"rules": [rule]})
        failed = world.sync()
        assert failed.state is SyncState.FAILED
        assert "503" in failed.error
        assert world.status() == "SYNC_STATUS_ERROR"
        assert "503" in world.connector()["status"]["lastError"]
        assert told(world) == before
        world.tenant.set_weather(None)
        world.synced()
        assert world.status() == "SYNC_STATUS_DONE"
        assert_truth(world)


def between(
    watch: Watch, tenant: SimulatedTenant, first: str, then: str, act: Callable[[], object]
) -> None:
    """Holds back the first request for `then` until that for `first` is answered and `act` done."""
    serve, done = tenant.surface.handle, threading.Event()

    async def answer_and_act(request: web.Request) -> web.StreamResponse:
        answer = await serve(request)
        act()
        done.set()
        return answer

    async def wait(request: web.Request) -> web.StreamResponse:
        assert await asyncio.to_thread(done.wait, PATIENCE)
        return await serve(request)

    watch.instead(first, answer_and_act)
    watch.instead(then, wait)


def test_15_a_member_who_vanishes_before_the_users_are_read_is_dropped(stage: Stage) -> None:
    tenant = stage.tenant(story())
    dave = tenant.directory.id_of("dave")
    with watched(tenant) as watch, stage.of(tenant) as world:
        between(
            watch, tenant, "/groups/delta", "/users/delta", lambda: tenant.directory.purge(dave)
        )
        world.synced()
        assert world.status() == "SYNC_STATUS_DONE"
        assert dave not in world.accounts()
        assert dave not in world.holders(f"group:{world.id_of('SG-Finance')}:members")
        (warning,) = (line for line in world.journal() if "vanished" in line.message)
        assert warning.level == "warning"
        assert warning.details["subject"] == "grants of principals that are gone"
        world.synced()
        assert_truth(world)


def test_15_an_account_that_vanishes_after_it_is_read_is_deleted_by_the_next_sync(
    stage: Stage,
) -> None:
    tenant = stage.tenant(story())
    dave = tenant.directory.id_of("dave")
    with watched(tenant) as watch, stage.of(tenant) as world:
        between(
            watch, tenant, "/users/delta", "/groups/delta", lambda: tenant.directory.purge(dave)
        )
        world.synced()
        assert world.accounts()[dave]["status"]["status"] == "STATUS_DISABLED"
        assert dave not in world.holders(f"group:{world.id_of('SG-Finance')}:members")
        then = world.at()
        second = world.synced()
        assert second.deltas is not None
        assert second.deltas["accounts"] == {"user": {"added": 0, "changed": 0, "removed": 1}}
        assert dave not in world.accounts()
        assert dave in world.accounts(as_of=then)
        assert_truth(world)


def test_18_listings_whose_page_token_went_stale_are_read_again_and_nothing_doubles(
    stage: Stage,
) -> None:
    tenant, listings = stage.tenant(tenant_with_pages()), ("/servicePrincipals", "/groups/delta")
    with watched(tenant) as watch, stage.of(tenant) as world:
        for listing in listings:
            watch.instead(listing, refusing(400, "Directory_ExpiredPageToken"), nth=2)
        sync = world.synced()
        for listing in listings:
            assert watch.requests.count(listing) > 2
        assert sync.counts is not None
        shown = [grant_id(each["grant"]) for each in world.differences(BEFORE_EVERYTHING)]
        assert (
            len(shown) == len(set(shown)) == sum(sync.counts["grants"].values()) + accesses(world)
        )
        assert_truth(world)


def accesses(world: World) -> int:
    """Grants of the app's own Access entitlement: one for each account."""
    return len(world.accounts())
