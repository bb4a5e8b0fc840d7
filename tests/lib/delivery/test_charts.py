"""The chart of the delivery says what landed and what did not."""

import altair as alt
import pandas as pd
from cartwheel.delivery import charts


def finding(chart: alt.Chart) -> str:
    return str(chart.to_dict()["title"]["text"])


def test_a_stream_that_brought_nothing_is_said() -> None:
    """Without an event the chart of what landed says so."""
    landed = pd.DataFrame({"stream": [], "count_events": []})
    assert "Nothing has arrived" in finding(charts.landed(landed, {}))


def test_what_landed_and_what_did_not_are_counted() -> None:
    """Events of all streams, and the records in quarantine, one or several."""
    landed = pd.DataFrame({"stream": ["A", "B"], "count_events": [3, 1]})
    found = finding(charts.landed(landed, {"A": 1, "B": 0}))
    assert found == "4 events landed, 1 record is in quarantine"
    assert finding(charts.landed(landed, {"A": 2})).endswith("2 records are in quarantine")
