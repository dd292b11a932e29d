"""A tenant that gives less than a sync would take: it waits as told, and ends in the truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ostiary.tenant.directory import Directory
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import differences, expected
from .patience import hurried
from .running import read, sync


def many_applications() -> Directory:
    """350 of them are asked one by one for their assignments, in batches."""
    return generate(users=49, groups=10, memberships=60, service_principals=1750, seed=3)


def much_of_everything() -> Directory:
    return generate(users=600, groups=100, memberships=4000, service_principals=130, seed=5)


@pytest.mark.parametrize(
    ("directory", "quota"), [(many_applications, 0.1), (much_of_everything, 0.002)]
)
def test_a_throttled_sync_completes_and_never_asks_too_early(
    directory: Callable[[], Directory], quota: float, tmp_path: Path
) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(directory(), quota=quota) as tenant:
        outcome = sync(tenant, file, definition=hurried(tenant))
        assert outcome.code == 0, outcome.stderr
        assert differences(read(file), expected(tenant.directory)) == ""
        assert tenant.ledger.throttled > 0
        assert tenant.ledger.violations == []
        assert outcome.summary["waits"] > 0
        assert outcome.summary["waited_seconds"] > 0


def test_sign_ins_beyond_their_own_quota_hold_up_nothing_else(tmp_path: Path) -> None:
    """Graph allows ten such requests a minute."""
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        for _ in range(12):
            outcome = sync(tenant, file, "--sign-in-activity", definition=hurried(tenant))
            assert outcome.code == 0, outcome.stderr
        assert differences(read(file), expected(tenant.directory)) == ""
        assert tenant.ledger.throttled > 0
        assert tenant.ledger.violations == []
