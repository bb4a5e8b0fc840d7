"""The controls of the notebooks."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cartwheel.display import Display
from cartwheel.errors import UsageError
from cartwheel.reports.controls import moment, time_range
from cartwheel.timeframe import Interval

WEEKS = Interval(datetime(2026, 1, 1), datetime(2026, 1, 21))


@pytest.fixture(autouse=True)
def chicago(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Display(ZoneInfo("America/Chicago"))
    monkeypatch.setattr("cartwheel.display._shown", shown)


def parts(control: Any) -> tuple[Any, Any, Any, Any]:
    preset, first, last, zone = control.children
    return preset, first, last, zone


def test_the_presets_of_a_time_range_end_with_the_data() -> None:
    """The last day, the last week, all; the fields follow, on the zone's clock."""
    control = time_range(WEEKS)
    preset, first, last, zone = parts(control)
    assert control.value == WEEKS and preset.value == "All" and zone.value == "Chicago time"
    assert first.value == datetime(2025, 12, 31, 18) and last.value == datetime(2026, 1, 20, 18)
    preset.value = "24 h"
    assert control.value == WEEKS.last(timedelta(hours=24))
    assert first.value == datetime(2026, 1, 19, 18)
    preset.value = "7 days"
    assert control.value == WEEKS.last(timedelta(days=7))
    preset.value = "All"
    assert control.value == WEEKS


def test_a_preset_asks_once() -> None:
    """Both fields change, by the minute, and the charts are drawn once."""
    weeks = Interval(WEEKS.since, datetime(2026, 1, 20, 12, 34, 56))
    control = time_range(weeks)
    seen: list[Interval] = []
    control.observe(lambda change: seen.append(change["new"]), names="value")
    parts(control)[0].value = "24 h"
    assert seen == [weeks.last(timedelta(hours=24))]


def test_a_date_and_time_are_of_the_zone() -> None:
    """06:00 in Chicago is 12:00 in UTC; from later to earlier is not taken over."""
    control = time_range(WEEKS)
    preset, first, last, _ = parts(control)
    first.value = datetime(2026, 1, 5, 6)
    assert control.value == Interval(datetime(2026, 1, 5, 12), WEEKS.until)
    assert preset.value == "Own"
    before = control.value
    last.value = datetime(2026, 1, 4)
    assert control.value == before


def test_a_time_range_begins_as_the_parameters_say() -> None:
    """Of a report's -1d the fields show the last day."""
    control = time_range(WEEKS, "-1d")
    assert control.value == WEEKS.last(timedelta(days=1))
    assert parts(control)[0].value == "Own"


def test_a_moment_is_chosen_by_date_and_time() -> None:
    """Without a word the middle; a word by its name is refused if it is no time."""
    control = moment("Known at", WEEKS)
    assert control.value == datetime(2026, 1, 11)
    picker, _ = control.children
    picker.value = datetime(2026, 1, 5, 6)
    assert control.value == datetime(2026, 1, 5, 12)
    assert moment("As of", WEEKS, "-1d").value == datetime(2026, 1, 20)
    with pytest.raises(UsageError, match="Known at: 'noon' is not understood"):
        moment("Known at", WEEKS, "noon")
