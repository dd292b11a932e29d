"""Connecting a tenant with a client secret: the connector runs as a child of the server."""

from __future__ import annotations

from pathlib import Path

import httpx2

from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.world import hosting, secret_settings


def test_a_saved_connector_is_hosted_syncs_and_survives_its_process(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with hosting(folder, empty_database, tenant) as world:
        connector = world.create(tenant)
        assert connector["status"]["status"] == "SYNC_STATUS_UNSPECIFIED"
        world.wait_for(connector, "SYNC_STATUS_DONE")
        app = world.client.get(f"/api/v1/apps/{world.app_id}").json()["app"]
        assert int(app["userCount"]) > 10

        world.kill(connector)
        world.wait_for_line(connector, "was ended by signal 9")
        world.wait_for_line(connector, "the server knows this connector", times=2)
        one = f"{world.connectors}/{connector['id']}"
        changed = world.client.post(f"{one}/config", json={"values": {"skip-ad-groups": "true"}})
        assert changed.json()["secretsSet"] == ["entra-client-secret"], changed.text
        world.wait_for_line(connector, "the server knows this connector", times=3)
        assert world.client.post(f"{one}/pause").status_code == 200
        world.wait_for_line(connector, "process is stopped", times=2)
        assert world.children(connector) == []
        secret = tenant.client_secret
        assert secret not in world.everything_stored()
        assert secret not in world.logs
        assert secret not in world.client.get(one).text


def test_mistakes_are_refused_with_their_cause_and_nothing_is_stored(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with hosting(folder, empty_database, tenant, roles=("web",)) as world:
        secret = tenant.registration.secrets[0]
        mistakes = {
            "secret_unknown": {"entra_client_secret": "canary~of~a~wrong~secret~0123456"},
            "secret_id_given": {"entra_client_secret": secret.id},
            "tenant_unknown": {"entra_tenant_id": "00000000-0000-4000-8000-000000000000"},
        }
        for cause, changed in mistakes.items():
            assert causes(world.try_create(secret_settings(tenant, **changed))) == [cause]
        granted = set(tenant.registration.roles)
        tenant.registration.roles.clear()
        unconsented = world.try_create(secret_settings(tenant))
        tenant.registration.roles.update({"User.Read.All", "GroupMember.Read.All"})
        partly = world.try_create(secret_settings(tenant))
        tenant.registration.roles.update(granted)
        assert causes(unconsented) == ["consent_missing"]
        assert "Grant admin consent" in unconsented.json()["message"]
        assert set(causes(partly)) == {"permission_missing"}
        assert works(partly) == {"Accounts", "Groups"}
        assert world.client.get(world.connectors).json()["list"] == []
        assert "canary~of" not in world.everything_stored() + world.logs


def causes(reply: httpx2.Response) -> list[str]:
    assert reply.status_code == 400, reply.text
    return [each["cause"] for each in _findings(reply) if each["severity"] == "error"]


def works(reply: httpx2.Response) -> set[str]:
    return {each["feature"] for each in _findings(reply) if each["severity"] == "ok"}


def _findings(reply: httpx2.Response) -> list[dict[str, str]]:
    findings: list[dict[str, str]] = reply.json()["details"][0]["findings"]
    return findings
