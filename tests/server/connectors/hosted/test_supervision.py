"""Children of workers: one each, gone with their worker, and told of when they do not stay up."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack
from pathlib import Path

from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.world import hosting, shown, started
from tests.server.connectors.programs import fake_program


def test_another_worker_takes_over_from_one_that_was_killed(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    roles = ("web", "worker")
    with hosting(folder, empty_database, tenant, roles=roles) as world, ExitStack() as stack:
        connector = world.create(tenant)
        world.wait_for(connector, "SYNC_STATUS_DONE")
        second = stack.enter_context(started(folder, world.environment, "worker"))
        [child] = world.children(connector)
        first = world.servers[1]
        first.signal(signal.SIGKILL)
        first.end()
        world.wait_for_line(connector, "the server knows this connector", times=2)
        [successor] = world.children(connector)
        assert successor != child
        assert second.stop() == 0, second.log
        assert world.children(connector) == []


def test_a_program_that_does_not_stay_up_is_an_error_with_its_last_words(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    programs = json.dumps({"fake": str(fake_program(folder))})
    with hosting(folder, empty_database, tenant, OSTIARY_CONNECTOR_PROGRAMS=programs) as world:
        values = {
            "fake-tenant-id": "contoso",
            "fake-client-id": "reader",
            "fake-client-secret": "canary-of-a-secret",
            "fake-region": "us",
        }
        config = {"configuration": {name: {"stringValue": v} for name, v in values.items()}}
        body = {"catalogId": "fake", "config": config}
        connector = shown(world.client.post(f"{world.connectors}/create", json=body))
        failed = world.wait_for(connector, "SYNC_STATUS_ERROR")
        assert "cannot run in us with ***" in failed["status"]["lastError"]
        assert "canary-of-a-secret" not in world.everything_stored() + world.logs
