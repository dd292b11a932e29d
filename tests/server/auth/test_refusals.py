"""What those see who read the system log, and what they cannot do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.clock import FixedClock
from tests.server.auth.people import People

APP = "1srOrx2ZWZBpBUvZwXKQmoEYga2"


def events(reader: TestClient, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    token = ""
    while token or not found:
        body = {**asked, "pageSize": 100, "pageToken": token}
        answer = reader.post("/api/v1/systemlog/events", json=body)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["list"]
        token = page["nextPageToken"]
        if not token:
            break
    return found


def test_scenario_2_connectors_are_refused_to_a_basic_user_and_the_system_log_says_so(
    people: People,
) -> None:
    bob = people.browser_of("bob@corp.test", BASIC_USER)
    path = f"/api/v1/apps/{APP}/connectors"
    assert bob.get(path).status_code == 403
    assert bob.post(f"{path}/create", json={"displayName": "Mine"}).status_code == 403
    auditor = people.browser_of("rita@corp.test", READ_ONLY_ADMINISTRATOR)
    refused = [
        (each["actor"]["user"]["name"], each["resources"][0]["uid"], each["status"])
        for each in events(auditor)
        if each["api"]["operation"] == "auth.access.refuse"
    ]
    assert refused == [
        ("bob@corp.test", f"GET {path}", "Failure"),
        ("bob@corp.test", f"POST {path}/create", "Failure"),
    ]


def test_scenario_75_an_auditor_sees_every_change_of_a_time_and_changes_nothing(
    people: People, clock: FixedClock
) -> None:
    root = people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)
    auditor = people.browser_of("rita@corp.test", READ_ONLY_ADMINISTRATOR)
    bob = people.add("bob@corp.test", BASIC_USER)
    clock.advance(timedelta(minutes=30))
    start = clock.now()
    body = {"roleIds": ["connector_admin"]}
    assert root.put(f"/api/v1/users/{bob.public_id}/roles", json=body).status_code == 200
    clock.advance(timedelta(minutes=1))
    end = clock.now()
    disabled = root.put(f"/api/v1/users/{bob.public_id}/status", json={"enabled": False})
    assert disabled.status_code == 200
    [change] = events(auditor, since=start.isoformat(), until=end.isoformat())
    assert change["actor"]["user"]["name"] == "root@corp.test"
    assert change["unmapped"]["before"] == {"roles": ["basic_user"]}
    assert change["unmapped"]["after"] == {"roles": ["connector_admin"]}
    for method, path in (
        ("PUT", f"/api/v1/users/{bob.public_id}/roles"),
        ("PUT", f"/api/v1/users/{bob.public_id}/status"),
        ("POST", "/api/v1/apps"),
        ("POST", "/api/v1/directories"),
        ("PUT", "/api/v1/settings/domains"),
    ):
        assert auditor.request(method, path, json=body).status_code == 403
