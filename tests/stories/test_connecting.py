"""Stories about connecting a tenant: `ostiary serve` as its operator starts it, and the connector
as a child of it or as its own process with what the manifest in deploy/ gives it."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story
from tests.entra.expected import Shown
from tests.entra.watching import Watch, watched
from tests.server.connectors.hosted.test_oauth import (
    JSON,
    offering,
    person_of,
    started,
    unconfigured,
)
from tests.server.connectors.hosted.world import World, hosting, secret_settings, shown
from tests.server.postgres import TestPostgres
from tests.stories.asking import AppView, Rest
from tests.stories.manifest import manifest_environment, replica
from tests.stories.truth import differences_of
from tests.stories.world import SELF_HOSTED


@pytest.fixture(scope="module")
def tenant() -> SimulatedTenant:
    return SimulatedTenant(story())


@pytest.fixture(scope="module")
def watch(tenant: SimulatedTenant) -> Iterator[Watch]:
    """The tenant runs."""
    with watched(tenant) as watch:
        yield watch


@pytest.fixture(scope="module")
def world(
    postgres: TestPostgres, worker_id: str, tenant: SimulatedTenant, watch: Watch
) -> Iterator[World]:
    name = f"connecting_{worker_id}"
    with (
        tempfile.TemporaryDirectory(prefix="ostiary-stories-") as folder,
        hosting(Path(folder), postgres.create_empty(name), tenant) as world,
    ):
        yield world
    postgres.drop(name)


def test_3_a_tenant_is_connected_with_a_secret_that_nobody_can_read_back(
    world: World, tenant: SimulatedTenant, watch: Watch
) -> None:
    released = threading.Event()
    reached = watch.hold("/groups/delta", released)
    new_managed_app(world, "Corp")
    connector = world.create(tenant)
    try:
        assert connector["status"]["status"] == "SYNC_STATUS_UNSPECIFIED"
        assert reached.wait(120)
        world.wait_for(connector, "SYNC_STATUS_RUNNING")
    finally:
        released.set()
    world.wait_for(connector, "SYNC_STATUS_DONE")
    app = AppView(world.client, world.app_id)
    assert differences_of(app, tenant.directory) == ""
    counts = applied(world, connector)
    accounts = counts["resources"]["user"] + counts["resources"]["managed_identity"]
    assert accounts == len(app.accounts())
    assert counts["resources"]["group"] == len(app.resources("Group"))
    assert counts["grants"]["group"] > counts["grants"]["license"] > 0

    one = f"{world.connectors}/{connector['id']}"
    config = world.client.get(f"{one}/config").json()
    assert config["secretsSet"] == ["entra-client-secret"]
    assert config["values"]["entra-client-id"] == tenant.client_id
    listed = world.client.get(world.connectors).text
    seen = world.client.get(one).text + listed + str(config) + str(connector)
    assert tenant.client_secret not in seen + world.everything_stored() + world.logs


def applied(world: World, connector: dict[str, Any]) -> dict[str, Any]:
    """How much of each type the connector's log says that its sync brought."""
    log = Rest(world.client).pages(f"/apps/{world.app_id}/connectors/{connector['id']}/log")
    (line,) = (line for line in log if line["message"] == "Sync applied.")
    counts: dict[str, Any] = line["details"]
    return counts


def test_4_a_secret_id_in_place_of_its_value_is_named_and_nothing_is_connected(
    world: World, tenant: SimulatedTenant
) -> None:
    new_managed_app(world, "Pasted")
    pasted = tenant.registration.secrets[0].id
    refused = world.try_create(secret_settings(tenant, entra_client_secret=pasted))
    assert refused.status_code == 400
    assert [each["cause"] for each in findings(refused, "error")] == ["secret_id_given"]
    assert "Value" in refused.json()["message"]
    assert world.client.get(world.connectors).json()["list"] == []
    assert pasted not in world.everything_stored() + world.logs


def test_5_what_is_missing_without_consent_is_listed_with_what_needs_it_and_what_works(
    world: World, tenant: SimulatedTenant
) -> None:
    new_managed_app(world, "Unconsented")
    granted = set(tenant.registration.roles)
    try:
        tenant.registration.roles.clear()
        nothing = world.try_create(secret_settings(tenant))
        tenant.registration.roles.update({"User.Read.All", "GroupMember.Read.All"})
        partly = world.try_create(secret_settings(tenant))
    finally:
        tenant.registration.roles.update(granted)
    (consent,) = findings(nothing, "error")
    assert consent["cause"] == "consent_missing"
    assert "Grant admin consent" in nothing.json()["message"]
    needed = needed_by(consent)
    assert needed["User.Read.All"] == {"Accounts"}
    assert "Groups" in needed["GroupMember.Read.All"]
    refused = findings(partly, "error")
    assert {each["cause"] for each in refused} == {"permission_missing"}
    missing = {name: found for each in refused for name, found in needed_by(each).items()}
    assert missing == {
        "Application.Read.All": {"Enterprise applications", "Service principal credentials"},
        "RoleManagement.Read.Directory": {"Directory roles"},
        "LicenseAssignment.Read.All": {"Licenses"},
    }
    assert missing.keys() == needed.keys() - {"User.Read.All", "GroupMember.Read.All"}
    assert {each["feature"] for each in findings(partly, "ok")} == {"Accounts", "Groups"}
    assert world.client.get(world.connectors).json()["list"] == []


def test_6_a_login_before_consent_connects_nothing_and_the_one_after_it_shows_who_authorised(
    tmp_path: Path, empty_database: str
) -> None:
    """What else may go wrong on the way is in tests/server/connectors/hosted/test_oauth.py."""
    with (
        SimulatedTenant(story()) as tenant,
        offering(tmp_path, empty_database, tenant, ("all",)) as world,
        person_of(tenant) as person,
    ):
        connector, one = unconfigured(world)
        first = world.client.get(person.goes_through(started(world, one)), headers=JSON).json()
        assert first["phase"] == "consent_needed"
        assert world.look(connector)["status"]["status"] == "SYNC_STATUS_UNSPECIFIED"
        assert world.client.get(f"{one}/oauth").json()["authorizedAt"] is None
        back = world.client.get(person.goes_through(first["consentUrl"]), headers=JSON).json()
        assert back["phase"] == "consented"
        second = world.client.get(person.goes_through(started(world, one)))
        assert second.status_code == 200
        world.wait_for(connector, "SYNC_STATUS_DONE")
        authorized = world.client.get(f"{one}/oauth").json()
        assert authorized["login"].endswith("@corp.example")
        assert differences_of(AppView(world.client, world.app_id), tenant.directory) == ""


def findings(reply: httpx2.Response, severity: str) -> list[dict[str, Any]]:
    assert reply.status_code == 400, reply.text
    found: list[dict[str, Any]] = reply.json()["details"][0]["findings"]
    return [each for each in found if each["severity"] == severity]


def test_9_a_connector_of_ones_own_starts_with_what_rotate_shows_once_and_fills_its_app(
    world: World, tenant: SimulatedTenant, tmp_path: Path
) -> None:
    new_managed_app(world, "Self-hosted")
    made = world.client.post(world.connectors, json={"catalogId": SELF_HOSTED})
    connector = shown(made)
    asked = {"appId": world.app_id, "connectorId": connector["id"]}
    rotated = world.client.post("/api/v1/apps/connectors/credentials", json=asked)
    credential = rotated.json()["credential"]
    again = world.client.get(f"{world.connectors}/{connector['id']}/credentials/{credential['id']}")
    assert again.json()["credential"]["clientId"] == credential["clientId"]
    secret = credential["clientSecret"]
    assert secret
    assert again.json()["credential"]["clientSecret"] == ""
    assert secret not in world.everything_stored() + world.logs

    authority = tmp_path / "ca.pem"
    trusted = (world.folder / "tls" / "ca.pem", tenant.ca_file)
    authority.write_bytes(b"".join(file.read_bytes() for file in trusted))
    here = tenant.environment | {
        "BATON_CLIENT_ID": credential["clientId"],
        "BATON_CLIENT_SECRET": secret,
        "SSL_CERT_FILE": str(authority),
    }
    with replica(manifest_environment("baton-microsoft-entra-0", here, tmp_path)) as process:
        world.wait_for(connector, "SYNC_STATUS_DONE")
        assert process.ready()
        assert process.stop() == 0, process.log
    app = AppView(world.client, world.app_id)
    assert len(app.accounts()) > 30
    assert len(app.entitlements()) > 30
    assert differences_of(app, tenant.directory, Shown(skip_unassigned_apps=True)) == ""
    used = world.client.get(f"{world.connectors}/{connector['id']}/credentials/{credential['id']}")
    assert used.json()["credential"]["lastUsedAt"]


def new_managed_app(world: World, name: str) -> None:
    made = world.client.post("/api/v1/apps", json={"displayName": name}).json()["app"]
    assert made["isManaged"]
    world.app_id = made["id"]


def needed_by(finding: dict[str, Any]) -> dict[str, set[str]]:
    """Which features need each permission that is missing."""
    needed: dict[str, set[str]] = {}
    for each in finding["missing"]:
        needed.setdefault(each["permission"], set()).add(each["feature"])
    return needed
