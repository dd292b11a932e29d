"""Owners of entitlements and of resources over HTTP, and whose apps are."""

from __future__ import annotations

from typing import Any

import pytest

from ostiary.server.catalog.actions import set_app_owners
from ostiary.server.directory.jobs import refresh
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR, BASIC_USER
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Tenant


@pytest.fixture
def entitlement(story: Story) -> str:
    tenant = Tenant()
    tenant.group("finance", tenant.user("ada"))
    story.sync(tenant)
    return f"/api/v1/apps/{story.app}/entitlements/{story.entitlement('group:finance:members')}"


@pytest.fixture
def resource(admin: Lasting, story: Story, entitlement: str) -> str:
    told = admin.get(entitlement).json()["appEntitlementView"]["appEntitlement"]
    kind, identity = told["appResourceTypeId"], told["appResourceId"]
    return f"/api/v1/apps/{story.app}/resource_types/{kind}/resource/{identity}"


@pytest.fixture
def ids(people: People) -> list[str]:
    return [people.add(f"{who}@corp.test", BASIC_USER).public_id for who in ("ada", "bob")]


def owners(admin: Lasting, url: str) -> list[str]:
    reply = admin.get(f"{url}/ownerids")
    assert reply.status_code == 200, reply.text
    told: list[str] = reply.json()["userIds"]
    return told


def done(reply: Any) -> None:
    assert (reply.status_code, reply.json()) == (200, {})


def test_owners_of_an_entitlement_are_set_added_listed_and_removed(
    admin: Lasting, entitlement: str, ids: list[str], people: People
) -> None:
    ada, bob = ids
    url = f"{entitlement}/owners"
    done(admin.put(url, json={"userIds": [ada]}))
    done(admin.post(url, json={"userId": bob}))
    done(admin.post(url, json={"userId": bob}))
    assert owners(admin, entitlement) == [ada, bob]
    assert [user["email"] for user in admin.get(url).json()["list"]] == [
        "ada@corp.test",
        "bob@corp.test",
    ]
    done(admin.delete(f"{url}/{ada}"))
    assert owners(admin, entitlement) == [bob]
    done(admin.delete(url))
    assert admin.get(url).json() == {"list": [], "nextPageToken": ""}
    actions = [each for each in people.audit_actions() if each.endswith("set_owners")]
    assert actions == ["catalog.entitlement.set_owners"] * 4


def test_owners_of_a_resource_are_set_added_listed_and_removed(
    admin: Lasting, resource: str, ids: list[str], people: People
) -> None:
    ada, bob = ids
    url = f"{resource}/owners"
    done(admin.put(url, json={"userIds": [ada]}))
    done(admin.post(url, json={"userId": bob}))
    assert owners(admin, resource) == [ada, bob]
    assert len(admin.get(url).json()["list"]) == 2
    done(admin.request("DELETE", url, json={"userId": ada}))
    assert owners(admin, resource) == [bob]
    done(admin.delete(url))
    assert owners(admin, resource) == []
    done(admin.put(url, json={"userIds": [ada]}))
    done(admin.delete(f"{resource}/ownerids"))
    assert owners(admin, resource) == []
    assert people.audit_actions().count("catalog.resource.set_owners") == 6


def test_nobody_and_too_many_are_refused(admin: Lasting, entitlement: str, people: People) -> None:
    url = f"{entitlement}/owners"
    assert admin.post(url, json={"userId": "0" * 27}).status_code == 404
    many = [people.add(f"u{number}@corp.test").public_id for number in range(33)]
    assert admin.put(url, json={"userIds": many}).status_code == 400
    assert owners(admin, entitlement) == []
    assert admin.get(f"{entitlement[:-1]}_/ownerids").status_code == 404


def test_owners_of_the_app_say_who_owns_what_is_in_it(
    story: Story, entitlement: str, resource: str, people: People, ids: list[str]
) -> None:
    keeper = people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR)
    session = Lasting(people, keeper)
    body = {"userIds": ids}
    assert session.put(f"{entitlement}/owners", json=body).status_code == 403
    with story.kernel.work(SYSTEM) as work:
        set_app_owners(work, story.app, [keeper.public_id])
    done(session.put(f"{entitlement}/owners", json=body))
    done(session.put(f"{resource}/owners", json=body))


def test_holders_of_an_entitlement_that_owns_an_app_own_it(
    admin: Lasting, story: Story, entitlement: str, people: People
) -> None:
    keeper = people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR)
    other = admin.post("/api/v1/apps", json={"displayName": "Payroll"}).json()["app"]["id"]
    account = story.resource(("user", "ada"))
    with story.kernel.work(SYSTEM) as work:
        set_app_owners(work, other, [], [entitlement.rpartition("/")[2]])
    session = Lasting(people, keeper)
    assert session.get(f"/api/v1/apps/{other}").status_code == 403
    reply = admin.post(
        f"/api/v1/apps/{story.app}/app_users/{account}",
        json={"appUser": {"identityUserId": keeper.public_id}, "updateMask": "identityUserId"},
    )
    assert reply.status_code == 200, reply.text
    refresh(story.kernel)
    assert session.get(f"/api/v1/apps/{other}").status_code == 200
    named = session.get("/api/v1/apps").json()["list"]
    assert [app["displayName"] for app in named] == ["Payroll"]
