"""Charts: readable in light and dark, safe in a page, honest when there is nothing to show."""

import itertools
import json
import re
from datetime import datetime

import altair as alt
import pandas as pd
import pytest
from cartwheel.charts import maps, renderer, theme
from cartwheel.charts.tiles import Tile, table, tiles
from cartwheel.delivery import charts as streams
from cartwheel.history import charts as history
from cartwheel.history import resolve


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize(
    "name", ["ink", "soft", "blue", "orange", "green", "purple", "sand", "grey"]
)
def test_text_in_every_colour_is_readable(mode: int, name: str) -> None:
    """Each colour that text may have stands out 4.5:1 from card and page, light and dark."""
    for ground in ("card", "page"):
        found = contrast(theme.COLOURS[name][mode], theme.COLOURS[ground][mode])
        assert found >= 4.5, (name, ground, found)


def seen(colour: str, matrix: list[list[float]]) -> list[float]:
    """Return a colour as an eye with a deficiency sees it (Machado et al. 2009, severity 1)."""
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in rgb]
    return [sum(m * c for m, c in zip(row, linear, strict=True)) for row in matrix]


DEFICIENCIES = {
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0519]],
    "deutan": [[0.3673, 0.8606, -0.2279], [0.2801, 0.6726, 0.0473], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("mode", [0, 1])
def test_the_colours_of_a_comparison_differ_for_every_eye(deficiency: str, mode: int) -> None:
    """Blue, orange and purple, which charts set against each other, stay apart."""
    chosen = [theme.COLOURS[name][mode] for name in ("blue", "orange", "purple")]
    for one, other in itertools.combinations(chosen, 2):
        a, b = (seen(colour, DEFICIENCIES[deficiency]) for colour in (one, other))
        assert sum((x - y) ** 2 for x, y in zip(a, b, strict=True)) ** 0.5 > 0.1, (one, other)


def test_every_colour_has_one_twin() -> None:
    """Light colours are replaced by their dark twins in a text, so none may be part of another."""
    light = [pair[0] for pair in theme.COLOURS.values()]
    assert len(set(light)) == len(light)
    dark = {pair[1] for pair in theme.COLOURS.values()}
    assert not dark & set(light)


def rendered(chart: alt.Chart) -> str:
    alt.theme.enable(theme.NAME)
    return renderer.render(chart.to_dict())["text/html"]


def test_a_chart_is_an_image_with_its_finding_that_a_script_may_bring_to_life() -> None:
    """Without scripts there is a picture with a text; the script holds the whole chart."""
    text = rendered(theme.titled(alt.Chart(pd.DataFrame({"a": [1]})).mark_bar(), "Found it", "x"))
    assert 'alt="Found it"' in text and "data:image/png;base64," in text
    assert "http" not in re.sub(r'"\$schema": "[^"]*"', "", text)


def test_no_text_in_the_data_can_end_the_script_or_the_caption() -> None:
    """Data are data: a closing tag in them stays text."""
    evil = "</script><script>alert(1)</script>\"'<b>"
    frame = pd.DataFrame({"name": [evil], "n": [1]})
    chart = alt.Chart(frame).mark_bar().encode(x="n:Q", y="name:N")
    text = rendered(theme.titled(chart, evil, evil, columns=500))
    assert text.count("</script>") == 1
    assert "alert(1)</script>" not in text and "<b>" not in text


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\uffff", "🚚 \u202e", "x" * 5000])
def test_a_name_with_any_character_is_drawn(text: str) -> None:
    """No text from a stream can end the kernel that draws it."""
    frame = pd.DataFrame({"name": [text], "n": [1]})
    chart = alt.Chart(frame).mark_bar().encode(x="n:Q", y="name:N")
    assert "image/png" in rendered(theme.titled(chart, text, text))


def test_the_assets_fetch_nothing() -> None:
    """Libraries, script and style are in the page; no address of another host is loaded."""
    text = renderer._assets()
    assert "cartwheelChart" in text
    assert not re.findall(r"""(?:@import|<link|<script[^>]+src=|url\(["']?https?:)""", text)


def test_tiles_and_tables_escape_what_they_show() -> None:
    """Names from a stream may hold any text."""
    evil = "<img src=x onerror=alert(1)>"
    shown = (
        tiles(Tile(evil, evil, evil, [1, 2])).data + table(pd.DataFrame({evil: [evil]}), evil).data
    )
    assert "<img" not in shown and "&lt;img" in shown


def test_a_table_formats_numbers_times_and_gaps() -> None:
    """Numbers have separators, a gap is a dash, truth is a word, and empty says so."""
    frame = pd.DataFrame({"n": [12345, 2], "x": [1.5, None], "b": [True, False], "t": ["a", None]})
    text = table(frame, "T", {"x": ".2f"}).data
    assert "12,345" in text and "1.50" in text and "–" in text and ">yes<" in text
    assert "nothing" in table(frame.head(0), "T").data


def finding(chart: alt.Chart) -> str:
    return " ".join(chart.to_dict()["title"]["text"])


def test_a_stream_that_brought_nothing_is_said() -> None:
    """Without an event the chart of what landed says so."""
    landed = pd.DataFrame({"stream": [], "count_events": []})
    assert "Nothing has arrived" in finding(streams.landed(landed, {}))


@pytest.mark.parametrize(
    ("places", "feature"),
    [([(41.0, -95.0), (42.0, -94.0)], "states"), ([(52.5, 13.4), (48.1, 11.6)], "countries")],
)
def test_the_map_shows_all_places_on_the_right_base(
    places: list[tuple[float, float]], feature: str
) -> None:
    """States in the USA, countries elsewhere; every place lies in the view."""
    frame = pd.DataFrame(places, columns=["latitude", "longitude"])
    layer = alt.Chart(frame).mark_circle().encode(latitude="latitude:Q", longitude="longitude:Q")
    spec = json.dumps(maps.layered(frame, layer).to_dict())
    assert f'"feature": "{feature}"' in spec
    shown = maps.view(frame)
    assert shown.width > 0 and shown.height > 0
    assert frame["latitude"].min() <= shown.latitude <= frame["latitude"].max()


def test_one_place_alone_has_a_view_too() -> None:
    """A single position is no division by zero."""
    shown = maps.view(pd.DataFrame({"latitude": [41.0], "longitude": [-95.0]}))
    assert shown.width > 0 and shown.height > 0


def test_the_lanes_hold_a_segment_per_value_and_the_moment() -> None:
    """Equal values in a row are one segment, a gap parts them; no history is told."""
    versions = pd.DataFrame(
        {
            "effective_from": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-05"]),
            "effective_to": pd.to_datetime(["2026-01-02", "2026-01-04", None]),
            "product_name": ["Lamp", "Lamp", "Lamp"],
            "price": [9.5, 8.0, 8.0],
            "stock_band": ["low", None, "low"],
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
        }
    )
    chart = history.lanes(resolve("PRODUCT"), "P1", versions, datetime(2026, 1, 2))
    assert "(price)" in " ".join(chart.to_dict()["title"]["subtitle"])
    versions = versions.assign(product_name=versions["price"], stock_band=versions["price"])
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
    assert none.count("no version") == 2


def test_lateness_says_what_share_came_late() -> None:
    """The finding names the share and the latest; nothing at all is told."""
    counts = pd.DataFrame(
        {"late_by": ["in order", "late"], "count_rows": [75, 25], "max_seconds": [0.0, 7200.0]}
    )
    assert (
        finding(history.lateness(counts, "A"))
        == "A: 25.0% of 100 rows arrived late, the latest by 2.0 h"
    )
    assert "nothing has arrived" in finding(history.lateness(counts.assign(count_rows=0), "A"))
