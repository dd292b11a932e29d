"""However the tenant changes, incremental syncs end in the file that one full sync writes."""

import tempfile
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostiary.tenant.drift import drift
from ostiary.tenant.generate import generate
from ostiary.tenant.server import SimulatedTenant
from ostiary.tenant.stories import story

from .expected import differences, expected
from .running import contents, read, sync

rounds_of_change = st.lists(
    st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 25)), min_size=1, max_size=4
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(rounds_of_change)
def test_incremental_syncs_end_where_a_full_sync_does(rounds: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, SimulatedTenant(story("small")) as tenant:
        file, fresh = Path(folder, "kept.c1z"), Path(folder, "fresh.c1z")
        assert sync(tenant, file).code == 0
        for seed, steps in rounds:
            told = tenant.change(partial(drift, seed=seed, steps=steps))
            outcome = sync(tenant, file)
            assert outcome.code == 0, (told, outcome.stderr)
            assert differences(read(file), expected(tenant.directory)) == "", told
        assert sync(tenant, fresh).code == 0
        assert contents(file) == contents(fresh)


def test_a_repeat_without_changes_writes_the_same_content(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        assert sync(tenant, file).code == 0
        first = contents(file)
        repeat = sync(tenant, file)
        assert repeat.code == 0
        assert contents(file) == first
        assert repeat.summary["requests"] <= 10


def test_a_large_tenant_stays_true_through_changes(tmp_path: Path) -> None:
    directory = generate(users=10_000, groups=2_000, memberships=88_000, seed=7)
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(directory) as tenant:
        assert sync(tenant, file).code == 0
        assert differences(read(file), expected(directory)) == ""
        tenant.change(lambda d: drift(d, 11, 200))
        assert sync(tenant, file).code == 0
        assert differences(read(file), expected(directory)) == ""


def test_losing_the_state_costs_a_full_sync_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "sync.c1z"
    with SimulatedTenant(story("small")) as tenant:
        state = tmp_path / "state"
        first = sync(tenant, file, "--state-dir", str(state))
        before = contents(file)
        again = sync(tenant, file, "--state-dir", str(tmp_path / "elsewhere"))
        assert again.code == 0
        assert again.summary["requests"] >= first.summary["requests"]
        assert contents(file) == before
