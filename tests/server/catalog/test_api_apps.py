"""Apps over HTTP, filled by syncs."""

from __future__ import annotations

from typing import Any

from ostiary.server.kernel.authz.roles import APPLICATION_ADMINISTRATOR, BASIC_USER
from tests.server.access.asking import Story
from tests.server.auth.people import People
from tests.server.catalog.lasting import Lasting
from tests.server.ingest.tenants import Tenant

APPS = "/api/v1/apps"


def created(client: Lasting, name: str, **more: Any) -> dict[str, Any]:
    reply = client.post(APPS, json={"displayName": name, **more})
    assert reply.status_code == 200, reply.text
    app: dict[str, Any] = reply.json()["app"]
    return app


def names(reply: Any) -> list[str]:
    assert reply.status_code == 200, reply.text
    return [app["displayName"] for app in reply.json()["list"]]


def discovered(client: Lasting, story: Story, *apps: str) -> dict[str, str]:
    """Ids of unmanaged apps by name, once a sync brought them."""
    tenant = Tenant()
    user = tenant.user("ada")
    for name in apps:
        tenant.app(name, user)
    story.sync(tenant)
    reply = client.post("/api/v1/search/apps", json={"managed": False})
    return {app["displayName"]: app["id"] for app in reply.json()["list"]}


def test_a_created_app_is_read_back_in_the_words_of_c1(admin: Lasting) -> None:
    app = created(admin, "Payroll", description="Who gets what")
    read = admin.get(f"{APPS}/{app['id']}").json()["app"]
    assert read == app
    assert read["description"] == "Who gets what"
    assert read["isManuallyManaged"]
    assert read["userCount"] == "0"
    assert read["createdAt"] == "2026-03-02T09:00:00Z"


def test_no_apps_are_an_empty_list(admin: Lasting) -> None:
    assert admin.get(APPS).json() == {"list": [], "nextPageToken": ""}


def test_accounts_of_the_newest_sync_are_counted(admin: Lasting, story: Story) -> None:
    tenant = Tenant()
    tenant.user("ada")
    tenant.user("bob")
    story.sync(tenant)
    app = admin.get(f"{APPS}/{story.app}").json()["app"]
    assert (app["userCount"], app["isManuallyManaged"]) == ("2", False)


def test_pages_of_apps_join_to_the_whole_in_order_of_name(admin: Lasting) -> None:
    for number in range(12):
        created(admin, f"{'aA'[number % 2]}pp {number:02}")
    first = admin.get(APPS, params={"page_size": 3}).json()
    assert len(first["list"]) == 10
    token = first["nextPageToken"]
    second = admin.get(APPS, params={"page_size": 3, "page_token": token}).json()
    shown = [app["displayName"].lower() for app in first["list"] + second["list"]]
    assert shown == [f"app {number:02}" for number in range(12)]
    assert second["nextPageToken"] == ""


def test_a_token_of_another_search_is_refused(admin: Lasting) -> None:
    for number in range(11):
        created(admin, f"app {number}")
    token = admin.get(APPS, params={"page_size": 10}).json()["nextPageToken"]
    reply = admin.post("/api/v1/search/apps", json={"query": "app", "pageToken": token})
    assert (reply.status_code, reply.json()["code"]) == (400, 3)


def test_searches_take_every_letter_as_it_is(admin: Lasting) -> None:
    ids = {name: created(admin, name)["id"] for name in ("100% sure", "100 more", "Mail_box")}
    search = "/api/v1/search/apps"
    assert names(admin.post(search, json={"query": "0%"})) == ["100% sure"]
    assert names(admin.post(search, json={"query": "L_B"})) == ["Mail_box"]
    assert names(admin.post(search, json={"query": "\\"})) == []
    assert names(admin.post(search, json={"displayName": "mail_box"})) == ["Mail_box"]
    assert names(admin.post(search, json={"app_ids": [ids["100 more"]]})) == ["100 more"]
    assert names(admin.post(search, json={"excludeAppIds": list(ids.values())[1:]})) == [
        "100% sure"
    ]


def test_what_people_edit_survives_renames_by_the_source(admin: Lasting, story: Story) -> None:
    tenant = Tenant()
    tenant.app("expenses")
    story.sync(tenant)
    unmanaged = admin.post("/api/v1/search/apps", json={"managed": False}).json()["list"]
    identity = unmanaged[0]["id"]
    body = {"app": {"displayName": "Spending", "description": "not masked"}}
    reply = admin.post(f"{APPS}/{identity}", json={**body, "updateMask": "displayName"})
    assert reply.json()["app"]["displayName"] == "Spending"
    assert reply.json()["app"]["description"] == ""
    tenant.resources["app", "expenses"] = "Expenses 2.0"
    story.sync(tenant)
    assert admin.get(f"{APPS}/{identity}").json()["app"]["displayName"] == "Spending"


def test_updates_without_a_mask_change_what_is_present(admin: Lasting) -> None:
    app = created(admin, "Mail", description="old")
    body = {"app": {**app, "description": "new", "userCount": "77"}}
    changed = admin.post(f"{APPS}/{app['id']}", json=body).json()["app"]
    assert changed == {**app, "description": "new"}


def test_fields_that_nobody_may_write_are_refused_in_masks(admin: Lasting) -> None:
    app = created(admin, "Mail")
    reply = admin.post(f"{APPS}/{app['id']}", json={"app": {}, "updateMask": "userCount"})
    assert reply.status_code == 400
    assert "userCount" in reply.json()["message"]


def test_discovered_apps_are_managed_alone_and_together(
    admin: Lasting, story: Story, people: People
) -> None:
    apps = discovered(admin, story, "expenses", "mail", "wiki")
    owner = people.add("owner@corp.test", BASIC_USER).public_id
    assert names(admin.get(APPS)) == ["Entra"]
    alone = admin.post(f"{APPS}/{apps['mail']}/manage", json={"ownerIds": [owner]}).json()["app"]
    assert alone["isManaged"]
    assert alone["parentAppId"] == story.app
    assert admin.get(f"{APPS}/{apps['mail']}/ownerids").json() == {"userIds": [owner]}

    again = admin.post(f"{APPS}/{apps['mail']}/manage", json={})
    assert (again.status_code, again.json()["code"]) == (409, 6)
    both = {"appIds": [apps["expenses"], apps["mail"]]}
    assert admin.post(f"{APPS}/manage", json=both).status_code == 409
    assert names(admin.get(APPS)) == ["Entra", "mail"]

    both = {"appIds": [apps["expenses"], apps["wiki"]]}
    assert admin.post(f"{APPS}/manage", json=both).status_code == 200
    assert names(admin.get(APPS)) == ["Entra", "expenses", "mail", "wiki"]


def test_a_deletion_is_counted_before_it_happens(admin: Lasting, story: Story) -> None:
    apps = discovered(admin, story, "expenses", "mail")
    admin.post(f"{APPS}/{apps['mail']}/manage", json={})
    preview = admin.get(f"{APPS}/{story.app}/deletion_preview").json()
    assert preview == {
        "managedApps": 1,
        "unmanagedApps": 1,
        "appsWithConnectors": 0,
        "accounts": "1",
        "resources": "3",
        "entitlements": "2",
        "grants": "2",
        "connectors": 0,
        "linkedGroups": 0,
    }
    admin.post(f"{APPS}/{apps['expenses']}/manage", json={})
    stale = admin.request("DELETE", f"{APPS}/{story.app}", json={"expected": preview})
    assert (stale.status_code, stale.json()["code"]) == (400, 9)
    deleted = admin.delete(f"{APPS}/{story.app}")
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert admin.get(f"{APPS}/{story.app}").status_code == 404
    assert names(admin.get(APPS)) == []


def test_owners_are_set_added_and_removed(admin: Lasting, people: People) -> None:
    app = created(admin, "Mail")["id"]
    ada, bob = (people.add(f"{who}@corp.test", BASIC_USER).public_id for who in ("ada", "bob"))
    url = f"{APPS}/{app}/owners"
    assert admin.put(url, json={"userIds": [ada]}).json() == {}
    assert admin.post(f"{url}/{bob}", json={}).json() == {}
    assert admin.post(f"{url}/{bob}", json={}).json() == {}
    assert [user["email"] for user in admin.get(url).json()["list"]] == [
        "ada@corp.test",
        "bob@corp.test",
    ]
    assert admin.delete(f"{url}/{ada}").json() == {}
    assert admin.get(f"{APPS}/{app}/ownerids").json() == {"userIds": [bob]}
    assert admin.post(f"{url}/{'0' * 27}", json={}).status_code == 404
    assert admin.request("DELETE", url, json={}).json() == {}
    assert admin.get(url).json() == {"list": [], "nextPageToken": ""}


def test_application_administrators_see_and_manage_what_they_own(
    admin: Lasting, people: People
) -> None:
    other = created(admin, "Payroll")["id"]
    keeper = Lasting(people, people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR))
    own = created(keeper, "Mail")["id"]
    assert names(keeper.get(APPS)) == ["Mail"]
    assert names(keeper.post("/api/v1/search/apps", json={"appIds": [own, other]})) == ["Mail"]
    assert keeper.get(f"{APPS}/{own}").status_code == 200
    assert keeper.get(f"{APPS}/{other}").status_code == 403
    assert keeper.post(f"{APPS}/{other}", json={"app": {"displayName": "x"}}).status_code == 403
    assert keeper.delete(f"{APPS}/{own}").status_code == 200


def test_every_change_is_in_the_audit_log(admin: Lasting, people: People) -> None:
    app = created(admin, "Mail")["id"]
    admin.post(f"{APPS}/{app}", json={"app": {"displayName": "Post"}})
    admin.post(f"{APPS}/{app}", json={"app": {"displayName": "Post"}})
    admin.delete(f"{APPS}/{app}")
    assert [action for action in people.audit_actions() if action.startswith("catalog.")] == [
        "catalog.app.create",
        "catalog.app.set_owners",
        "catalog.app.edit",
        "catalog.app.delete",
    ]
