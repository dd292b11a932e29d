from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ostiary.server.connectors.schedule import Cron, Interval, ScheduleError, check

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)


def test_an_interval_of_less_than_thirty_minutes_is_refused() -> None:
    Interval(timedelta(minutes=30))
    with pytest.raises(ScheduleError, match="30 minutes"):
        Interval(timedelta(minutes=29, seconds=59))


def test_cron_follows_the_wall_clock_of_its_zone_over_a_change_of_time() -> None:
    nightly = Cron("15 4 * * *", "Europe/Berlin")
    first = nightly.next_after(datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
    second = nightly.next_after(first)
    assert first == datetime(2026, 3, 28, 3, 15, tzinfo=UTC)
    assert second == datetime(2026, 3, 29, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "spec", ["", "* * * *", "61 * * * *", "@daily", "0 0 31 2 1 7 9", "a b c d e"]
)
def test_what_is_no_cron_expression_is_refused(spec: str) -> None:
    with pytest.raises(ScheduleError, match="cron"):
        Cron(spec)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "\x00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ScheduleError, match="zone"):
        Cron("0 3 * * *", zone)


@pytest.mark.parametrize("spec", ["*/29 * * * *", "* * * * *", "0,10 3 * * *", "*/15 9 * * 1"])
def test_a_cron_expression_that_comes_round_too_often_is_refused(spec: str) -> None:
    with pytest.raises(ScheduleError, match="30 minutes"):
        check(Cron(spec), NOW)


@pytest.mark.parametrize("spec", ["*/30 * * * *", "0 * * * *", "0 3 1 1 *", "0 0 29 2 *"])
def test_a_cron_expression_of_thirty_minutes_or_more_is_fine(spec: str) -> None:
    check(Cron(spec), NOW)


def test_a_date_that_never_comes_is_refused() -> None:
    with pytest.raises(ScheduleError, match="never"):
        check(Cron("0 0 31 2 *"), NOW)
