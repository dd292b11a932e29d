from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from tests.server.auth.people import People


@pytest.fixture
def admin(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


def me(client: TestClient) -> str:
    return str(client.get("/auth/session").json()["userId"])


def test_roles_are_replaced_and_the_change_is_recorded(people: People, admin: TestClient) -> None:
    bob = people.add("bob@corp.test", BASIC_USER)
    path = f"/api/v1/users/{bob.public_id}/roles"
    reply = admin.put(path, json={"roleIds": [CONNECTOR_ADMINISTRATOR.id, "basic_user"]})
    roles = reply.json()["userView"]["user"]["roleIds"]
    assert set(roles) == {BASIC_USER.id, CONNECTOR_ADMINISTRATOR.id}
    with people.kernel.read() as connection:
        entry = connection.exec_driver_sql(
            "SELECT actor_name, object_id, before, after FROM audit_entries"
            " WHERE action = 'auth.user.set_roles' ORDER BY sequence DESC LIMIT 1"
        ).one()
    assert entry == (
        "root@corp.test",
        bob.public_id,
        {"roles": ["basic_user"]},
        {"roles": ["basic_user", "connector_admin"]},
    )


def test_a_new_role_counts_in_the_session_that_is_open(people: People, admin: TestClient) -> None:
    bob = people.browser_of("bob@corp.test", BASIC_USER)
    assert bob.get("/api/v1/iam/roles").status_code == 403
    admin.put(f"/api/v1/users/{me(bob)}/roles", json={"roleIds": ["read_only_admin"]})
    assert bob.get("/api/v1/iam/roles").status_code == 200


def test_an_unknown_role_changes_nothing(people: People, admin: TestClient) -> None:
    path = f"/api/v1/users/{me(admin)}/roles"
    assert admin.put(path, json={"roleIds": ["super_admin", "emperor"]}).status_code == 400
    assert admin.get("/api/v1/iam/roles").status_code == 200


def test_the_last_super_administrator_stays(people: People, admin: TestClient) -> None:
    path = f"/api/v1/users/{me(admin)}"
    assert admin.put(f"{path}/roles", json={"roleIds": []}).json()["code"] == 9
    assert admin.put(f"{path}/status", json={"enabled": False}).json()["code"] == 9
    people.add("second@corp.test", SUPER_ADMINISTRATOR)
    assert admin.put(f"{path}/roles", json={"roleIds": []}).status_code == 200


def test_a_disabled_super_administrator_does_not_count(people: People, admin: TestClient) -> None:
    second = people.add("second@corp.test", SUPER_ADMINISTRATOR)
    gone = admin.put(f"/api/v1/users/{second.public_id}/status", json={"enabled": False})
    assert gone.status_code == 200
    assert admin.put(f"/api/v1/users/{me(admin)}/roles", json={"roleIds": []}).status_code == 400


def test_a_service_principal_does_not_count_as_super_administrator(admin: TestClient) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "ci"}).json()
    service = made["servicePrincipal"]["id"]
    given = admin.put(f"/api/v1/users/{service}/roles", json={"roleIds": ["super_admin"]})
    assert given.status_code == 200
    assert admin.put(f"/api/v1/users/{me(admin)}/roles", json={"roleIds": []}).status_code == 400


def test_two_super_administrators_cannot_remove_each_other_at_once(people: People) -> None:
    both = [people.browser_of(f"root{n}@corp.test", SUPER_ADMINISTRATOR) for n in (1, 2)]
    ids = [me(browser) for browser in both]

    def remove(number: int) -> int:
        path = f"/api/v1/users/{ids[1 - number]}/roles"
        return both[number].put(path, json={"roleIds": ["basic_user"]}).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(remove, range(2)))
    assert statuses[0] == 200
    assert statuses[1] in (400, 403)


def test_roles_of_many_are_replaced_together_or_not_at_all(
    people: People, admin: TestClient
) -> None:
    users = [people.add(f"p{n}@corp.test", BASIC_USER).public_id for n in range(2)]
    body = {"userIds": [*users, "0" * 27], "roleIds": ["read_only_admin"]}
    assert admin.post("/api/v1/users/bulk/roles", json=body).status_code == 404
    view = admin.get(f"/api/v1/users/{users[0]}").json()["userView"]["user"]
    assert view["roleIds"] == [BASIC_USER.id]
    reply = admin.post("/api/v1/users/bulk/roles", json={**body, "userIds": users})
    roles = [view["user"]["roleIds"] for view in reply.json()["list"]]
    assert roles == [[READ_ONLY_ADMINISTRATOR.id]] * 2


def test_people_see_themselves_and_nobody_else(people: People) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    bob = people.add("bob@corp.test", BASIC_USER)
    user = ann.get(f"/api/v1/users/{me(ann)}").json()["userView"]["user"]
    assert user["email"] == "ann@corp.test"
    assert user["createdAt"] == "2026-03-02T09:00:00Z"
    assert ann.get(f"/api/v1/users/{bob.public_id}").status_code == 403


def test_an_address_belongs_to_one_person(people: People, admin: TestClient) -> None:
    people.add("bob@corp.test", BASIC_USER)
    assert admin.post("/api/v1/users", json={"email": "BOB@corp.test"}).status_code == 409


@pytest.mark.parametrize("email", ["", "bob", "a b@c", "a@b\0", "a@b@c", "x" * 65 + "@c.test"])
def test_what_is_no_address_makes_nobody(admin: TestClient, email: str) -> None:
    assert admin.post("/api/v1/users", json={"email": email}).status_code == 400


def test_the_roles_are_listed_as_c1_lists_them(admin: TestClient) -> None:
    roles = admin.get("/api/v1/iam/roles").json()["list"]
    assert [role["displayName"] for role in roles][-1] == "Super Administrator"
    assert all(role["systemBuiltin"] for role in roles)
    one = admin.get(f"/api/v1/iam/roles/{BASIC_USER.id}").json()["role"]
    assert one == roles[0]


def test_a_built_in_role_can_be_declared_as_it_is_and_not_changed(admin: TestClient) -> None:
    path = f"/api/v1/iam/roles/{BASIC_USER.id}"
    role = admin.get(path).json()["role"]
    assert admin.post(path, json={"role": role}).json()["role"] == role
    assert admin.post(path, json={"role": role, "updateMask": "permissions"}).status_code == 200
    wider = {"role": {"permissions": [*role["permissions"], "settings:manage"]}}
    assert admin.post(path, json=wider).status_code == 400
    emptied = {"role": {}, "updateMask": "permissions"}
    assert admin.post(path, json=emptied).status_code == 400
    assert admin.post(path, json={"role": {}, "updateMask": "systemBuiltin"}).status_code == 400
    assert admin.post("/api/v1/iam/roles/emperor", json={}).status_code == 404
