from datetime import UTC, datetime, timedelta, timezone

from ostiary.tenant.clock import START, Clock, RealClock, graph_time


def test_a_clock_stands_still_until_advanced() -> None:
    clock = Clock()
    assert clock.now() == clock.now() == START == datetime(2026, 11, 1, 9, tzinfo=UTC)
    clock.advance(0.5)
    assert clock.now() - START == timedelta(seconds=0.5)


def test_the_real_clock_can_be_put_ahead() -> None:
    clock = RealClock()
    before = clock.now()
    clock.advance(86_400)
    assert clock.now() - before > timedelta(hours=23)
    assert clock.now().tzinfo is UTC


def test_times_are_written_in_utc_to_the_second() -> None:
    eastern = datetime(2026, 11, 1, 4, 0, 0, 999, tzinfo=timezone(timedelta(hours=-5)))
    assert graph_time(eastern) == "2026-11-01T09:00:00Z"
