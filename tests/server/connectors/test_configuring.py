"""Settings of connectors over HTTP: checked against the form, tried out, kept, never shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ostiary.server.app import create_app as create_server
from ostiary.server.catalog.actions import create_app
from ostiary.server.connectors.sealing import CONFIG_PURPOSE
from ostiary.server.connectors.store import registry
from ostiary.server.kernel.authz.roles import CONNECTOR_ADMINISTRATOR
from ostiary.server.kernel.settings import Settings
from ostiary.server.kernel.work import Kernel
from tests.server.auth.people import People
from tests.server.connectors import world
from tests.server.connectors.programs import fake_program

SECRET = "canary-of-a-secret"
GOOD = {"fake_tenant_id": "contoso", "fake_client_id": "reader", "fake_client_secret": SECRET}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    programs = {"fake": str(fake_program(tmp_path))}
    return settings.model_copy(update={"connector_programs": programs})


@pytest.fixture
def client(kernel: Kernel) -> TestClient:
    people = People(kernel, create_server(kernel))
    return people.session_of(people.add("carol@corp.test", CONNECTOR_ADMINISTRATOR))


@pytest.fixture
def base(kernel: Kernel) -> str:
    with kernel.work(world.ADA) as unit:
        return f"/api/v1/apps/{create_app(unit, 'Fake')}/connectors"


def configuration(values: dict[str, str]) -> dict[str, Any]:
    return {"configuration": {name: {"stringValue": value} for name, value in values.items()}}


def create(client: TestClient, base: str, **changed: str) -> Any:
    body = {"catalogId": "fake", "config": configuration(GOOD | changed)}
    return client.post(f"{base}/create", json=body)


def created(client: TestClient, base: str, **changed: str) -> str:
    reply = create(client, base, **changed)
    assert reply.status_code == 200, reply.text
    assert SECRET not in reply.text
    return f"{base}/{reply.json()['connectorView']['connector']['id']}"


def update(client: TestClient, url: str, values: dict[str, str]) -> Any:
    body = {"connector": {"config": configuration(values)}, "updateMask": "config"}
    return client.post(url, json=body)


def stored(kernel: Kernel, url: str) -> dict[str, str]:
    with kernel.read() as connection:
        found = registry.find(connection, url.rpartition("/")[2])
        assert found is not None
        sealed = registry.read_config(connection, found.key)
    assert sealed is not None
    values: dict[str, str] = json.loads(kernel.secrets.decrypt_text(sealed, CONFIG_PURPOSE))
    return values


def test_settings_that_work_are_kept_and_secrets_never_told(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    url = created(client, base, fake_skip_guests="true")
    assert stored(kernel, url)["fake-client-secret"] == SECRET
    told = client.get(f"{url}/config")
    assert SECRET not in told.text + client.get(url).text
    assert told.json()["values"] == {
        "fake-tenant-id": "contoso",
        "fake-client-id": "reader",
        "fake-skip-guests": "true",
    }
    assert told.json()["secretsSet"] == ["fake-client-secret"]
    with kernel.read() as connection:
        audited = connection.exec_driver_sql("SELECT t::text FROM audit_entries t").all()
    assert SECRET not in str(audited)


def test_everything_wrong_with_settings_is_told_at_once(client: TestClient, base: str) -> None:
    refused = create(
        client, base, fake_tenant_id="", fake_page_size="1000", nonsense="x", fake_proxy_user="p"
    )
    assert refused.status_code == 400
    detail = refused.json()["details"][0]
    assert {each["field"] for each in detail["fieldViolations"]} == {
        "fake-tenant-id",
        "fake-page-size",
        "nonsense",
        "fake-proxy-password",
    }
    assert client.get(base).json()["list"] == []


def test_two_ways_to_sign_in_exclude_each_other_and_files_are_no_paths(
    client: TestClient, base: str
) -> None:
    both = create(client, base, fake_certificate="-----BEGIN CERTIFICATE-----")
    assert "another way to sign in" in both.json()["message"]
    path = {
        "fake_tenant_id": "t",
        "fake_client_id": "c",
        "fake_certificate": "/etc/passwd",
        "C1_selected_field_group_name": "fake_group_certificate",
    }
    body = {"catalogId": "fake", "config": configuration(path)}
    refused = client.post(f"{base}/create", json=body)
    assert refused.status_code == 400
    assert "/etc/passwd" not in refused.text


def test_what_the_program_refuses_is_told_with_its_causes_and_not_stored(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    refused = create(client, base, fake_tenant_id="unconsented")
    assert (refused.status_code, refused.json()["code"]) == (400, 9)
    assert "Groups cannot be read. Add Groups.Read." in refused.json()["message"]
    detail = refused.json()["details"][0]
    assert [each["cause"] for each in detail["findings"]] == ["", "permission_missing"]
    assert detail["findings"][1]["missing"][0]["permission"] == "Groups.Read"
    assert client.get(base).json()["list"] == []
    url = created(client, base)
    before = stored(kernel, url)
    wrong = update(client, url, GOOD | {"fake_client_secret": "the-secret-of-another"})
    assert wrong.json()["details"][0]["findings"][0]["cause"] == "secret_unknown"
    assert "the-secret-of-another" not in wrong.text
    assert stored(kernel, url) == before


def test_a_secret_that_is_not_sent_stays_unless_it_would_go_elsewhere(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    url = created(client, base)
    without = {name: value for name, value in GOOD.items() if "secret" not in name}
    assert update(client, url, without | {"fake_skip_guests": "true"}).status_code == 200
    assert stored(kernel, url)["fake-client-secret"] == SECRET
    moved = update(client, url, without | {"fake_tenant_id": "elsewhere"})
    assert moved.status_code == 400
    assert moved.json()["details"][0]["fieldViolations"][0]["field"] == "fake-client-secret"


def test_a_part_of_the_settings_can_be_changed_and_tried(
    kernel: Kernel, client: TestClient, base: str
) -> None:
    url = created(client, base)
    changed = client.post(f"{url}/config", json={"values": {"fake-page-size": "50"}})
    assert changed.status_code == 200, changed.text
    assert stored(kernel, url)["fake-page-size"] == "50"
    assert stored(kernel, url)["fake-tenant-id"] == "contoso"
    tried = client.post(f"{url}/check", json={"values": {}}).json()
    assert (tried["status"], tried["findings"][0]["feature"]) == ("OK", "People")


def test_kinds_are_listed_with_their_forms(client: TestClient) -> None:
    kinds = {each["name"]: each for each in client.get("/api/v1/connectorcatalog").json()["list"]}
    assert kinds["microsoft-entra"]["catalogId"] == "2UUdYir252rR6PVSASeUFNaJOIB"
    assert (kinds["baton"]["hosted"], kinds["fake"]["hosted"]) == (False, True)
    one = client.get("/api/v1/connectorcatalog/fake").json()
    assert one["configuration"]["displayName"] == "Fake"
    assert one["capabilities"]["resourceTypeCapabilities"]
    names = {field["name"] for field in one["configuration"]["fields"]}
    assert "fake-client-secret" in names
    assert "log-level" not in names
    form = client.post("/api/v1/connectorcatalog", json={"catalogId": "fake"}).json()["schema"]
    secret = next(each for each in form["fields"] if each["name"] == "fake_client_secret")
    assert secret["str"] == {"secret": True}
    assert client.get("/api/v1/connectorcatalog/nothing").status_code == 404
    assert client.get("/api/v1/connectorcatalog/baton").json()["configuration"] is None


def test_schedules_are_set_and_nonsense_is_refused(client: TestClient, base: str) -> None:
    url = created(client, base)

    def schedule(body: dict[str, Any]) -> Any:
        return client.post(f"{url}/schedule", json=body)

    cron = {"cronSpec": "15 6 * * *", "timezone": "Europe/Berlin"}
    shown = schedule({"cron": cron}).json()["connectorView"]["connector"]
    assert shown["connectorSyncCronSchedule"] == cron
    shown = schedule({"interval": "7200s"}).json()["connectorView"]["connector"]
    assert shown["connectorSyncCronSchedule"] is None
    assert schedule({"onDemand": True}).status_code == 200
    for bad in ({"cron": {"cronSpec": "* * * * *"}}, {"interval": "60s"}, {}):
        assert schedule(bad).status_code == 400


def test_a_waiting_sync_is_stopped_and_one_that_is_not_held_not_confirmed(
    client: TestClient, base: str
) -> None:
    url = created(client, base)
    assert client.post(f"{url}/stop_sync").status_code == 200
    assert client.post(f"{url}/stop_sync").status_code == 400
    assert client.post(f"{url}/confirm_sync_valid/{'0' * 27}", json={}).status_code == 400
