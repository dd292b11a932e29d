from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ostiary.server.connectors.rules import (
    NO_FAILURES,
    ROTATION_GRACE,
    Health,
    Status,
    credential_works,
    status_of,
    superseded_until,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("health", "paused", "syncing", "status"),
    [
        (Health.UNKNOWN, False, False, Status.NOT_CONNECTED),
        (Health.UNKNOWN, False, True, Status.SYNCING),
        (Health.GOOD, False, False, Status.CONNECTED),
        (Health.GOOD, False, True, Status.SYNCING),
        (Health.FAILING, False, False, Status.ERROR),
        (Health.FAILING, False, True, Status.SYNCING),
        (Health.UNKNOWN, True, False, Status.PAUSED),
        (Health.GOOD, True, True, Status.PAUSED),
        (Health.FAILING, True, False, Status.PAUSED),
    ],
)
def test_status_follows_from_pause_sync_and_health(
    health: Health, paused: bool, syncing: bool, status: Status
) -> None:
    assert status_of(health, paused=paused, syncing=syncing) is status


def test_owners_are_told_at_the_third_failure_and_not_again() -> None:
    failures, told = NO_FAILURES, []
    for _ in range(5):
        failures, tell = failures.after_failure(NOW)
        told.append(tell)
    assert told == [False, False, True, False, False]
    assert failures.count == 5


def test_a_replaced_secret_lives_for_its_grace_but_never_beyond_its_expiry() -> None:
    assert superseded_until(NOW, None) == NOW + ROTATION_GRACE
    soon = NOW + timedelta(minutes=1)
    assert superseded_until(NOW, soon) == soon


def test_a_credential_works_until_it_ends_or_is_revoked() -> None:
    assert credential_works(NOW, revoked_at=None, ends=None)
    assert credential_works(NOW, revoked_at=None, ends=NOW + timedelta(seconds=1))
    assert not credential_works(NOW, revoked_at=None, ends=NOW)
    assert not credential_works(NOW, revoked_at=NOW, ends=None)
