"""What a sync costs the tenant's quota; counts only, so that it holds on any machine."""

from pathlib import Path

from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant

from .running import sync


def test_a_sync_costs_pages_and_not_groups(tmp_path: Path) -> None:
    directory = generate(users=10_000, groups=2_000, memberships=88_000)
    with SimulatedTenant(directory) as tenant:
        assert sync(tenant, tmp_path / "sync.c1z").code == 0
        assert tenant.ledger.http_requests <= 350
        assert tenant.ledger.resource_units <= 370

        tenant.ledger.reset()
        assert sync(tenant, tmp_path / "sync.c1z").code == 0
        assert tenant.ledger.http_requests <= 10
        assert tenant.ledger.resource_units <= 20


def test_twice_the_groups_cost_no_more_than_twice_the_pages(tmp_path: Path) -> None:
    requests = []
    for groups in (100, 200):
        directory = generate(
            users=200, groups=groups, memberships=40 * groups, service_principals=10
        )
        with SimulatedTenant(directory) as tenant:
            assert sync(tenant, tmp_path / f"{groups}.c1z").code == 0
            requests.append(tenant.ledger.operations["GET /groups/delta"].requests)
            assert tenant.ledger.http_requests < groups
    few, many = requests
    assert many <= 2 * few + 1
