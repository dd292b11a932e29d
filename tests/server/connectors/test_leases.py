from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ostiary.baton.pb.connectorapi_v1 import Task
from ostiary.server.connectors import leases
from ostiary.server.connectors.leases import TERMS, Lease, Standing, TaskState

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
QUEUED = Lease("sync_full", TaskState.QUEUED)
LEASED = leases.claim(QUEUED, "host-a", NOW)


def test_every_kind_with_terms_is_a_kind_of_the_protocol() -> None:
    known = {field.name for field in Task.DESCRIPTOR.oneofs_by_name["task_type"].fields}
    assert TERMS.keys() <= known


def test_every_attempt_ends_by_itself() -> None:
    for kind, terms in TERMS.items():
        assert timedelta() < terms.silence <= terms.limit, kind
        assert terms.attempts >= 1, kind


@pytest.mark.parametrize(
    "kind", ["create_account", "create_resource", "rotate_credentials", "issue_credential"]
)
def test_what_must_not_happen_twice_is_handed_out_once(kind: str) -> None:
    lease = leases.claim(Lease(kind, TaskState.QUEUED), "host-a", NOW)
    assert not leases.may_retry(lease)


def test_a_sync_is_lost_after_three_silent_minutes_and_not_before() -> None:
    assert not leases.lost(LEASED, NOW + timedelta(minutes=3, seconds=-1))
    assert leases.lost(LEASED, NOW + timedelta(minutes=3))
    assert not leases.lost(QUEUED, NOW + timedelta(days=9))


def test_heartbeats_never_carry_an_attempt_past_its_limit() -> None:
    late = NOW + timedelta(hours=24, seconds=-30)
    assert leases.extended(LEASED, NOW + timedelta(minutes=2)) == NOW + timedelta(minutes=5)
    assert leases.extended(LEASED, late) == NOW + timedelta(hours=24)
    assert not leases.must_stop(LEASED, "host-a", late)
    assert leases.must_stop(LEASED, "host-a", NOW + timedelta(hours=24))


@pytest.mark.parametrize(
    ("state", "host", "standing", "stop"),
    [
        (TaskState.LEASED, "host-a", Standing.HOLDER, False),
        (TaskState.QUEUED, "host-a", Standing.FORMER, False),
        (TaskState.LEASED, "host-b", Standing.STRANGER, True),
        (TaskState.QUEUED, None, Standing.STRANGER, True),
        (TaskState.FINISHED, "host-a", Standing.OVER, True),
        (TaskState.CANCELLED, "host-a", Standing.OVER, True),
    ],
)
def test_a_slow_holder_keeps_its_task_until_somebody_else_takes_it(
    state: TaskState, host: str | None, standing: Standing, stop: bool
) -> None:
    lease = Lease("sync_full", state, host, attempts=1)
    assert leases.standing(lease, "host-a") is standing
    assert leases.must_stop(lease, "host-a", NOW) is stop


def test_a_cancelled_task_stops_its_holder_and_is_not_retried() -> None:
    lease = Lease("sync_full", TaskState.LEASED, "host-a", attempts=1, cancel_requested=True)
    assert leases.must_stop(lease, "host-a", NOW)
    assert not leases.may_retry(lease)


def test_pauses_between_attempts_double_up_to_ten_minutes() -> None:
    pauses = [leases.retry_after(attempt).total_seconds() for attempt in range(1, 9)]
    assert pauses == [15, 30, 60, 120, 240, 480, 600, 600]
