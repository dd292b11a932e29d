from __future__ import annotations

import copy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ostiary.server.ingest.actions import Sync, SyncOutcome, apply_sync
from ostiary.server.ingest.rules import HoldLimits
from ostiary.server.kernel import audit_log
from ostiary.server.kernel.clock import FixedClock
from ostiary.server.kernel.work import Kernel
from tests.server.ingest.states import expected, state
from tests.server.ingest.tenants import CONNECTOR, Held, Key, Tenant, connect
from tests.server.postgres import reset

NO_HOLD = HoldLimits(share=2)
USERS = [("user", name) for name in ("ann", "bob", "cy", "dee")]
GROUPS = [("group", name) for name in ("red", "blue")]
ENTITLEMENTS = {f"group:{name}:{slug}": ("group", name) for _, name in GROUPS for slug in "mo"}

TOLD = sa.text(
    "SELECT after->>'sync' FROM audit_entries"
    " WHERE action LIKE 'ingest.sync.%' AND object_id = :connector ORDER BY sequence"
)

texts = st.sampled_from(["one", "two", "ünï\tcode\\", "back\nslash\\N"])
helds = st.one_of(
    st.just(Held()),
    st.builds(Held, metadata=texts),
    st.dictionaries(
        st.sampled_from(sorted(ENTITLEMENTS)), st.booleans(), min_size=1, max_size=2
    ).map(lambda sources: Held(sources=sources)),
    st.just(Held(through=("group:red:m",))),
)


@st.composite
def tenants(draw: st.DrawFn) -> Tenant:
    """Any picture: things are there or not, under one name or another, here or moved."""
    there: set[Key] = draw(st.sets(st.sampled_from([*USERS, *GROUPS]), min_size=1))
    tenant = Tenant({key: draw(texts) for key in sorted(there)})
    for key in sorted(there):
        if draw(st.booleans()):
            tenant.parents[key] = draw(st.sampled_from(sorted(there)))
    for name in sorted(ENTITLEMENTS):
        owners: list[Key] = [key for key in GROUPS if key in there]
        exists = draw(st.booleans())
        if owners and exists:
            tenant.entitlements[name] = (draw(st.sampled_from(owners)), draw(texts))
    for name in sorted(tenant.entitlements):
        for key in sorted(draw(st.sets(st.sampled_from(sorted(there)), max_size=4))):
            tenant.grants[name, key] = draw(helds)
    return tenant


def check_the_audit_chain(kernel: Kernel, records: list[str]) -> None:
    """It verifies, and tells of every sync once and in order."""
    with kernel.read() as connection:
        assert audit_log.verify(connection).problems == ()
        told = connection.scalars(TOLD, {"connector": CONNECTOR}).all()
    assert told == records


def fingerprint(kernel: Kernel) -> list[object]:
    """Every row of every table that keeps state over time."""
    tables = (
        "resource_types resource_type_versions resources resource_versions resource_usage "
        "entitlements entitlement_versions grants"
    )
    with kernel.read() as connection:
        return [
            connection.scalar(sa.text(f"SELECT array_agg(x::text ORDER BY x::text) FROM {table} x"))
            for table in tables.split()
        ]


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=st.lists(tenants(), min_size=1, max_size=5))
def test_every_past_instant_keeps_the_state_that_was_synced_then(
    kernel: Kernel, clock: FixedClock, tmp_path: Path, story: list[Tenant]
) -> None:
    reset(kernel.database)
    connect(kernel)
    past: list[tuple[datetime, Tenant]] = []
    applied: list[SyncOutcome] = []
    for number, tenant in enumerate(story):
        at = clock.advance(timedelta(hours=1))
        file = tenant.write(tmp_path / f"{number}.c1z")
        outcome = apply_sync(kernel, CONNECTOR, file, limits=NO_HOLD)
        assert outcome.state == "applied", outcome.reason
        past.append((at, copy.deepcopy(tenant)))
        before = fingerprint(kernel)

        clock.advance(timedelta(hours=1))
        assert apply_sync(kernel, CONNECTOR, file, limits=NO_HOLD).replayed
        assert fingerprint(kernel) == before, "the same sync again changed something"

        again = tenant.write(tmp_path / f"{number}-again.c1z")
        same = apply_sync(kernel, CONNECTOR, again, limits=NO_HOLD)
        assert (same.state, same.replayed) == ("applied", False)
        assert not any(delta for types in same.record.deltas.values() for delta in types.values())
        assert fingerprint(kernel) == before, "a sync of the same content wrote something"
        assert same.record.counts == replace(outcome.record, deltas={}).counts
        applied += [outcome, same]

    before_it = Tenant()
    for at, tenant in past:
        assert state(kernel, at - timedelta(microseconds=1)) == expected(before_it)
        assert state(kernel, at) == expected(tenant)
        before_it = tenant
    assert state(kernel, clock.now()) == expected(before_it)
    check_the_audit_chain(kernel, [outcome.record.public_id for outcome in applied])


def test_an_explicit_instant_is_kept(kernel: Kernel, clock: FixedClock, tmp_path: Path) -> None:
    connect(kernel)
    tenant = Tenant()
    tenant.group("red", tenant.user("ann"))
    at = clock.now() - timedelta(minutes=5)
    file = tenant.write(tmp_path / "a.c1z")
    assert apply_sync(kernel, CONNECTOR, file, Sync(at=at)).record.at == at
    assert state(kernel, at) == expected(tenant)
