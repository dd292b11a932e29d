"""Searches find the same few among many, however much else matches a part of what is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ostiary.server.catalog import actions
from ostiary.server.catalog.store import inventory, narrowing
from ostiary.server.catalog.store.asked import Asked
from ostiary.server.kernel.actor import SYSTEM
from tests.server.access.asking import Story
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Tenant

MANY = 70


@pytest.fixture
def tenant(story: Story) -> Tenant:
    """Many users whose names have a "u", then two groups whose names have one too."""
    tenant = Tenant()
    users = [tenant.user(f"u{number:02}") for number in range(MANY)]
    tenant.group("unit", *users[:3])
    tenant.group("club", users[0])
    story.sync(tenant)
    return tenant


def found(admin: Lasting, what: str, **body: Any) -> list[dict[str, Any]]:
    """All pages, the smallest there are."""
    kind = {"app_resources": "appResource", "entitlements": "appEntitlement"}[what]
    views: list[dict[str, Any]] = []
    token = ""
    while True:
        asked = {**body, "pageSize": 10, "pageToken": token}
        reply = admin.post(f"/api/v1/search/{what}", json=asked).json()
        views += [view[kind] for view in reply["list"]]
        token = reply["nextPageToken"]
        if not token:
            return views


def names(things: list[dict[str, Any]]) -> list[str]:
    return [thing["displayName"] for thing in things]


@pytest.mark.usefixtures("tenant")
def test_pages_of_a_search_tell_everything_once_and_in_order(admin: Lasting) -> None:
    asked = {"query": "U", "pageSize": 100}
    reply = admin.post("/api/v1/search/app_resources", json=asked).json()
    at_once = [view["appResource"]["displayName"] for view in reply["list"]]
    assert sorted(at_once) == sorted([*(f"u{number:02}" for number in range(MANY)), "unit", "club"])
    assert names(found(admin, "app_resources", query="U")) == at_once


@pytest.mark.usefixtures("tenant")
def test_what_comes_behind_many_that_match_a_part_of_what_is_asked_is_found(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrowing, "MOST", 20)
    with story.kernel.read() as connection:
        three = inventory.resources(connection, of_three(), size=3)
        told = inventory.resources(connection, of_three(), size=2)
    assert {one.display_name for one in three} == {"u69", "unit", "club"}
    assert told == three[:2]


def of_three() -> Asked:
    asked = Asked().containing("u", inventory.RESOURCE_NAME)
    return asked.where("r.external_id IN ('u69', 'unit', 'club')")


def test_what_an_account_held_is_told_and_counted_as_it_was(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    then = story.clock.now()
    del tenant.grants["group:unit:members", ("user", "u00")]
    tenant.hold("group:club:members", ("user", "u01"))
    story.sync(tenant)
    url = f"/api/v1/apps/{story.app}/entitlements/users/{story.resource(('user', 'u00'))}"

    def held(**query: str) -> dict[str, str]:
        views = [view["appEntitlement"] for view in admin.get(url, params=query).json()["list"]]
        return {
            each["appResourceId"]: each["grantCount"] for each in views if each["slug"] == "members"
        }

    unit, club = story.resource(("group", "unit")), story.resource(("group", "club"))
    assert held() == {club: "2"}
    assert held(as_of=then.isoformat()) == {unit: "3", club: "1"}


def test_a_name_given_here_is_found_and_the_one_it_replaced_is_not(
    admin: Lasting, story: Story, tenant: Tenant
) -> None:
    with story.kernel.work(SYSTEM) as work:
        actions.edit_resource(work, story.resource(("group", "unit")), name="Task force")
        actions.edit_entitlement(
            work, story.entitlement("group:unit:members"), name="Joined", alias="force"
        )
    assert names(found(admin, "app_resources", query="task")) == ["Task force"]
    assert names(found(admin, "entitlements", query="joi")) == ["Joined"]
    assert names(found(admin, "entitlements", query="FORCE")) == ["Joined"]
    assert names(found(admin, "entitlements", query="members")) == ["members"]
    # by its id in the source it is still known
    assert names(found(admin, "app_resources", query="unit")) == ["Task force"]
