"""The charts of a history show its versions, what was known, and which rules hold."""

from datetime import datetime

import altair as alt
import pandas as pd
from cartwheel.history import charts as history
from cartwheel.history import resolve


def finding(chart: alt.Chart) -> str:
    return str(chart.to_dict()["title"]["text"])


def test_the_lanes_hold_a_segment_per_value_and_the_moment() -> None:
    """Equal values in a row are one segment, a gap parts them; no history is told."""
    versions = pd.DataFrame(
        {
            "effective_from": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-05"]),
            "effective_to": pd.to_datetime(["2026-01-02", "2026-01-04", None]),
            "product_name": ["Lamp", "Lamp", "Lamp"],
            "price": [9.5, 8.0, 8.0],
            "stock_band": ["low", None, "low"],
            "category": ["lamps", "lamps", "lamps"],
        }
    )
    product = resolve("PRODUCT")
    chart = history.lanes(product, "P1", versions, datetime(2026, 1, 2))
    drawn = [d for data in chart.to_dict()["datasets"].values() for d in data if "lane" in d]
    assert [(d["lane"], d["value"], d["from"][8:10], d["to"][8:10]) for d in drawn] == [
        ("product name", "Lamp", "01", "04"),
        ("product name", "Lamp", "05", "05"),
        ("price", "9.5", "01", "02"),
        ("price", "8", "02", "04"),
        ("price", "8", "05", "05"),
        ("stock band", "low", "01", "02"),
        ("stock band", "null", "02", "04"),
        ("stock band", "low", "05", "05"),
        ("category", "lamps", "01", "04"),
        ("category", "lamps", "05", "05"),
    ]
    assert finding(chart).startswith("P1 has 3 versions; last")
    none = history.lanes(product, "P1", versions.head(0), datetime(2026, 1, 2))
    assert "no history" in finding(none)


def test_a_column_that_changes_at_every_reading_has_no_lane_and_is_named() -> None:
    """Numbers that never stay are left out, and the subtitle says which."""
    count = history.MAX_SEGMENTS + 1
    versions = pd.DataFrame(
        {
            "effective_from": pd.date_range("2026-01-01", periods=count, freq="min"),
            "effective_to": [
                *pd.date_range("2026-01-01 00:01", periods=count - 1, freq="min"),
                None,
            ],
            "product_name": "Lamp",
            "price": [float(n) for n in range(count)],
            "stock_band": "low",
            "category": "lamps",
        }
    )
    chart = history.lanes(resolve("PRODUCT"), "P1", versions, datetime(2026, 1, 2))
    assert "(price)" in chart.to_dict()["title"]["subtitle"]
    versions = versions.assign(
        product_name=versions["price"], stock_band=versions["price"], category=versions["price"]
    )
    chart = history.lanes(resolve("PRODUCT"), "P1", versions, datetime(2026, 1, 2))
    assert finding(chart) == "P1 has no column that keeps a value for a while"


def test_the_rules_are_green_where_they_hold_and_red_where_not() -> None:
    """A broken rule shows its count and a key; a rule that a history lacks is a dash."""
    checked = pd.DataFrame(
        {
            "history": ["A", "A", "B"],
            "rule": ["one", "two", "one"],
            "count_violations": [0, 3, 0],
            "example": [None, "T<1>", None],
        }
    )
    shown = history.rules(checked).data
    assert "1 of 3 rules broken" in shown
    assert shown.count("cw-good") == 2
    assert "✗ 3, such as T&lt;1&gt;" in shown and shown.count("cw-bad") == 1
    assert "All 2 rules hold" in history.rules(checked.iloc[[0, 2]]).data


def test_what_held_and_what_was_known_stand_beside_each_other() -> None:
    """Each column of both, marked where they differ; a version that was not is told."""
    held = pd.DataFrame({"truck_id": ["T1"], "is_current": [True], "in_service": [True]})
    known = held.assign(in_service=False)
    shown = history.beside(held, known, "T1", datetime(2026, 1, 1), datetime(2026, 1, 2)).data
    assert shown.count("✗ differs") == 1 and shown.count("✓") == 1
    assert "is_current" not in shown
    none = history.beside(held, held.head(0), "T1", datetime(2026, 1, 1), datetime(2026, 1, 2)).data
    assert none.count(">no version<") == 2


def test_lateness_says_what_share_came_late() -> None:
    """The finding names the share and the latest; nothing at all is told."""
    counts = pd.DataFrame(
        {"late_by": ["in order", "late"], "count_rows": [75, 25], "max_seconds": [0.0, 7200.0]}
    )
    assert (
        finding(history.lateness(counts, "A"))
        == "A: 25 of 100 rows arrived late, the latest by 2 h"
    )
    assert "nothing has arrived" in finding(history.lateness(counts.assign(count_rows=0), "A"))
