"""What keeps a hosted connector from harming the others: memory, silence, shares, lost claims."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives import serialization

from ostiary.server.connectors.hosting.rules import share_of
from ostiary.server.connectors.programs.asking import ask
from ostiary.server.connectors.store.hosting import NAMESPACE, PRESENCE
from ostiary.server.kernel.settings import Settings
from ostiary.tenant.server import SimulatedTenant
from tests.server.connectors.hosted.certificates import certificate_and_key
from tests.server.connectors.hosted.world import World, hosting, shown, started
from tests.server.connectors.programs import fake_program

FAKE = {
    "fake-tenant-id": "contoso",
    "fake-client-id": "reader",
    "fake-client-secret": "canary-of-a-secret",
}

END_OF_THE_CLAIMS = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND objsubid = 2
"""


def created(world: World, **more: str) -> dict[str, Any]:
    named = {name: {"stringValue": value} for name, value in (FAKE | more).items()}
    body = {"catalogId": "fake", "config": {"configuration": named}}
    return shown(world.client.post(f"{world.connectors}/create", json=body))


def script(folder: Path, text: str) -> str:
    path = folder / "program"
    path.write_text(f"#!{sys.executable}\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(("megabytes", "ends"), [(16, 0), (512, 1)])
def test_a_program_gets_the_memory_it_may_have_and_no_more(
    tmp_path: Path, megabytes: int, ends: int
) -> None:
    settings = Settings(connector_memory_mb=128)
    program = script(tmp_path, f"bytearray({megabytes} * 1024 * 1024)")
    answer = ask(settings, program, [])
    assert answer.code == ends
    assert ("MemoryError" in answer.err) is bool(ends)


def test_a_child_that_asks_for_no_work_is_ended_and_started_again(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    programs = {"fake": str(fake_program(folder))}
    with hosting(
        folder,
        empty_database,
        tenant,
        OSTIARY_CONNECTOR_PROGRAMS=json.dumps(programs),
        OSTIARY_CONNECTOR_SILENCE_SECONDS="1",
    ) as world:
        connector = created(world, **{"fake-region": "eu"})
        world.wait_for_line(connector, "has asked for no work since")
        world.wait_for_line(connector, "process starts", times=2)


def test_a_worker_that_loses_its_claims_begins_anew_with_no_child_left_over(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    with hosting(folder, empty_database, tenant) as world:
        connector = world.create(tenant)
        world.wait_for(connector, "SYNC_STATUS_DONE")
        [child] = world.children(connector)
        with psycopg.connect(empty_database, autocommit=True) as connection:
            ended = connection.execute(END_OF_THE_CLAIMS, [NAMESPACE, PRESENCE]).fetchall()
        assert ended == [(True,)]
        world.wait_for_line(connector, "the server knows this connector", times=2)
        [successor] = world.children(connector)
        assert successor != child


def test_two_workers_share_what_there_is_and_one_takes_all_when_the_other_ends(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    programs = json.dumps({"fake": str(fake_program(folder))})
    roles = ("web", "worker")
    with (
        hosting(
            folder, empty_database, tenant, roles=roles, OSTIARY_CONNECTOR_PROGRAMS=programs
        ) as world,
        ExitStack() as stack,
    ):
        connectors = [created(world) for _ in range(2)]
        for connector in connectors:
            world.wait_for_line(connector, "the server knows this connector")
            world.wait_for_line(connector, "Sync applied.")
        second = stack.enter_context(started(folder, world.environment, "worker"))
        moved = world.wait_until(
            lambda: {"moved": [each for each in connectors if _starts(world, each) == 2]},
            lambda seen: bool(seen["moved"]),
        )["moved"]
        world.wait_for_line(moved[0], "the server knows this connector", times=2)
        assert len(moved) == 1
        assert second.stop() == 0, second.log
        world.wait_for_line(moved[0], "the server knows this connector", times=3)
        [kept] = [each for each in connectors if each != moved[0]]
        assert _starts(world, kept) == 1


def test_a_tenant_is_connected_with_a_certificate(
    folder: Path, empty_database: str, tenant: SimulatedTenant
) -> None:
    certificate, key = certificate_and_key()
    tenant.registration.certificates.append(certificate)
    values = {
        "C1_selected_field_group_name": "entra_group_certificate",
        "entra_tenant_id": tenant.tenant_id,
        "entra_client_id": tenant.client_id,
        "entra_certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "entra_certificate_key": key,
        "entra_graph_domain": tenant.graph_domain,
        "entra_login_domain": tenant.login_domain,
    }
    with hosting(folder, empty_database, tenant) as world:
        connector = shown(world.try_create(values))
        world.wait_for(connector, "SYNC_STATUS_DONE")
        secret = key.splitlines()[1]
        assert secret not in world.everything_stored() + world.logs
        reply = world.client.get(f"{world.connectors}/{connector['id']}/config")
        assert reply.json()["secretsSet"] == ["entra-certificate", "entra-certificate-key"]
        assert secret not in reply.text


@pytest.mark.parametrize(
    ("connectors", "workers", "most", "share"),
    [(0, 1, 9, 0), (5, 1, 9, 5), (5, 2, 9, 3), (5, 2, 2, 2), (4, 4, 9, 1), (1, 3, 9, 1)],
)
def test_shares_cover_everything_unless_a_worker_may_not_have_so_many(
    connectors: int, workers: int, most: int, share: int
) -> None:
    assert share_of(connectors, workers, most) == share
    assert share * workers >= min(connectors, most * workers)


def _starts(world: World, connector: dict[str, Any]) -> int:
    return sum("process starts" in line for line in world.log_of(connector))
