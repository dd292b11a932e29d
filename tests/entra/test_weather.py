"""Weather that can be survived ends in the truth; weather that cannot ends in an error."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ostiary.baton.c1z import C1zReader
from ostiary.connector.status import Status
from ostiary.tenant.directory import Directory, Kind
from ostiary.tenant.drift import drift
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant

from .expected import differences, expected
from .patience import hurried
from .running import Outcome, read, sync
from .watching import Handler, Watch, refusing, watched

SEEDS = (1, 2, 3)
A_WEEK = 7 * 24 * 3600


def tenant_with_pages(seed: int = 1) -> Directory:
    """Just large enough for several pages of everything that comes in pages."""
    return generate(users=210, groups=110, memberships=2400, service_principals=105, seed=seed)


@pytest.fixture
def tenant() -> SimulatedTenant:
    return SimulatedTenant(tenant_with_pages())


@pytest.fixture
def watch(tenant: SimulatedTenant) -> Iterator[Watch]:
    with watched(tenant) as watch:
        yield watch


def run(tenant: SimulatedTenant, file: Path, *flags: str) -> Outcome:
    return sync(tenant, file, *flags, definition=hurried(tenant))


def assert_true(tenant: SimulatedTenant, file: Path, outcome: Outcome) -> None:
    assert outcome.code == 0, outcome.stderr
    assert differences(read(file), expected(tenant.directory)) == ""


STORMS: dict[str, dict[str, Any]] = {
    "throttled": {"fault": "throttle", "retry_after": 2.128},
    "throttled, and not told for how long": {"fault": "throttle", "retry_after": None},
    "unavailable": {"fault": "unavailable"},
    "unavailable for a while": {"fault": "unavailable", "status": 504, "retry_after": 30},
    "dropped": {"fault": "drop"},
    "cut short": {"fault": "truncate"},
    "an error page": {"fault": "html"},
    "a sign-in page": {"fault": "html", "status": 200},
}


@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_costs_time_and_no_truth(
    storm: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    tenant.set_weather({"rules": [{**STORMS[storm], "nth": [1, 2, 4, 8, 16, 32]}]})
    with tenant:
        assert_true(tenant, file, run(tenant, file))
        assert tenant.weather is not None
        assert sum(tenant.weather.struck.values()) >= 4
        assert tenant.ledger.violations == []


@pytest.mark.parametrize("seed", SEEDS)
def test_all_storms_at_once_cost_no_truth_either(seed: int, tmp_path: Path) -> None:
    tenant, file = SimulatedTenant(tenant_with_pages(seed)), tmp_path / "sync.c1z"
    rules = [{**storm, "probability": 0.1, "times": 6} for storm in STORMS.values()]
    with tenant:
        for _ in range(2):
            tenant.set_weather({"seed": seed, "rules": rules})
            assert_true(tenant, file, run(tenant, file))
            assert tenant.weather is not None
            assert len(tenant.weather.struck) >= 4
            tenant.change(lambda d: drift(d, seed, 20))
        assert tenant.ledger.violations == []


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_connections_that_go_silent_are_given_up_and_tried_again(
    share: float, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    tenant.set_weather({"rules": [{"fault": "stall", "share": share, "nth": [1, 4, 9]}]})
    with tenant:
        assert_true(tenant, file, run(tenant, file))
        assert tenant.weather is not None
        assert tenant.weather.struck["stall"] == 3


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_token_refused_once_is_renewed(
    nth: int, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file = tmp_path / "sync.c1z"
    tenant.set_weather({"rules": [{"fault": "expired_token", "nth": [nth]}]})
    assert_true(tenant, file, run(tenant, file))
    assert len(watch.tokens) > 1


# Links that grow old


@pytest.mark.parametrize("match", ["GET /servicePrincipals", "GET /servicePrincipals/*"])
def test_an_expired_page_token_begins_the_listing_again(
    match: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    tenant.set_weather({"rules": [{"match": match, "fault": "expired_page", "times": 2}]})
    with tenant:
        assert_true(tenant, file, run(tenant, file))
        tenant.change(lambda d: drift(d, 5, 30))
        assert_true(tenant, file, run(tenant, file))


@pytest.mark.parametrize("stream", ["/users/delta", "/groups/delta"])
def test_an_expired_page_token_in_a_delta_round_goes_back_to_the_last_finished_one(
    stream: str, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file = tmp_path / "sync.c1z"
    expired = refusing(400, "Directory_ExpiredPageToken")
    watch.instead(stream, expired, nth=2)
    assert_true(tenant, file, run(tenant, file))
    tenant.change(lambda d: drift(d, 8, 300))
    watch.instead(stream, expired, nth=2)
    assert_true(tenant, file, run(tenant, file))


@pytest.mark.parametrize(
    ("feed", "fault"),
    [
        ("users", "sync_lost"),
        ("groups", "resync"),
        ("applications", "resync"),
        ("directoryObjects", "sync_lost"),
        ("directoryObjects", "resync"),
    ],
)
def test_a_delta_link_that_is_no_longer_good_costs_a_full_round(
    feed: str, fault: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with tenant:
        assert_true(tenant, file, run(tenant, file))
        tenant.change(lambda d: drift(d, 2, 60))
        rule = {"match": f"GET /{feed}/delta", "fault": fault, "times": 1}
        tenant.set_weather({"rules": [rule]})
        assert_true(tenant, file, run(tenant, file))
        assert tenant.weather is not None
        assert tenant.weather.struck[fault] == 1


@pytest.mark.parametrize("fault", ["resync", "sync_lost"])
def test_a_resync_in_the_middle_of_a_round_begins_it_again(
    fault: str, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    rule = {"match": "GET /groups/delta", "fault": fault, "nth": [2, 3]}
    tenant.set_weather({"rules": [rule]})
    with tenant:
        assert_true(tenant, file, run(tenant, file))
        assert tenant.weather is not None
        assert tenant.weather.struck[fault] == 2


def test_links_a_week_old_cost_a_full_sync(tenant: SimulatedTenant, tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with tenant:
        full = run(tenant, file)
        assert_true(tenant, file, full)
        tenant.change(lambda d: d.clock.advance(A_WEEK + 1))
        tenant.change(lambda d: drift(d, 4, 60))
        again = run(tenant, file)
        assert_true(tenant, file, again)
        assert again.summary["requests"] >= full.summary["requests"]


def test_links_that_graph_no_longer_understands_cost_a_full_sync(
    tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file = tmp_path / "sync.c1z"
    assert_true(tenant, file, run(tenant, file))
    tenant.change(lambda d: drift(d, 4, 60))
    for feed in ("/users", "/groups", "/applications", "/directoryObjects"):
        watch.instead(f"{feed}/delta", refusing(400, "Request_BadRequest", "Badly formed token."))
    assert_true(tenant, file, run(tenant, file))


# A tenant that does not stand still


def test_what_vanishes_between_two_pages_is_dropped(
    tenant: SimulatedTenant, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    tenant.set_weather({"rules": [{"fault": "vanish", "every": 3, "times": 8}]})
    with tenant:
        outcome = run(tenant, file)
        assert outcome.code == 0, outcome.stderr
        assert_consistent(file)
        tenant.set_weather(None)
        assert_true(tenant, file, run(tenant, file))


def test_an_application_that_vanishes_before_it_is_asked_for_more_is_dropped(
    tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file, directory = tmp_path / "sync.c1z", tenant.directory
    crowded = [a for a, held in directory.app_role_assignments.items() if len(held) >= 20]
    watch.before("/$batch", lambda: directory.soft_delete(crowded[0]), nth=2)
    outcome = run(tenant, file)
    assert outcome.code == 0, outcome.stderr
    assert_consistent(file)
    assert_true(tenant, file, run(tenant, file))


@pytest.mark.parametrize("moment", ["/groups/delta", "/servicePrincipals", "/applications/delta"])
def test_a_user_deleted_in_the_middle_holds_nothing_afterwards(
    moment: str, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file, directory = tmp_path / "sync.c1z", tenant.directory
    user = next(
        m for members in directory.members.values() for m in members if is_user(directory, m)
    )
    watch.before(moment, lambda: directory.soft_delete(user))
    outcome = run(tenant, file)
    assert outcome.code == 0, outcome.stderr
    assert_consistent(file)
    assert_true(tenant, file, run(tenant, file))
    assert f"user:{user}" not in read(file).resources


def is_user(directory: Directory, object_id: str) -> bool:
    return object_id in directory.objects[Kind.USER]


def assert_consistent(file: Path) -> None:
    """Every grant names a principal and an entitlement that the file has."""
    with C1zReader(file) as reader:
        resources = {(r.id.resource_type, r.id.resource) for r in reader.resources()}
        entitlements = {e.id for e in reader.entitlements()}
        for grant in reader.grants():
            held_by = grant.principal.id
            assert (held_by.resource_type, held_by.resource) in resources, grant.id
            assert grant.entitlement.id in entitlements, grant.id


# What cannot be survived

FOREIGN = {"match": "GET /*/delta", "fault": "foreign_link"}
DISASTERS: dict[str, tuple[dict[str, Any], Status, str]] = {
    "forever unavailable": ({"fault": "unavailable"}, Status.UNAVAILABLE, "503"),
    "users unavailable": (
        {"match": "GET /users/delta", "fault": "unavailable"},
        Status.UNAVAILABLE,
        "503",
    ),
    "forever throttled": (
        {"match": "GET /groups/delta", "fault": "throttle", "retry_after": 300},
        Status.UNAVAILABLE,
        "429",
    ),
    "every reply cut short": ({"fault": "truncate"}, Status.UNAVAILABLE, "cut short"),
    "every connection dropped": ({"fault": "drop"}, Status.UNAVAILABLE, "dropped"),
    "a sign-in page in place of Graph": (
        {"fault": "html", "status": 200},
        Status.UNAVAILABLE,
        "HTML page",
    ),
    "every token refused": ({"fault": "expired_token"}, Status.UNAUTHENTICATED, "401"),
    "no listing ever ends": (
        {"match": "GET /servicePrincipals", "fault": "expired_page"},
        Status.UNAVAILABLE,
        "expired",
    ),
    "a link to a foreign host": (FOREIGN, Status.INTERNAL, "graph.example.net"),
}


@pytest.mark.parametrize("disaster", DISASTERS)
def test_what_cannot_be_survived_is_an_error_and_leaves_the_last_file_alone(
    disaster: str, tenant: SimulatedTenant, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rule, status, said = DISASTERS[disaster]
    kept, new = tmp_path / "kept.c1z", tmp_path / "new.c1z"
    with tenant:
        assert_true(tenant, kept, run(tenant, kept))
        before = kept.read_bytes()
        tenant.change(lambda d: drift(d, 6, 60))
        tenant.set_weather({"rules": [rule]})
        for file in (kept, new):
            outcome = run(tenant, file)
            assert outcome.code == status, outcome.stderr
            assert said in outcome.error["msg"]
            assert "nobody foresaw" not in outcome.stderr
            gc.collect()
            assert "never retrieved" not in caplog.text
        assert kept.read_bytes() == before
        assert not new.exists()
        tenant.set_weather(None)
        assert_true(tenant, kept, run(tenant, kept))


LEADING_AWAY = (
    ("/users/delta", "@odata.nextLink"),
    ("/groups/delta", "@odata.deltaLink"),
    ("/directoryObjects/delta", "@odata.deltaLink"),
    ("/servicePrincipals", "@odata.nextLink"),
    ("/$batch", "@odata.nextLink"),
)


@pytest.mark.parametrize(("path", "name"), LEADING_AWAY)
def test_no_request_follows_a_link_to_another_host(
    path: str, name: str, tenant: SimulatedTenant, tmp_path: Path, watch: Watch
) -> None:
    file, elsewhere = tmp_path / "sync.c1z", SimulatedTenant(tenant_with_pages(9))
    with watched(elsewhere) as foreign:
        link = f"{elsewhere.url}/v1.0/users?$skiptoken=x"
        watch.instead(path, pages_with({name: link}))
        trusted = tmp_path / "authorities.pem"
        trusted.write_bytes(tenant.ca_file.read_bytes() + elsewhere.ca_file.read_bytes())
        environment = {"SSL_CERT_FILE": str(trusted)}
        outcome = sync(tenant, file, environment=environment, definition=hurried(tenant))
        assert outcome.code == Status.INTERNAL, outcome.stderr
        assert foreign.requests == []
    assert not file.exists()
    assert_true(tenant, file, run(tenant, file))


def pages_with(links: dict[str, str]) -> Handler:
    """An empty page with links, to the parts of a batch one by one."""

    async def handle(request: web.Request) -> web.StreamResponse:
        page = {"value": [], **links}
        if not request.path.endswith("/$batch"):
            return web.json_response(page)
        parts = json.loads(await request.read())["requests"]
        answers = [{"id": part["id"], "status": 200, "body": page} for part in parts]
        return web.json_response({"responses": answers})

    return handle
