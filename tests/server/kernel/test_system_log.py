from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ostiary.server.app import create_app
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.authz.roles import BASIC_USER, READ_ONLY_ADMINISTRATOR
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.context import within_request
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People


@pytest.fixture
def people(kernel: Kernel) -> People:
    app: FastAPI = create_app(kernel)
    return People(kernel, app)


@pytest.fixture
def auditor(people: People) -> TestClient:
    return people.session_of(people.add("auditor@corp.test", READ_ONLY_ADMINISTRATOR))


@pytest.fixture
def start(auditor: TestClient, kernel: Kernel, clock: FixedClock) -> str:
    """Thirty apps were renamed, one a minute; the moment before the first."""
    begin = clock.advance(timedelta(minutes=1))
    for number in range(30):
        with within_request(f"request-{number}"), kernel.work(SYSTEM) as work:
            work.audit("catalog.app.rename", "app", f"a{number}", {"n": number}, {"n": -number})
        clock.advance(timedelta(minutes=1))
    return begin.isoformat()


def read(auditor: TestClient, **body: Any) -> dict[str, Any]:
    answer = auditor.post("/api/v1/systemlog/events", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def subjects(found: dict[str, Any]) -> list[str]:
    return [event["resources"][0]["uid"] for event in found["list"]]


def test_the_log_is_read_page_by_page_oldest_first(auditor: TestClient, start: str) -> None:
    first = read(auditor, since=start)
    second = read(auditor, since=start, pageToken=first["nextPageToken"])
    assert subjects(first) == [f"a{number}" for number in range(25)]
    assert subjects(second) == [f"a{number}" for number in range(25, 30)]
    assert second["nextPageToken"] == ""


def test_the_log_is_read_newest_first_on_request(auditor: TestClient, start: str) -> None:
    wanted = {"since": start, "sortDirection": "SORT_DIRECTION_DESC", "pageSize": 20}
    first = read(auditor, **wanted)
    second = read(auditor, **wanted, pageToken=first["nextPageToken"])
    assert subjects(first)[:2] == ["a29", "a28"]
    assert subjects(second)[-1] == "a0"


def test_a_reader_goes_on_where_it_stopped(auditor: TestClient, start: str) -> None:
    uids = [event["metadata"]["uid"] for event in read(auditor, since=start)["list"]]
    between = read(auditor, sinceEventUid=uids[3], untilEventUid=uids[6])
    assert subjects(between) == ["a4", "a5"]


def test_a_span_of_time_ends_before_its_end(
    auditor: TestClient, start: str, clock: FixedClock
) -> None:
    until = (clock.now() - timedelta(minutes=28)).isoformat()
    assert subjects(read(auditor, since=start, until=until)) == ["a0", "a1"]


def test_an_event_is_an_api_activity_of_ocsf(auditor: TestClient, start: str) -> None:
    event = read(auditor, since=start)["list"][4]
    assert (event["class_uid"], event["activity_id"], event["type_uid"]) == (6003, 3, 600303)
    assert event["api"] == {
        "operation": "catalog.app.rename",
        "request": {"uid": "request-4"},
    }
    assert event["actor"]["user"]["name"] == "Ostiary"
    assert event["unmapped"]["before"] == {"n": 4}
    assert event["time"] % 1000 == 0


@pytest.mark.parametrize("uid", ["x", "-1", "9" * 40, "٣"])
def test_an_uid_that_no_event_has_is_refused(auditor: TestClient, uid: str) -> None:
    answer = auditor.post("/api/v1/systemlog/events", json={"sinceEventUid": uid})
    assert answer.status_code == 400


def test_the_log_is_not_for_everybody(people: People) -> None:
    basic = people.session_of(people.add("ada@corp.test", BASIC_USER))
    assert basic.post("/api/v1/systemlog/events", json={}).status_code == 403
