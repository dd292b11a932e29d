"""Connectors over HTTP, as C1's clients ask for them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app, set_app_owners
from ostiary.server.connectors.directory import ConnectorClients
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.auth.client_ids import public_key_of
from ostiary.server.kernel.auth.user_store import User
from ostiary.server.kernel.authz.roles import (
    APPLICATION_ADMINISTRATOR,
    BASIC_USER,
    CONNECTOR_ADMINISTRATOR,
    READ_ONLY_ADMINISTRATOR,
)
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors import world

ENTRA = "2UUdYir252rR6PVSASeUFNaJOIB"


@pytest.fixture
def people(kernel: Kernel) -> People:
    app: FastAPI = create_server(kernel)
    return People(kernel, app)


@pytest.fixture
def carol(people: People) -> User:
    return people.add("carol@corp.test", CONNECTOR_ADMINISTRATOR)


@pytest.fixture
def client(people: People, carol: User) -> TestClient:
    return people.session_of(carol)


@pytest.fixture
def base(kernel: Kernel) -> str:
    with kernel.work(world.ADA) as unit:
        return f"/api/v1/apps/{create_app(unit, 'Entra')}/connectors"


def shown(reply: Any) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    connector: dict[str, Any] = reply.json()["connectorView"]["connector"]
    return connector


def made(client: TestClient, base: str, **more: Any) -> dict[str, Any]:
    return shown(client.post(base, json={"catalogId": ENTRA, **more}))


def minted(client: TestClient, connector: dict[str, Any]) -> dict[str, Any]:
    body = {"appId": connector["appId"], "connectorId": connector["id"]}
    reply = client.post("/api/v1/apps/connectors/credentials", json=body)
    assert reply.status_code == 200, reply.text
    credential: dict[str, Any] = reply.json()["credential"]
    return credential


def test_a_created_connector_belongs_to_its_creator_and_is_read_back(
    client: TestClient, base: str, carol: User
) -> None:
    connector = made(client, base, displayName="Corp Entra")
    assert connector["userIds"] == [carol.public_id]
    assert connector["displayName"] == "Corp Entra"
    assert connector["status"]["status"] == "SYNC_STATUS_UNSPECIFIED"
    assert shown(client.get(f"{base}/{connector['id']}")) == connector
    [listed] = client.get(base).json()["list"]
    assert listed["connector"] == connector


def test_no_connectors_are_an_empty_list(client: TestClient, base: str) -> None:
    assert client.get(base).json() == {"list": [], "nextPageToken": "", "expanded": []}


def test_pages_of_connectors_join_to_the_whole(client: TestClient, base: str) -> None:
    ids = [made(client, base)["id"] for _ in range(11)]
    first = client.get(base, params={"page_size": 10}).json()
    token = first["nextPageToken"]
    second = client.get(base, params={"page_size": 10, "page_token": token}).json()
    assert [view["connector"]["id"] for view in first["list"] + second["list"]] == ids
    assert second["nextPageToken"] == ""


def test_owners_are_set_although_the_mask_says_config(
    client: TestClient, people: People, base: str
) -> None:
    bob = people.add("bob@corp.test").public_id
    connector = made(client, base)
    body = {"connector": {"userIds": [bob]}, "updateMask": "config"}
    assert shown(client.post(f"{base}/{connector['id']}", json=body))["userIds"] == [bob]
    unknown = {"connector": {"userIds": ["0" * 27]}}
    assert client.post(f"{base}/{connector['id']}", json=unknown).status_code == 404


def test_a_delegated_update_renames(client: TestClient, base: str) -> None:
    url = f"{base}/{made(client, base)['id']}"
    body = {"connector": {"displayName": "New"}, "updateMask": "displayName"}
    assert shown(client.post(f"{url}/delegated", json=body))["displayName"] == "New"
    assert shown(client.get(url))["displayName"] == "New"


def test_a_deleted_connector_is_still_answered_with_when(client: TestClient, base: str) -> None:
    url = f"{base}/{made(client, base)['id']}"
    for _ in range(2):
        deleted = client.request("DELETE", url, json={})
        assert (deleted.status_code, deleted.json()) == (200, {})
    assert shown(client.get(url))["deletedAt"] == "2026-03-02T09:00:00Z"
    assert client.get(base).json()["list"] == []


def test_a_connector_is_not_found_under_another_app(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    with kernel.work(world.ADA) as unit:
        other = f"/api/v1/apps/{create_app(unit, 'Other')}/connectors"
    url = f"{other}/{made(client, base)['id']}"
    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 404


def test_nothing_is_connected_to_an_app_that_is_not_there(client: TestClient, base: str) -> None:
    nowhere = f"/api/v1/apps/{'0' * 27}/connectors"
    assert client.post(nowhere, json={"catalogId": ENTRA}).status_code == 404
    assert client.get(nowhere).json()["list"] == []


def test_the_secret_is_told_once_and_signs_in_until_it_is_revoked(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    connector = made(client, base)
    credential = minted(client, connector)
    name = credential["clientId"].partition("@")[0]
    with kernel.read() as connection:
        agent = ConnectorClients().find(connection, name)
    assert agent is not None
    assert [key.public_key for key in agent.keys] == [public_key_of(credential["clientSecret"])]
    url = f"{base}/{connector['id']}/credentials/{credential['id']}"
    read = client.get(url).json()["credential"]
    assert read == {**credential, "clientSecret": ""}
    assert client.post(url).json() == {}
    assert client.get(url).json()["credential"]["deletedAt"] == "2026-03-02T09:00:00Z"
    with kernel.read() as connection:
        assert ConnectorClients().find(connection, name) is None


def test_a_paused_connector_says_so_and_refuses_to_sync(client: TestClient, base: str) -> None:
    url = f"{base}/{made(client, base)['id']}"
    assert client.post(f"{url}/pause", json={"reason": "moving house"}).json() == {}
    paused = shown(client.get(url))
    assert paused["status"]["status"] == "SYNC_STATUS_DISABLED"
    assert (paused["syncDisabledCategory"], paused["syncDisabledReason"]) == (
        "manual",
        "moving house",
    )
    refused = client.post(f"{url}/force_sync", json={})
    assert (refused.status_code, refused.json()["code"]) == (400, 9)
    assert client.post(f"{url}/resume", json={}).json() == {}
    assert client.post(f"{url}/force_sync").json() == {}
    assert client.post(f"{url}/force_sync").status_code == 409


def test_a_failed_sync_is_told_with_its_times(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    connector = made(client, base)
    with kernel.read() as connection:
        stored = registry.find(connection, connector["id"])
    assert stored is not None
    world.fail_sync(kernel, stored, "Graph said no")
    status = shown(client.get(f"{base}/{connector['id']}"))["status"]
    assert (status["status"], status["lastError"]) == ("SYNC_STATUS_ERROR", "Graph said no")
    assert status["completedAt"] == "2026-03-02T09:00:00Z"


def test_owners_reach_their_own_connectors_and_no_others(
    client: TestClient, people: People, base: str
) -> None:
    owner = people.add("owner@corp.test", APPLICATION_ADMINISTRATOR)
    own = made(client, base, userIds=[owner.public_id])
    other = made(client, base)
    session = people.session_of(owner)
    assert [view["connector"]["id"] for view in session.get(base).json()["list"]] == [own["id"]]
    assert minted(session, own)["clientSecret"]
    assert session.post(f"{base}/{own['id']}/pause").status_code == 200
    assert session.get(f"{base}/{other['id']}").status_code == 403
    body = {"appId": other["appId"], "connectorId": other["id"]}
    assert session.post("/api/v1/apps/connectors/credentials", json=body).status_code == 403


def test_owners_without_any_role_of_administrators_manage_their_connector(
    client: TestClient, people: People, base: str
) -> None:
    dana = people.add("dana@corp.test", BASIC_USER)
    own = made(client, base, userIds=[dana.public_id])
    other = made(client, base)
    session = people.session_of(dana)
    url = f"{base}/{own['id']}"
    assert [view["connector"]["id"] for view in session.get(base).json()["list"]] == [own["id"]]
    assert shown(session.get(url))["id"] == own["id"]
    renamed = {"connector": {"displayName": "Ours"}, "updateMask": "displayName"}
    assert shown(session.post(url, json=renamed))["displayName"] == "Ours"
    assert shown(session.post(f"{url}/delegated", json=renamed))["displayName"] == "Ours"
    credential = minted(session, own)
    assert session.get(f"{url}/credentials/{credential['id']}").status_code == 200
    assert session.post(f"{url}/credentials/{credential['id']}").status_code == 200
    for verb in ("pause", "resume"):
        assert session.post(f"{url}/{verb}").status_code == 200
    refused = f"{base}/{other['id']}"
    assert session.get(refused).status_code == 403
    assert session.post(refused, json=renamed).status_code == 403
    body = {"appId": other["appId"], "connectorId": other["id"]}
    assert session.post("/api/v1/apps/connectors/credentials", json=body).status_code == 403
    assert session.post(base, json={"catalogId": ENTRA}).status_code == 403
    assert session.delete(url).status_code == 200


def test_who_may_only_read_reads_their_connector_and_changes_nothing(
    client: TestClient, people: People, base: str
) -> None:
    reader = people.add("reader@corp.test", READ_ONLY_ADMINISTRATOR)
    own = made(client, base, userIds=[reader.public_id])
    session = people.session_of(reader)
    assert session.get(f"{base}/{own['id']}").status_code == 200
    assert session.post(f"{base}/{own['id']}/pause").status_code == 403


def test_a_connector_without_owners_belongs_to_the_owners_of_its_app(
    kernel: Kernel, client: TestClient, people: People
) -> None:
    keeper = people.add("keeper@corp.test", APPLICATION_ADMINISTRATOR)
    basic = people.add("basic@corp.test", BASIC_USER)
    with kernel.work(world.ADA) as unit:
        app_id = create_app(unit, "Payroll")
        set_app_owners(unit, app_id, [keeper.public_id, basic.public_id])
    base = f"/api/v1/apps/{app_id}/connectors"
    ownerless, owned = made(client, base), made(client, base)
    url = f"{base}/{ownerless['id']}"
    nobody = {"connector": {"userIds": []}, "updateMask": "userIds"}
    assert shown(client.post(url, json=nobody))["userIds"] == []
    session = people.session_of(keeper)
    found = [view["connector"]["id"] for view in session.get(base).json()["list"]]
    assert found == [ownerless["id"]]
    assert session.post(f"{url}/pause").status_code == 200
    assert session.get(f"{base}/{owned['id']}").status_code == 403
    assert people.session_of(basic).get(url).status_code == 403


@pytest.mark.parametrize("app_id", ["x" * 40, "%00", "ä", "%F0%9F%98%80"])
def test_ids_that_cannot_be_are_refused_and_nothing_breaks(client: TestClient, app_id: str) -> None:
    odd = f"/api/v1/apps/{app_id}/connectors"
    replies = [
        client.get(odd),
        client.post(odd, json={"catalogId": ENTRA}),
        client.get(f"{odd}/{app_id}"),
        client.post(f"{odd}/{app_id}/credentials/{app_id}"),
        client.post(f"{odd}/{app_id}", json={"connector": {"userIds": [app_id]}}),
    ]
    assert {reply.status_code for reply in replies[1:]} <= {400, 404}
    assert replies[0].status_code in {200, 400}
