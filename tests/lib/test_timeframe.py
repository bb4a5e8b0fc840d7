"""An interval, its parts and its moments."""

from datetime import datetime, timedelta

from cartwheel.timeframe import Interval

DAY = Interval(datetime(2026, 1, 1), datetime(2026, 1, 2))


def test_an_interval_holds_its_first_and_its_last_event() -> None:
    """It ends just after the last event, since its end is not part of it."""
    found = Interval.holding(DAY.since, DAY.since)
    assert found.since == DAY.since and found.until > DAY.since
    assert found.length == timedelta(seconds=1)


def test_a_moment_stands_at_a_share_of_the_interval() -> None:
    """0 is the beginning, 1 the end, a half noon."""
    assert [DAY.at(s) for s in (0, 0.5, 1)] == [DAY.since, datetime(2026, 1, 1, 12), DAY.until]


def test_a_part_lies_inside_and_is_never_empty() -> None:
    """From and to in percent; equal ends still give a second, also at the very end."""
    assert DAY.part((25, 50)) == Interval(datetime(2026, 1, 1, 6), datetime(2026, 1, 1, 12))
    assert DAY.part((0, 100)) == DAY
    for percent in ((0, 0), (50, 50), (100, 100)):
        part = DAY.part(percent)
        assert part.length == timedelta(seconds=1)
        assert DAY.since <= part.since and part.until <= DAY.until
