"""Connecting a tenant with a client secret: the connector runs as a child of the server."""

from __future__ import annotations

from pathlib import Path

from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.world import hosting


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
        assert world.client.post(f"{one}/pause").status_code == 200
        world.wait_for_line(connector, "process is stopped")
        assert world.children(connector) == []
        secret = tenant.client_secret
        assert secret not in world.everything_stored()
        assert secret not in world.logs
        assert secret not in world.client.get(one).text
