from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from ostiary.server.kernel.auth.client_ids import public_key_of
from ostiary.server.kernel.authz.roles import (
    BASIC_USER,
    READ_ONLY_ADMINISTRATOR,
    SUPER_ADMINISTRATOR,
)
from tests.server.auth.people import People

KEYS = "/api/v1/iam/personal_clients"


@pytest.fixture
def admin(people: People) -> TestClient:
    return people.browser_of("root@corp.test", SUPER_ADMINISTRATOR)


def token_for(people: People, client_id: str, secret: str) -> str:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    reply = people.anonymous().post("/auth/v1/token", data=form)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])


def with_new_key(people: People, browser: TestClient, **wish: object) -> TestClient:
    made = browser.post(KEYS, json=wish).json()
    token = token_for(people, made["client"]["clientId"], made["clientSecret"])
    return people.bearer(token)


def test_a_new_key_is_shaped_as_c1s_clients_parse_it(admin: TestClient) -> None:
    made = admin.post(KEYS, json={"display_name": "Created by Cone"}).json()
    name, at, rest = made["client"]["clientId"].partition("@")
    assert name
    assert at == "@"
    assert rest.endswith("/pcc")
    kind, vendor, version, body = made["clientSecret"].split(":")
    assert (kind, vendor, version) == ("secret-token", "conductorone.com", "v1")
    assert len(body) % 4 == 0
    assert made["client"]["displayName"] == "Created by Cone"


def test_only_the_public_key_is_kept(people: People, admin: TestClient) -> None:
    secret = admin.post(KEYS, json={}).json()["clientSecret"]
    with people.kernel.read() as connection:
        rows = connection.exec_driver_sql("SELECT public_key FROM api_clients").scalars().all()
    assert [bytes(row) for row in rows] == [public_key_of(secret)]


def test_keys_are_listed_by_page_and_without_secrets(admin: TestClient) -> None:
    for number in range(12):
        admin.post(KEYS, json={"displayName": f"key {number}"})
    first = admin.get(KEYS, params={"page_size": 10}).json()
    rest = admin.get(KEYS, params={"page_size": 10, "page_token": first["nextPageToken"]}).json()
    names = [key["displayName"] for key in [*first["list"], *rest["list"]]]
    assert names == [f"key {number}" for number in range(12)]
    assert rest["nextPageToken"] == ""
    assert "secret" not in str(first)


def test_people_have_their_own_keys_only(people: People, admin: TestClient) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    other = admin.post(KEYS, json={}).json()["client"]["id"]
    assert ann.get(KEYS).json()["list"] == []
    assert ann.get(f"{KEYS}/{other}").status_code == 404
    assert ann.post(f"{KEYS}/{other}", json={"client": {"displayName": "x"}}).status_code == 404
    assert ann.delete(f"{KEYS}/{other}").status_code == 404


def test_who_manages_users_finds_and_revokes_anybodys_key(
    people: People, admin: TestClient
) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    key = ann.post(KEYS, json={"displayName": "100%_sure"}).json()["client"]
    search = {"query": "%_s", "users": [{"id": key["userId"]}]}
    found = admin.post("/api/v1/search/iam/personal_clients", json=search).json()["list"]
    assert [entry["id"] for entry in found] == [key["id"]]
    assert (
        admin.post("/api/v1/search/iam/personal_clients", json={"query": "z"}).json()["list"] == []
    )
    assert admin.delete(f"{KEYS}/{key['id']}").status_code == 200
    assert ann.get(KEYS).json()["list"] == []


def test_an_update_changes_what_its_mask_names(people: People, admin: TestClient) -> None:
    key = admin.post(KEYS, json={"displayName": "old", "allowSourceCidr": ["10.0.0.1"]}).json()
    path = f"{KEYS}/{key['client']['id']}"
    body = {
        "client": {"displayName": "new", "allowSourceCidr": []},
        "updateMask": "displayName",
    }
    changed = admin.post(path, json=body).json()["client"]
    assert (changed["displayName"], changed["allowSourceCidr"]) == ("new", ["10.0.0.1/32"])
    assert admin.post(path, json={**body, "updateMask": "userId"}).status_code == 400
    assert "auth.personal_client.update" in people.audit_actions()


@pytest.mark.parametrize(
    "wish",
    [
        {"allowSourceCidr": ["anywhere"]},
        {"allowSourceCidr": ["10.0.0.0/33"]},
        {"scopedRoles": ["emperor"]},
        {"expires": "-5s"},
        {"expires": "400000000s"},
        {"expires": "tomorrow"},
        {"displayName": "x" * 201},
        {"displayName": "a\u0000b"},
    ],
)
def test_a_key_with_impossible_limits_is_not_made(
    admin: TestClient, wish: dict[str, object]
) -> None:
    assert admin.post(KEYS, json=wish).status_code == 400
    assert admin.get(KEYS).json()["list"] == []


def test_a_scoped_key_has_what_both_its_roles_and_its_owners_give(
    people: People, admin: TestClient
) -> None:
    reader = with_new_key(people, admin, scopedRoles=["read_only_admin"])
    assert reader.get("/api/v1/iam/roles").status_code == 200
    assert reader.post("/api/v1/users", json={"email": "x@corp.test"}).status_code == 403
    assert "users:manage" not in reader.get("/api/v1/auth/introspect").json()["permissions"]


def test_a_key_scoped_to_a_role_that_its_owner_lacks_gets_nothing_from_it(people: People) -> None:
    ann = people.browser_of("ann@corp.test", BASIC_USER)
    climber = with_new_key(people, ann, scopedRoles=["super_admin", "read_only_admin"])
    assert climber.get("/api/v1/iam/roles").status_code == 403
    assert climber.get("/api/v1/auth/introspect").json()["roles"] == []


def test_a_key_loses_what_its_owner_loses(people: People, admin: TestClient) -> None:
    rita = people.browser_of("rita@corp.test", READ_ONLY_ADMINISTRATOR)
    key = with_new_key(people, rita)
    assert key.get("/api/v1/iam/roles").status_code == 200
    user = rita.get("/auth/session").json()["userId"]
    admin.put(f"/api/v1/users/{user}/roles", json={"roleIds": []})
    assert key.get("/api/v1/iam/roles").status_code == 403


def test_a_key_cannot_make_or_widen_keys(people: People, admin: TestClient) -> None:
    narrow = with_new_key(people, admin, displayName="narrow", scopedRoles=["read_only_admin"])
    assert narrow.post(KEYS, json={}).status_code == 403
    own = narrow.get(KEYS).json()["list"][0]["id"]
    widen = {"client": {"scopedRoles": []}, "updateMask": "scopedRoles"}
    assert narrow.post(f"{KEYS}/{own}", json=widen).status_code == 403


def test_a_bearer_needs_no_csrf_token(people: People, admin: TestClient) -> None:
    key = with_new_key(people, admin)
    assert key.post("/api/v1/users", json={"email": "x@corp.test"}).status_code == 200


def test_a_service_principal_works_with_its_credential_until_it_is_revoked(
    people: People, admin: TestClient
) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "ci"}).json()
    service = made["servicePrincipal"]["id"]
    base = f"/api/v1/service_principals/{service}"
    admin.put(f"/api/v1/users/{service}/roles", json={"roleIds": ["read_only_admin"]})
    wish = {"displayName": "pipeline", "allowSourceCidrs": ["10.0.0.0/8"]}
    reply = admin.post(f"{base}/credentials", json=wish).json()
    credential = reply["credential"]
    assert credential["clientId"].startswith(f"{credential['id']}@")
    assert credential["clientId"].endswith("/spc")
    api = people.bearer(token_for(people, credential["clientId"], reply["clientSecret"]))
    assert api.get("/api/v1/iam/roles").status_code == 200
    assert api.get("/api/v1/auth/introspect").json()["userId"] == service
    assert api.post(KEYS, json={}).status_code == 403
    listed = admin.get(f"{base}/credentials").json()["list"]
    assert [entry["lastUsedAt"] for entry in listed] == ["2026-03-02T09:00:00Z"]
    assert admin.delete(f"{base}/credentials/{credential['id']}").json() == {}
    assert api.get("/api/v1/iam/roles").status_code == 401


def test_a_credential_that_must_prove_possession_is_not_offered(admin: TestClient) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "ci"}).json()
    path = f"/api/v1/service_principals/{made['servicePrincipal']['id']}/credentials"
    refused = admin.post(path, json={"requireDpop": True})
    assert (refused.status_code, refused.json()["code"]) == (400, 3)
    assert admin.get(path).json()["list"] == []


def test_deleting_a_service_principal_ends_its_tokens(people: People, admin: TestClient) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "ci"}).json()
    base = f"/api/v1/service_principals/{made['servicePrincipal']['id']}"
    reply = admin.post(f"{base}/credentials", json={}).json()
    api = people.bearer(token_for(people, reply["credential"]["clientId"], reply["clientSecret"]))
    assert admin.delete(base).json() == {}
    assert api.get("/api/v1/auth/introspect").status_code == 401
    assert admin.get(base).status_code == 404
    assert admin.get("/api/v1/service_principals").json()["list"] == []


def test_a_service_principal_is_renamed_and_its_credential_too(admin: TestClient) -> None:
    made = admin.post("/api/v1/service_principals", json={"displayName": "ci"}).json()
    base = f"/api/v1/service_principals/{made['servicePrincipal']['id']}"
    body = {"servicePrincipal": {"displayName": "delivery"}, "updateMask": "displayName"}
    assert admin.patch(base, json=body).json()["servicePrincipal"]["displayName"] == "delivery"
    credential = admin.post(f"{base}/credentials", json={}).json()["credential"]
    path = f"{base}/credentials/{credential['id']}"
    renamed = admin.patch(path, json={"credential": {"displayName": "blue"}}).json()["credential"]
    assert renamed == admin.get(path).json()["credential"]
    assert renamed["displayName"] == "blue"


def test_a_credential_of_another_service_principal_is_not_found(admin: TestClient) -> None:
    services = [
        admin.post("/api/v1/service_principals", json={"displayName": name}).json()
        for name in ("one", "two")
    ]
    one, two = (service["servicePrincipal"]["id"] for service in services)
    made = admin.post(f"/api/v1/service_principals/{one}/credentials", json={}).json()
    path = f"/api/v1/service_principals/{two}/credentials/{made['credential']['id']}"
    assert admin.get(path).status_code == 404
    assert admin.delete(path).status_code == 404
