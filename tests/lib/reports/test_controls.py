"""The controls of the notebooks."""

from datetime import datetime

import pytest
from cartwheel.errors import UsageError
from cartwheel.reports.controls import moment
from cartwheel.timeframe import Interval


def test_a_slider_stands_at_a_share_of_its_time() -> None:
    """It covers the whole time, and a share outside of it is refused by the slider's name."""
    times = Interval(datetime(2026, 1, 1), datetime(2026, 1, 3))
    slider = moment("Known at", times, 0.5)
    assert slider.value == datetime(2026, 1, 2)
    assert slider.options[0][1] == times.since and slider.options[-1][1] == times.until
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(UsageError, match=r"Known at: .* is no share of a time"):
            moment("Known at", times, share)
