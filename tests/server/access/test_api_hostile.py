"""Questions that nobody asks in good faith are refused, and never break the server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ostiary.server.app import create_app
from ostiary.server.kernel.authz.roles import SUPER_ADMINISTRATOR
from ostiary.server.kernel.work import Kernel
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Tenant

EARLIEST = "0001-01-01T00:00:00+14:00"
SEARCHES = ("apps", "entitlements", "grants", "app_users", "app_resources", "app_resource_types")


@pytest.fixture
def admin(kernel: Kernel) -> Lasting:
    people = People(kernel, create_app(kernel))
    return Lasting(people, people.add("super@corp.test", SUPER_ADMINISTRATOR))


@pytest.fixture(autouse=True)
def tenant(story: Story) -> None:
    tenant = Tenant()
    tenant.app("x", tenant.user("ada"))
    story.sync(tenant)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    "body",
    [
        {"query": "\0"},
        {"query": "\ud800"},
        {"query": "%_\\'\";--" * 100},
        {"pageSize": 2**31},
        {"pageToken": "AAAA"},
        {"appIds": ["x" * 5000, "\U0001f600"]},
        {"appIds": ["x"] * 1001},
        {"expandMask": {"paths": ["*", "nonsense", "app_id"]}},
    ],
)
def test_searches_survive_any_body(admin: Lasting, search: str, body: dict[str, Any]) -> None:
    content = json.dumps(body)  # escapes what is no character
    headers = {"content-type": "application/json"}
    reply = admin.post(f"/api/v1/search/{search}", content=content, headers=headers)
    assert reply.status_code in (200, 400), reply.text


@pytest.mark.parametrize("identity", ["%00", "%FF", "x" * 3000, "%F0%9F%98%80"])
def test_ids_that_cannot_be_are_not_found(admin: Lasting, story: Story, identity: str) -> None:
    for path in (
        f"apps/{identity}",
        f"apps/{story.app}/entitlements/{identity}",
        f"apps/{story.app}/entitlements/{identity}/holders",
        f"apps/{story.app}/resource_types/{identity}/resources",
        f"apps/{story.app}/users/{identity}/app_users",
        f"access/principals/{identity}/grants",
    ):
        reply = admin.get(f"/api/v1/{path}")
        assert reply.status_code in (200, 400, 404), (path, reply.text)


@pytest.mark.parametrize("instant", [EARLIEST, "0001-01-01T00:00:00Z", "yesterday", "\0", ""])
def test_any_instant_is_answered_or_refused(admin: Lasting, story: Story, instant: str) -> None:
    for path in ("entitlements", "resource_types", "app_users"):
        url = f"/api/v1/apps/{story.app}/{path}"
        reply = admin.get(url, params={"as_of": instant})
        assert reply.status_code in (200, 400), reply.text
        if reply.status_code == 200:
            assert reply.json()["list"] == []
    for query in ({"start": instant}, {"start": EARLIEST, "end": instant}):
        reply = admin.get("/api/v1/access/differences", params=query)
        assert reply.status_code in (200, 400), reply.text
