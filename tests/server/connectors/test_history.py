"""What operators see of a connector: syncs, log, changes, agents, progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.actions import queue
from ostiary.server.connectors.actions.registry import NewConnector, create_connector
from ostiary.server.connectors.actions.syncs import end_applied, request_sync, stop_sync
from ostiary.server.connectors.store.registry import Connector
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.authz.roles import BASIC_USER, CONNECTOR_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors import world
from tests.server.connectors.world import ADA


@pytest.fixture
def people(kernel: Kernel) -> People:
    return People(kernel, create_server(kernel))


@pytest.fixture
def client(people: People) -> TestClient:
    return people.session_of(people.add("carol@corp.test", CONNECTOR_ADMINISTRATOR))


@pytest.fixture
def connector(kernel: Kernel) -> Connector:
    with kernel.work(ADA) as work:
        return create_connector(work, NewConnector(create_app(work, "Demo"), "baton", "Demo"))


@pytest.fixture
def base(connector: Connector) -> str:
    return f"/api/v1/apps/{connector.app_id}/connectors/{connector.id}"


def all_pages(client: TestClient, url: str, size: int = 10) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    token = ""
    while True:
        reply = client.get(url, params={"page_size": size, "page_token": token})
        assert reply.status_code == 200, reply.text
        rows += reply.json()["list"]
        if not (token := reply.json()["nextPageToken"]):
            return rows


def test_a_sync_is_shown_from_the_wish_for_it_to_its_effect(
    kernel: Kernel, clock: FixedClock, client: TestClient, connector: Connector, base: str
) -> None:
    def shown() -> dict[str, Any]:
        [sync] = client.get(f"{base}/syncs").json()["list"]
        assert client.get(f"{base}/syncs/{sync['id']}").json() == {"sync": sync}
        found: dict[str, Any] = sync
        return found

    assert shown()["progress"]["phase"] == "waiting"
    task = world.lease(kernel, connector, "host-a")
    assert task is not None
    clock.advance(timedelta(seconds=90))
    with kernel.work(SYSTEM) as work:
        assert queue.keep_alive(work, connector.id, "host-a", task.id)
    clock.advance(timedelta(seconds=10))
    running = shown()
    assert (running["state"], running["host"], running["duration"]) == ("running", "host-a", None)
    assert running["progress"] == {
        "phase": "reading",
        "since": "2026-03-02T09:00:00Z",
        "elapsed": "100s",
        "lastHeardAt": "2026-03-02T09:01:30Z",
        "attempt": 1,
    }
    world.upload(kernel, connector, "host-a", task.id)
    world.finish(kernel, connector, "host-a", task.id)
    assert shown()["progress"]["phase"] == "applying"
    clock.advance(timedelta(seconds=20))
    with kernel.work(SYSTEM) as work:
        counts, deltas = {"resource": {"user": 3}}, {"grant": {"group": {"added": 1}}}
        end_applied(work, running["id"], counts, deltas)
    done = shown()
    assert (done["state"], done["duration"], done["progress"]) == ("done", "120s", None)
    assert (done["counts"], done["deltas"]) == (counts, deltas)
    assert done["cause"] == "first"


def test_pages_of_syncs_and_of_the_log_join_to_the_whole_newest_first(
    kernel: Kernel, client: TestClient, connector: Connector, base: str
) -> None:
    for number in range(12):
        world.fail_sync(kernel, connector, f"failure {number}")
    syncs = all_pages(client, f"{base}/syncs")
    assert [each["error"] for each in syncs] == [f"failure {n}" for n in reversed(range(12))]
    lines = all_pages(client, f"{base}/log")
    failures = [line["message"] for line in lines if line["level"] == "error"]
    assert failures == [f"Sync failed: failure {n}" for n in reversed(range(12))]
    one = client.get(f"{base}/log", params={"sync_id": syncs[3]["id"]}).json()["list"]
    assert [line["message"] for line in one] == ["Sync failed: failure 8", "Sync started."]
    assert {line["syncId"] for line in one} == {syncs[3]["id"]}


def test_the_audit_trail_names_who_did_what(
    kernel: Kernel, client: TestClient, connector: Connector, base: str
) -> None:
    with kernel.work(ADA) as work:
        stop_sync(work, connector.id)
        request_sync(work, connector.id)
    changes = client.get(f"{base}/changes").json()["list"]
    actions = [(each["action"], each["actorName"]) for each in changes]
    assert actions == [
        ("connectors.sync.request", "Ada"),
        ("connectors.sync.stop", "Ada"),
        ("connectors.connector.create", "Ada"),
    ]
    assert changes[-1]["after"]["displayName"] == "Demo"


def test_agents_are_shown_with_what_they_run_and_when_they_were_seen(
    kernel: Kernel, clock: FixedClock, client: TestClient, connector: Connector, base: str
) -> None:
    with kernel.work(SYSTEM) as work:
        queue.record_hello(
            work, connector.id, "host-b", b"", build={"package": "baton-x"}, system={}
        )
        queue.see_host(work, connector.id, "hosted-here")
    clock.advance(timedelta(minutes=5))
    with kernel.work(SYSTEM) as work:
        queue.see_host(work, connector.id, "host-b")
    one, other = client.get(f"{base}/agents").json()["list"]
    assert (one["host"], one["hosted"], one["build"]) == ("host-b", False, {"package": "baton-x"})
    assert (one["firstSeenAt"], one["lastSeenAt"]) == (
        "2026-03-02T09:00:00Z",
        "2026-03-02T09:05:00Z",
    )
    assert (other["host"], other["hosted"], other["build"]) == ("hosted-here", True, {})


@pytest.mark.parametrize("part", ["syncs", "log", "changes", "agents"])
def test_each_part_is_for_those_who_see_the_connector_and_pages_are_its_own(
    kernel: Kernel, people: People, client: TestClient, connector: Connector, base: str, part: str
) -> None:
    bob = people.session_of(people.add("bob@corp.test", BASIC_USER))
    assert bob.get(f"{base}/{part}").status_code == 403
    assert client.get(f"{base}/{part}", params={"page_token": "AAAA"}).status_code == 400
    assert client.get(f"{base[:-1]}0/{part}").status_code == 404


def test_a_sync_of_another_connector_is_not_found(
    kernel: Kernel, client: TestClient, connector: Connector, base: str
) -> None:
    with kernel.work(ADA) as work:
        other = create_connector(work, NewConnector(connector.app_id, "baton", "Other"))
    foreign = world.latest_sync(kernel, other).id
    assert client.get(f"{base}/syncs/{foreign}").status_code == 404
    assert client.get(f"{base}/log", params={"sync_id": foreign}).status_code == 404
