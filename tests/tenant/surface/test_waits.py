"""Who broke a wait, and who merely crossed the 429 on its way."""

from datetime import UTC, datetime, timedelta

import pytest

from ostiary.tenant.surface.limits.buckets import GRACE, Bucket, Wait

NOW = datetime(2026, 11, 1, tzinfo=UTC)
SOON = NOW + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("told", "connection", "monotonic", "broken"),
    [
        (None, 1, 9.0, False),
        (5.0, 1, 5.0, True),
        (5.0, 2, 5.0 + GRACE / 2, False),
        (5.0, 2, 5.0 + GRACE * 2, True),
    ],
)
def test_wait_is_broken_by_who_must_have_known(
    told: float | None, connection: int, monotonic: float, broken: bool
) -> None:
    wait = Wait(SOON, connection=1, told=told)
    assert wait.broken_by(NOW, connection, monotonic) is broken


def test_nobody_breaks_a_wait_that_is_over() -> None:
    assert not Wait(SOON, connection=1, told=5.0).broken_by(SOON, 1, 9.0)


def test_telling_the_rest_of_a_wait_again_is_the_same_wait() -> None:
    bucket = Bucket(10, 10, NOW)
    first = bucket.hold(2.0, NOW, connection=1)
    later = NOW + timedelta(seconds=1.5)
    assert bucket.hold(bucket.shortage(1, later), later, connection=2) is first


def test_more_than_the_capacity_is_given_to_a_full_bucket() -> None:
    bucket = Bucket(2, 10, NOW)
    assert bucket.shortage(5, NOW) == 0
    bucket.take(5)
    assert bucket.shortage(1, NOW) == 5
