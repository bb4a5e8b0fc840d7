"""An interval, its parts, and how a page's parameters name them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cartwheel.display import Display
from cartwheel.errors import UsageError
from cartwheel.timeframe import Interval, lasting, parse_moment

DAY = Interval(datetime(2026, 1, 1), datetime(2026, 1, 2))


def test_an_interval_holds_its_first_and_its_last_event() -> None:
    """It ends just after the last event, since its end is not part of it."""
    found = Interval.holding(DAY.since, DAY.since)
    assert found.since == DAY.since and found.until > DAY.since
    assert found.length == timedelta(seconds=1)


def test_the_interval_before_ends_where_this_one_begins() -> None:
    """It is as long, and has a name by its length."""
    assert DAY.before == Interval(datetime(2025, 12, 31), DAY.since)
    names = [
        Interval(DAY.since, DAY.since + length).name_before
        for length in (
            timedelta(minutes=5), timedelta(hours=1), timedelta(hours=24), timedelta(days=7),
        )
    ]  # fmt: skip
    assert names == [
        "the time before", "the hour before", "the 24 hours before", "the 7 days before",
    ]  # fmt: skip


def test_the_last_of_an_interval_never_begins_before_it() -> None:
    """The last hour of a day is an hour, the last week of it the day."""
    assert DAY.last(timedelta(hours=1)) == Interval(datetime(2026, 1, 1, 23), DAY.until)
    assert DAY.last(timedelta(days=7)) == DAY
    assert DAY.middle == datetime(2026, 1, 1, 12)


@pytest.mark.parametrize(
    ("since", "until", "part"),
    [
        ("", "", DAY),
        ("2026-01-01 06:00", "", Interval(datetime(2026, 1, 1, 6), DAY.until)),
        ("-6h", "", Interval(datetime(2026, 1, 1, 18), DAY.until)),
        ("-2d", "-12h", Interval(datetime(2025, 12, 31), datetime(2026, 1, 1, 12))),
        (
            "2025-12-01",
            "2026-01-01T12:00:00+01:00",
            Interval(datetime(2025, 12, 1), datetime(2026, 1, 1, 11)),
        ),
    ],
)
def test_a_part_is_named_by_times_or_by_how_long_before_the_end(
    since: str, until: str, part: Interval
) -> None:
    """A time without an offset is on the zone's clock, here UTC; empty is the end itself."""
    assert DAY.part(since, until) == part


def test_a_time_is_read_on_the_environments_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """06:00 in Chicago is noon in UTC in winter, and 11:00 in summer."""
    shown = Display(ZoneInfo("America/Chicago"))
    monkeypatch.setattr("cartwheel.display._shown", shown)
    assert parse_moment("since", "2026-01-01 06:00", DAY) == datetime(2026, 1, 1, 12)
    assert parse_moment("since", "2026-07-01 06:00", DAY) == datetime(2026, 7, 1, 11)


@pytest.mark.parametrize("text", ["yesterday", "-7", "7d", "2026-13-01", "-1w", "25:00"])
def test_a_word_that_is_no_time_is_refused_with_what_is_allowed(text: str) -> None:
    """The parameter is named, and how a time is written."""
    with pytest.raises(UsageError, match=r"since: .* is not understood; allowed are a date"):
        DAY.part(text, "")


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-01-03", ""), ("", "2025-12-31"), ("2026-01-01 08:00", "2026-01-01 08:00")],
)
def test_a_part_without_time_is_refused_with_that_of_the_data(since: str, until: str) -> None:
    """Beyond the data, before them, or from later to earlier."""
    with pytest.raises(UsageError, match="the data are from 2026-01-01 00:00 until 2026-01-02"):
        DAY.part(since, until)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"), (0.0213, "0.021 s"), (9.94, "9.9 s"), (90, "90 s"), (600, "10 min"),
        (7200, "2 h"), (100_000, "28 h"), (172_800, "2 days"), (8_640_000, "100 days"),
    ],
)  # fmt: skip
def test_a_length_of_time_is_told_in_the_unit_that_suits_it(seconds: float, said: str) -> None:
    """Two digits are enough for what is short."""
    assert lasting(seconds) == said
