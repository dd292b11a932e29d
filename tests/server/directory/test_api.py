from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from ostiary.server.directory import routes
from ostiary.server.directory.jobs import refresh
from ostiary.server.kernel.actor import SYSTEM
from ostiary.server.kernel.auth import users
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    ROLES,
    SUPER_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.directory.conftest import Clients
from tests.server.directory.route_table import ROUTES
from tests.server.directory.test_refresh import BOB, DAVE, EVE, TENANT
from tests.server.directory.world import App, Said, World

EMPTY: dict[str, Any] = {}


@pytest.fixture
def admin(clients: Clients) -> TestClient:
    return clients.of(SUPER_ADMINISTRATOR, email="root@corp.test")


@pytest.fixture
def entra(world: World) -> App:
    entra = world.directory("Entra")
    world.sync(entra, TENANT)
    return entra


def search(client: TestClient, **request: Any) -> list[str]:
    answer = client.post("/api/v1/search/users", json=request)
    assert answer.status_code == 200, answer.text
    return [view["user"]["displayName"] for view in answer.json()["list"]]


def orphans(client: TestClient, **request: Any) -> list[str]:
    answer = client.post("/api/v1/search/orphaned_app_users", json=request)
    assert answer.status_code == 200, answer.text
    return [view["appUser"]["displayName"] for view in answer.json()["list"]]


def test_every_route_of_the_directory_is_in_its_table(server: FastAPI) -> None:
    own = {
        f"{method} {route.path}"
        for router in routes.ROUTERS
        for route in iter_route_contexts(router.routes)
        for method in route.methods or ()
    }
    assert own == set(ROUTES)


def test_every_route_lets_through_exactly_the_roles_of_the_table(clients: Clients) -> None:
    nobody = "0" * 27
    wrong = []
    for role in ROLES:
        client = clients.of(role, email=f"{role.name}@corp.test")
        for route, allowed in ROUTES.items():
            method, path = route.split(" ")
            path = path.replace("{app_id}", nobody).replace("{id}", nobody)
            status = client.request(method, path, json={}).status_code
            if (status != 403) != (role.name in allowed):
                wrong.append((role.name, route, status))
    assert wrong == []


def test_a_person_is_told_in_c1s_shape(admin: TestClient, world: World, entra: App) -> None:
    people = world.people()
    answer = admin.get(f"/api/v1/users/{people['Bob'].id}")
    view = answer.json()["userView"]
    user = view["user"]
    assert view["userId"] == user["id"] == people["Bob"].id
    told = {
        "displayName": "Bob",
        "email": "bob@corp.example",
        "emails": ["bob@corp.example"],
        "username": "bob@corp.example",
        "employeeIds": ["7"],
        "jobTitle": "Clerk",
        "managerIds": [people["Alice"].id],
        "status": "ENABLED",
        "directoryStatus": "ENABLED",
        "type": "USER_TYPE_HUMAN",
        "origin": "USER_ORIGIN_DIRECTORY",
        "roleIds": [BASIC_USER.id],
        "directoryIds": [entra.public_id],
        "deletedAt": None,
    }
    assert {name: user[name] for name in told} == told
    assert user["profile"]["userType"] == "Member"
    assert user["jobTitleSources"] == [
        {
            "appId": entra.public_id,
            "appUserId": world.account(entra, "Bob").id,
            "appUserProfileAttributeKey": "jobTitle",
            "value": "Clerk",
            "priority": 0,
        }
    ]


def test_oneself_can_be_read_before_and_after_the_directory_knows(
    clients: Clients, world: World, entra: App
) -> None:
    me = clients.people.add("new@corp.example", BASIC_USER)
    client = clients.people.session_of(me)

    def told() -> dict[str, Any]:
        answer = client.get(f"/api/v1/users/{me.public_id}")
        user: dict[str, Any] = answer.json()["userView"]["user"]
        return user

    assert (told()["email"], told()["directoryStatus"]) == ("new@corp.example", "UNKNOWN")
    hired = Said(["New@corp.example"], name="New", profile={"title": "Trainee"})
    world.sync(entra, {**TENANT, "new-id": hired})
    assert (told()["id"], told()["jobTitle"]) == (me.public_id, "Trainee")
    assert told()["directoryStatus"] == "ENABLED"
    assert client.get(f"/api/v1/users/{world.people()['Bob'].id}").status_code == 403


def test_everybody_introspects_themselves(clients: Clients, world: World, entra: App) -> None:
    with world.kernel.read() as connection:
        bob = users.find(connection, world.people()["Bob"].id)
    client = clients.people.session_of(bob)
    body = {"expandMask": {"paths": ["manager_ids", "role_ids"]}}
    told = client.post("/api/v1/users/introspect", json=body).json()
    assert told["userView"]["user"]["id"] == bob.public_id
    assert told["userView"]["user"]["jobTitle"] == "Clerk"
    assert [each["displayName"] for each in told["expanded"]] == ["Basic User", "Alice"]
    plain = client.post("/api/v1/users/introspect", json=EMPTY).json()
    assert plain["expanded"] == []
    assert plain["userView"]["user"] == told["userView"]["user"]


def test_nobody_has_a_delegate(admin: TestClient, world: World, entra: App) -> None:
    assert search(admin, delegateStatus="DELEGATE_STATUS_HAS_DELEGATE") == []
    assert search(admin, delegatedUserIds=[world.people()["Bob"].id]) == []
    assert search(admin, isDelegate=True) == []
    assert "Bob" in search(admin, delegateStatus="DELEGATE_STATUS_NO_DELEGATE")


def test_lists_page_by_name_and_end(admin: TestClient, world: World) -> None:
    entra = world.directory("Entra")
    names = [f"Person {number:02}" for number in range(34)]
    world.sync(entra, {name: Said([f"{name[-2:]}@corp.example"], name=name) for name in names})
    seen: list[str] = []
    token = ""
    while True:
        answer = admin.get("/api/v1/users", params={"page_size": 10, "page_token": token}).json()
        seen += [view["user"]["displayName"] for view in answer["list"]]
        token = answer["nextPageToken"]
        if not token:
            break
    assert seen == [*names, "Root"]


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        ({}, ["Alice", "Bob", "Dave", "Eve", "Root"]),
        ({"query": "bOb"}, ["Bob"]),
        ({"query": "gmail"}, ["Eve"]),
        ({"query": "%"}, []),
        ({"email": "BOB@corp.example"}, ["Bob"]),
        ({"departments": ["IT"]}, ["Alice"]),
        ({"jobTitles": ["Clerk"]}, ["Bob"]),
        ({"userStatuses": ["DISABLED"]}, ["Dave"]),
        ({"userStatuses": ["DELETED"]}, []),
        ({"roleIds": [SUPER_ADMINISTRATOR.id]}, ["Root"]),
        ({"origins": ["USER_ORIGIN_LOCAL"]}, ["Root"]),
        ({"excludeOrigins": ["USER_ORIGIN_DIRECTORY"]}, ["Root"]),
        ({"excludeTypes": ["USER_TYPE_HUMAN"]}, []),
    ],
)
def test_people_are_searched(
    admin: TestClient, entra: App, request_: dict[str, Any], names: list[str]
) -> None:
    assert search(admin, **request_) == names


def test_people_are_searched_by_id_and_manager(admin: TestClient, world: World, entra: App) -> None:
    ids = {name: person.id for name, person in world.people().items()}
    assert search(admin, ids=[ids["Bob"]], refs=[{"id": ids["Eve"]}]) == ["Bob", "Eve"]
    assert search(admin, managerIds=[ids["Alice"]]) == ["Bob"]
    assert search(admin, excludeIds=[ids["Bob"], ids["Eve"]]) == ["Alice", "Dave", "Root"]


def test_what_users_refer_to_is_sent_along_once(
    admin: TestClient, world: World, entra: App
) -> None:
    body = {"query": "Bob", "expandMask": {"paths": ["manager_ids", "roleIds", "directory_ids"]}}
    answer = admin.post("/api/v1/search/users", json=body).json()
    [view] = answer["list"]
    kinds = [each["@type"].rpartition("/")[2] for each in answer["expanded"]]
    assert kinds == ["c1.api.iam.v1.Role", "c1.api.user.v1.User", "c1.api.app.v1.App"]
    assert (view["rolesPath"], view["managersPath"], view["directoriesPath"]) == (
        "$.expanded[0]",
        "$.expanded[1]",
        "$.expanded[2]",
    )
    assert answer["expanded"][1]["displayName"] == "Alice"


def test_who_left_is_found_when_asked_for(admin: TestClient, world: World, entra: App) -> None:
    bob = world.people()["Bob"].id
    world.sync(entra, {name: said for name, said in TENANT.items() if name != "bob-id"})
    assert "Bob" not in search(admin)
    assert search(admin, userStatuses=["DELETED"]) == ["Bob"]
    user = admin.get(f"/api/v1/users/{bob}").json()["userView"]["user"]
    assert (user["status"], user["directoryStatus"]) == ("DELETED", "DELETED")
    assert user["deletedAt"] is not None


def test_services_that_sign_in_are_users_too(admin: TestClient, world: World) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "robot"})
    assert made.status_code == 200, made.text
    assert search(admin, excludeTypes=["USER_TYPE_HUMAN"]) == ["robot"]


def test_owner_and_type_of_an_account_are_set_cleared_and_reset(
    admin: TestClient, world: World, entra: App
) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": BOB})
    alice, bob = world.people()["Alice"].id, world.people()["Bob"].id
    path = f"/api/v1/apps/{mail.public_id}/app_users/{world.account(mail, 'Bob').id}"

    def update(body: dict[str, Any]) -> tuple[str, str, str]:
        answer = admin.post(path, json=body)
        assert answer.status_code == 200, answer.text
        told = answer.json()["appUserView"]["appUser"]
        return told["identityUserId"], told["ownerReason"], told["appUserType"]

    assert update({}) == (bob, "email", "APP_USER_TYPE_USER")
    assert update({"appUser": {"identityUserId": alice}}) == (alice, "manual", "APP_USER_TYPE_USER")
    typed = {
        "appUser": {"appUserType": "APP_USER_TYPE_SERVICE_ACCOUNT", "identityUserId": "ignored"},
        "updateMask": "appUserType",
    }
    assert update(typed) == (alice, "manual", "APP_USER_TYPE_SERVICE_ACCOUNT")
    assert update({"appUser": {}, "updateMask": "identityUserId"})[:2] == ("", "")
    answer = admin.post(f"{path}/reset_owner", json={}).json()["appUserView"]["appUser"]
    assert (answer["identityUserId"], answer["ownerReason"]) == (bob, "email")
    assert admin.post(path, json={"appUser": {"identityUserId": "x" * 27}}).status_code == 400
    wrong = {"appUser": {}, "updateMask": "displayName"}
    assert admin.post(path, json=wrong).status_code == 400
    assert admin.post(f"{path}x", json={}).status_code == 404


def test_owners_of_an_app_decide_about_its_accounts(
    clients: Clients, world: World, kernel: Kernel, entra: App
) -> None:
    owner = clients.people.add("owner@corp.test", APPLICATION_ADMINISTRATOR)
    mail, other = world.app("Mail"), world.app("Other")
    for app in (mail, other):
        world.sync(app, {"1": Said(name="x")})
    with kernel.work(SYSTEM) as unit:
        unit.connection.execute(
            sa.text("INSERT INTO owners (object_type, object_id, user_id) VALUES ('app', :a, :u)"),
            {"a": mail.id, "u": owner.public_id},
        )
    client = clients.people.session_of(owner)
    body = {"appUser": {"identityUserId": world.people()["Alice"].id}}
    statuses = {
        app.public_id: client.post(
            f"/api/v1/apps/{app.public_id}/app_users/{world.account(app, 'x').id}", json=body
        ).status_code
        for app in (mail, other)
    }
    assert statuses == {mail.public_id: 200, other.public_id: 403}


def test_scenario_33_orphans(admin: TestClient, world: World) -> None:
    """Without an owner or with one who is deactivated; type and owner take one off the list."""
    entra = world.directory("Entra", "account.type != 'service'")
    backup = Said(["svc-backup@corp.example"], name="Svc-Backup", trait={"accountType": "service"})
    world.sync(entra, {**TENANT, "svc": backup})
    assert orphans(admin) == ["Dave", "Svc-Backup"]
    path = f"/api/v1/apps/{entra.public_id}/app_users/{world.account(entra, 'Svc-Backup').id}"
    body = {
        "appUser": {
            "appUserType": "APP_USER_TYPE_SERVICE_ACCOUNT",
            "identityUserId": world.people()["Bob"].id,
        }
    }
    assert admin.post(path, json=body).status_code == 200
    assert orphans(admin) == ["Dave"]
    assert orphans(admin, appUserTypes=["APP_USER_TYPE_SERVICE_ACCOUNT"]) == []
    world.sync(
        entra, {**TENANT, "svc": backup, "bob-id": Said(BOB.emails, name="Bob", status="disabled")}
    )
    assert orphans(admin) == ["Bob", "Dave", "Svc-Backup"]


def test_an_account_is_told_in_one_shape_wherever_it_is_asked_for(
    admin: TestClient, world: World
) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": EVE})
    admin.put("/api/v1/settings/domains", json={"newDomains": ["corp.example"]})
    base = f"/api/v1/apps/{mail.public_id}/app_users"
    [found] = admin.post("/api/v1/search/orphaned_app_users", json={}).json()["list"]
    [listed] = admin.get(base).json()["list"]
    [searched] = admin.post("/api/v1/search/app_users", json={}).json()["list"]
    updated = admin.post(f"{base}/{found['appUser']['id']}", json={}).json()["appUserView"]
    assert found["appUser"]["isExternal"]
    assert found["appUser"] == listed["appUser"] == searched["appUser"] == updated["appUser"]
    assert found.keys() == listed.keys() == searched.keys() == updated.keys()


def test_scenario_26_guests_are_external(admin: TestClient, world: World) -> None:
    mail = world.app("Mail")
    strange = Said([], "no-address", "Strange")
    sub = Said(["x@eu.corp.example"], name="Sub")
    world.sync(mail, {"1": EVE, "2": DAVE, "3": strange, "4": sub})
    assert orphans(admin, appUserDomains=["APP_USER_DOMAIN_EXTERNAL"]) == []
    answer = admin.put("/api/v1/settings/domains", json={"newDomains": ["Corp.example "]})
    assert [each["domain"] for each in answer.json()["list"]] == ["corp.example"]
    assert orphans(admin, appUserDomains=["APP_USER_DOMAIN_EXTERNAL"]) == ["Eve"]
    assert orphans(admin, appUserDomains=["APP_USER_DOMAIN_TRUSTED"]) == ["Dave", "Strange", "Sub"]
    listed = admin.post("/api/v1/search/orphaned_app_users", json={}).json()["list"]
    told = {view["appUser"]["displayName"]: view["appUser"]["isExternal"] for view in listed}
    assert told == {"Dave": False, "Eve": True, "Strange": False, "Sub": False}
    assert admin.put("/api/v1/settings/domains", json={"newDomains": ["%"]}).status_code == 400


def test_scenario_27_a_disabled_person_keeps_what_is_theirs(
    admin: TestClient, world: World, entra: App
) -> None:
    assert search(admin, userStatuses=["DISABLED"]) == ["Dave"]
    assert world.owner(entra, "Dave") == "Dave"


def test_a_directory_is_made_previewed_changed_and_removed(
    admin: TestClient, world: World, kernel: Kernel
) -> None:
    entra = world.app("Entra")
    path = f"/api/v1/directories/{entra.public_id}"
    settings = {"appId": entra.public_id, "all": {}}
    assert admin.post("/api/v1/directories", json=settings).json()["code"] == 9
    world.sync(entra, TENANT)
    preview = admin.post(f"{path}/preview", json=settings).json()
    assert (preview["addedCount"], preview["removedCount"]) == (4, 0)
    assert preview["added"][0] == {"id": "", "displayName": "Alice", "email": "alice@corp.example"}
    made = admin.post("/api/v1/directories", json=settings)
    assert made.json()["directoryView"]["directory"]["all"] == {}
    assert admin.post("/api/v1/directories", json=settings).status_code == 409
    refresh(kernel)
    assert world.people().keys() == {"Alice", "Bob", "Dave", "Eve", "Root"}

    members = {
        "celExpression": {"expression": "has(account.profile.department) ? CREATE : IGNORE"},
        "mergeConfig": {
            "matchCases": [{"appUserKeyCel": "account.email", "userKeyCel": "user.email"}]
        },
        "attributeSources": {"job_title": [{"profileKey": "department"}]},
    }
    preview = admin.post(f"{path}/preview", json=members).json()
    assert (preview["addedCount"], preview["removedCount"]) == (0, 3)
    assert [each["displayName"] for each in preview["removed"]] == ["Bob", "Dave", "Eve"]
    told = admin.put(path, json=members).json()["directoryView"]["directory"]
    assert told["celExpression"] == members["celExpression"]
    assert told["mergeConfig"] == members["mergeConfig"]
    assert told["all"] is None
    assert told["attributeSources"] == {"job_title": [{"profileKey": "department", "cel": ""}]}
    assert admin.get(path).json()["directoryView"]["directory"] == told
    refresh(kernel)
    assert world.people().keys() == {"Alice", "Root"}
    assert world.people()["Alice"].job_title == "IT"

    assert admin.request("DELETE", path, json={}).json() == {}
    refresh(kernel)
    assert world.people().keys() == {"Root"}
    assert admin.get("/api/v1/directories").json()["list"] == []
    assert admin.get(path).status_code == 404


@pytest.mark.parametrize(
    "settings",
    [
        {"celExpression": {"expression": "account.emial == ''"}},
        {"celExpression": {"expression": "1 + 1"}},
        {"celExpression": {"expression": ""}},
        {"all": {}, "celExpression": {"expression": "true"}},
        {"mergeConfig": {"matchCases": [{"appUserKeyCel": "account.email"}]}},
        {"attributeSources": {"height": [{"profileKey": "h"}]}},
        {"attributeSources": {"department": [{}]}},
        {"attributeSources": {"department": [{"cel": "account.nothing"}]}},
    ],
)
def test_settings_that_cannot_work_are_refused(
    admin: TestClient, entra: App, settings: dict[str, Any]
) -> None:
    path = f"/api/v1/directories/{entra.public_id}"
    before = admin.get(path).json()
    for answer in (admin.put(path, json=settings), admin.post(f"{path}/preview", json=settings)):
        assert answer.json()["code"] == 3, answer.text
    assert admin.get(path).json() == before


def test_matching_of_an_app_is_changed_at_once(admin: TestClient, world: World, entra: App) -> None:
    mail = world.app("Mail")
    world.sync(mail, {"1": Said(login="B-7", name="b", profile={"staff": 7})})
    path = f"/api/v1/apps/{mail.public_id}/matching"
    assert admin.get(path).json() == {"mode": "narrow", "cases": []}
    custom = {
        "mode": "custom",
        "cases": [{"appUserKeyCel": "account.profile.staff", "userKeyCel": "user.employeeIds"}],
    }
    assert admin.put(path, json=custom).json() == custom
    assert world.owner(mail, "b") == "Bob"
    assert admin.put(path, json={"mode": "custom"}).status_code == 400
    assert admin.put(path, json={"mode": "broad"}).json() == {"mode": "broad", "cases": []}
    assert world.owner(mail, "b") is None


def test_a_reader_changes_nothing(clients: Clients, entra: App) -> None:
    reader = clients.of(READ_ONLY_ADMINISTRATOR)
    path = f"/api/v1/directories/{entra.public_id}"
    assert reader.get(path).status_code == 200
    assert reader.put(path, json=EMPTY).status_code == 403
