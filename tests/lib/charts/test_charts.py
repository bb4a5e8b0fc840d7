"""Charts: readable in light and dark, safe in a page, honest when there is nothing to show."""

import itertools
import json
import math
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
import numpy as np
import pandas as pd
import pytest
from cartwheel.charts import data, ground, maps, renderer, theme
from cartwheel.charts.tables import frame_as_html, table
from cartwheel.charts.tiles import Change, Tile, tiles
from cartwheel.display import Display, current, use
from cartwheel.errors import UsageError
from cartwheel.finding import Finding
from cartwheel.warehouse import provenance


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
    for below in ("card", "page"):
        found = contrast(theme.COLOURS[name][mode], theme.COLOURS[below][mode])
        assert found >= 4.5, (name, below, found)


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


@pytest.fixture(autouse=True)
def kit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Altair as a notebook has it, and as it was before at the end."""
    before, theme_before = alt.data_transformers.active, alt.theme.active
    shown = current()
    alt.data_transformers.register("cartwheel", data.transform)
    alt.data_transformers.enable("cartwheel")
    alt.theme.enable(theme.NAME)
    yield
    use(shown)
    alt.data_transformers.enable(before)
    alt.theme.enable(theme_before)


def rendered(chart: alt.Chart) -> str:
    return renderer.render(chart.to_dict())["text/html"]


def titled(chart: alt.Chart, finding: str, detail: str) -> alt.Chart:
    return theme.titled(chart, Finding(finding, chart.data), detail)


def test_a_chart_is_an_image_with_its_finding_that_a_script_may_bring_to_life() -> None:
    """Without scripts there is a picture with a text; the script holds the whole chart."""
    text = rendered(titled(alt.Chart(pd.DataFrame({"a": [1]})).mark_bar(), "Found it", "x"))
    assert 'alt="Found it"' in text and "data:image/png;base64," in text
    assert "<h3>Found it</h3><p>x</p>" in text
    assert "http" not in re.sub(r'"\$schema": "[^"]*"', "", text)


def test_no_text_in_the_data_can_end_the_script_or_the_caption() -> None:
    """Data are data: a closing tag in them stays text."""
    evil = "</script><script>alert(1)</script>\"'<b>"
    frame = pd.DataFrame({"name": [evil], "n": [1]})
    provenance.record(frame, f"select {evil}")
    chart = alt.Chart(frame).mark_bar().encode(x="n:Q", y="name:N")
    text = rendered(titled(chart, evil, evil))
    assert text.count("</script>") == 2  # the chart's, and that of its rows
    assert "alert(1)</script>" not in text and "<b>" not in text


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\uffff", "🚚 \u202e", "x" * 5000])
def test_a_name_with_any_character_is_drawn(text: str) -> None:
    """No text from a stream can end the kernel that draws it."""
    frame = pd.DataFrame({"name": [text], "n": [1]})
    chart = alt.Chart(frame).mark_bar().encode(x="n:Q", y="name:N")
    assert "image/png" in rendered(titled(chart, text, text))


def test_the_assets_fetch_nothing() -> None:
    """Libraries, script and style are in the page; no address of another host is loaded."""
    text = renderer.assets()
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
    assert "No rows" in table(frame.head(0), "T").data


CHICAGO = Display(ZoneInfo("America/Chicago"), "us", "USD")


def behind(text: str) -> dict[str, Any]:
    """Return what a page lets one take along."""
    found = re.search(r'class="cw-rows">(.*?)</script>', text)
    assert found
    return dict(json.loads(found[1]))


def test_a_chart_of_ones_own_shows_the_zones_clock_and_says_so() -> None:
    """A UTC time is shown in the zone; a day stays a day; what is taken along stays UTC."""
    use(CHICAGO)
    frame = pd.DataFrame(
        {
            "at": pd.to_datetime(["2026-07-01 04:30:00", "2026-01-01 04:30:00"]),
            "day": pd.to_datetime(["2026-07-01", "2026-01-01"]).astype("datetime64[s]"),
            "n": [1, 2],
        }
    )
    provenance.record(frame, "select 1")
    chart = alt.Chart(frame).mark_bar().encode(x="at:T", y="n:Q", color="day:T")
    spec = chart.to_dict()
    (rows,) = spec["datasets"].values()
    assert [row["at"] for row in rows] == ["2026-06-30T23:30:00", "2025-12-31T22:30:00"]
    assert [row["day"] for row in rows] == ["2026-07-01T00:00:00", "2026-01-01T00:00:00"]
    text = rendered(chart)
    assert "at (Chicago time)" in text and "day (Chicago time)" not in text
    taken = behind(text)
    assert taken["rows"][0] == ["2026-07-01T04:30:00Z", "2026-07-01", 1]
    assert "<pre>select 1</pre>" in text


def test_days_are_days_and_times_are_times_whatever_pandas_made_of_them() -> None:
    """Nothing but midnights are days; hours of days, or with an offset, are instants."""
    use(CHICAGO)
    days = pd.Series(pd.to_datetime(["2026-01-05", "2026-01-06", None])).astype("datetime64[s]")
    frame = pd.DataFrame(
        {
            "day": days,
            "week": days.dt.to_period("W").dt.start_time,
            "hour": days + pd.DateOffset(hours=5),
            "aware": days.dt.tz_localize("UTC"),
        }
    )
    assert data.times(frame) == [False, False, True, True]
    text = frame_as_html(frame)
    for shown in (">2026-01-05<", ">2026-01-04 23:00:00<", ">2026-01-04 18:00:00<"):
        assert shown in text
    assert behind(text)["rows"][0] == [
        "2026-01-05", "2026-01-05", "2026-01-05T05:00:00Z", "2026-01-05T00:00:00+00:00",
    ]  # fmt: skip


ODD = {
    "numbers without an index": pd.DataFrame({"n": [1.5, 2.5]}).describe(),
    "missing values of every kind": pd.DataFrame({"n": [1, None]}).convert_dtypes(),
    "infinity": pd.DataFrame({"n": [float("inf"), 1.0]}),
    "columns of one name": pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "an index of a column's name": pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="a")),
    "lists": pd.DataFrame({"a": [[1, 2], np.array([1, 2])]}),
    "no column": pd.DataFrame(index=[1, 2]),
    "rows that were left": pd.DataFrame({"n": [1, 2, 0.00123456]}).iloc[2:],
}


@pytest.mark.parametrize("kind", ODD)
def test_any_frame_is_a_table(kind: str) -> None:
    """It is shown, and what is behind it is read by a browser."""
    text = frame_as_html(ODD[kind])
    assert "cw-figure" in text and "Infinity" not in text.replace("Infinity</td>", "")
    if kind == "numbers without an index":
        assert ">mean<" in text and ">std<" in text
    if kind == "rows that were left":
        assert ">0.001235<" in text and ">2<" not in text


def test_a_long_integer_is_not_rounded() -> None:
    """A browser would round it, so that it goes along as text."""
    text = frame_as_html(pd.DataFrame({"n": [1152921504606846977, 7]}))
    assert behind(text)["rows"] == [["1152921504606846977"], [7]]


@pytest.mark.parametrize(
    "column",
    [
        [Decimal("1.5"), None],
        [date(2026, 1, 1), None],
        pd.period_range("2026-01", periods=2, freq="M"),
    ],
)
def test_a_chart_draws_what_pandas_holds(column: Any) -> None:
    """Decimals, dates and periods are numbers and times."""
    chart = alt.Chart(pd.DataFrame({"x": column, "y": [1, 2]})).mark_point()
    assert "image/png" in rendered(chart.encode(x="x", y="y:Q"))


def test_a_repeated_chart_is_drawn() -> None:
    """Its field is no name."""
    chart = alt.Chart(pd.DataFrame({"a": [1], "b": [2]})).mark_bar()
    repeated = chart.encode(x=alt.X(alt.repeat("column"), type="quantitative"))
    assert "image/png" in rendered(repeated.repeat(column=["a", "b"]))


def test_a_chart_fetches_nothing() -> None:
    """Data or an image from elsewhere are refused by their address; a text that is one is data."""
    for url in ("data.csv", "//example.org/a.csv"):
        with pytest.raises(UsageError, match="would fetch"):
            rendered(alt.Chart(url).mark_bar().encode(x="a:Q"))
    chart = alt.Chart("https://example.org/a.csv").mark_bar().encode(x="a:Q")
    with pytest.raises(UsageError, match=r"would fetch https://example\.org/a\.csv"):
        rendered(chart)
    frame = pd.DataFrame({"url": ["https://example.org"], "n": [1]})
    assert "figure" in rendered(alt.Chart(frame).mark_bar().encode(x="n:Q", y="url:N"))


def test_too_many_rows_are_refused_with_what_to_do() -> None:
    """A page would not open with them."""
    with pytest.raises(UsageError, match="20,001 rows.*aggregate in SQL"):
        data.transform(pd.DataFrame({"n": range(20_001)}))


def test_a_frame_of_ones_own_looks_like_the_kits_table() -> None:
    """Times on the zone's clock, a named index as a column, columns of two levels as one."""
    use(CHICAGO)
    frame = pd.DataFrame(
        {"at": pd.to_datetime(["2026-07-01 04:30:00", None]), "n": [1234567.25, None]}
    )
    frame.index = pd.Index(["a", "b"], name="key")
    text = frame_as_html(frame)
    assert ">at (Chicago time)<" in text and ">2026-06-30 23:30:00<" in text
    assert ">1,234,567.25<" in text and text.count(">–<") == 2 and ">key<" in text
    pivoted = pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))
    assert ">a / b<" in frame_as_html(pivoted)


def test_a_long_table_says_where_it_ends() -> None:
    """Of 6,000 rows a page shows 1,000, hands out 5,000, and says both."""
    text = table(pd.DataFrame({"n": range(6_000)}), "T").data
    assert "T (the first 1,000 of 6,000)" in text and text.count("<tr>") == 1_001
    assert "the CSV holds the first 5,000 of 6,000 rows" in text
    assert len(behind(text)["rows"]) == 5_000


@pytest.mark.parametrize(
    ("change", "text", "kind"),
    [
        (Change(100, 112, "the day before", "more"), "▲ 12.0% against the day before", "cw-good"),
        (Change(100, 88, "the day before", "more"), "▼ 12.0% against the day before", "cw-bad"),
        (Change(100, 88, "the day before", "less"), "▼ 12.0% against the day before", "cw-good"),
        (Change(100, 112, "the day before"), "▲ 12.0% against the day before", ""),
        (Change(100, 100, "the day before", "more"), "as in the day before", ""),
        (Change(0, 5, "the day before", "more"), "none in the day before", ""),
        (Change(-10, -5, "the day before", "more"), "▲ 50.0% against the day before", "cw-good"),
        (Change(float("nan"), 5, "the day before", "more"), "not known in the day before", ""),
    ],
)
def test_a_tile_says_how_its_number_changed(change: Change, text: str, kind: str) -> None:
    """Direction, share, and whether that is better; from nothing there is no share."""
    assert (change.text, change.kind) == (text, kind)
    assert text in tiles(Tile("T", "1", change=change)).data


def places(*pairs: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["latitude", "longitude"])


EVERYWHERE = {
    "Chicago": places((41.0, -95.0), (42.0, -94.0)),
    "Berlin": places((52.5, 13.4), (48.1, 11.6)),
    "Nairobi": places((-1.29, 36.82), (-4.04, 39.67)),
    "Sydney": places((-33.87, 151.21)),
    "São Paulo": places((-23.55, -46.63), (-22.91, -43.17)),
    "Tokyo": places((35.68, 139.69), (34.69, 135.5)),
    "Fiji": places((-17.8, 179.999), (-16.5, -179.999)),
    "Svalbard": places((78.2, 15.6)),
    "the world": places((51.5, 0.0), (-33.9, 18.4), (35.7, 139.7), (40.7, -74.0), (-36.8, 174.8)),
}


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_map_of_anywhere_holds_its_places(where: str) -> None:
    """Land is below, the places are inside, and it is drawn; also across 180 degrees."""
    frame = EVERYWHERE[where]
    shown = maps.view(frame)
    east = np.radians((frame["longitude"] - shown.longitude + 180) % 360 - 180).abs()
    assert (east <= shown.width / 2).all()
    north = maps._mercator(frame["latitude"]) - maps._mercator(shown.latitude)
    assert (north.abs() <= shown.height / 2).all()
    if where == "Fiji":
        assert abs(shown.longitude) > 179.9 and math.degrees(shown.width) < 0.1
    layer = alt.Chart(frame).mark_circle().encode(latitude="latitude:Q", longitude="longitude:Q")
    found = Finding("A map", frame)
    chart = theme.titled(maps.layered(shown, layer, places=frame), found, "x")
    assert "image/png" in rendered(chart)
    name = "countries-110m" if shown.box.is_whole else "countries-50m"
    assert ground.features(name, shown.box)
    assert maps.scale_length(shown) > 0


def test_the_view_holds_the_track_too() -> None:
    """A truck's last position lies in one town, its track leads to another."""
    shown = maps.view(places((41.9, -87.6)), places((32.8, -96.8), (41.9, -87.6)))
    assert math.degrees(shown.width) > 9.2 and 36 < shown.latitude < 39


def test_one_place_alone_has_a_view_too() -> None:
    """A single position is no division by zero."""
    shown = maps.view(places((41.0, -95.0)))
    assert shown.width > 0 and shown.height > 0


def test_land_is_cut_at_the_box_and_keeps_its_area() -> None:
    """A square of ten degrees cut at its middle is half of it, and nothing leaves the box."""
    square = np.array([[0.0, 0], [0, 10], [10, 10], [10, 0], [0, 0]])
    box = ground.Box(0.0, 5.0, -5.0, 20.0)
    cut = ground._inside(square, box, 0.0)
    assert cut[:, 0].min() == 0 and cut[:, 0].max() == 5
    x, y = cut[:, 0], cut[:, 1]
    assert abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2 == pytest.approx(50)
    assert np.abs(np.diff(cut, axis=0)).max() <= ground.LONGEST_EDGE
    assert len(ground._inside(square, ground.Box(90.0, 5.0, -5.0, 20.0), 0.0)) == 0


def test_trucks_that_lie_on_each_other_are_set_apart() -> None:
    """Three at one place stand in a ring around it; one alone stays where it is."""
    frame = places((41.0, -95.0), (41.0, -95.0), (41.0, -95.0), (42.0, -94.0))
    shown = maps.view(frame)
    moved = maps.spread(frame, shown)
    assert moved["is_spread"].tolist() == [True, True, True, False]
    assert len(moved[["latitude", "longitude"]].round(4).drop_duplicates()) == 4
    assert moved.iloc[3][["latitude", "longitude"]].tolist() == pytest.approx([42.0, -94.0])
    assert moved.iloc[:3]["longitude"].mean() == pytest.approx(-95.0, abs=0.01)


def test_the_largest_towns_of_a_view_are_named_and_their_names_do_not_meet() -> None:
    """Around Munich its name is there; no two names are closer than a line and their width."""
    shown = maps.view(places((47.3, 10.2), (49.0, 12.9)))
    found = maps.towns(shown)
    assert "Munich" in found["name"].tolist() and 2 <= len(found) <= maps.TOWNS
    assert maps.towns(maps.view(places((-48.0, -120.0)))).empty  # the middle of an ocean


def test_the_scale_is_a_round_length_in_the_environments_unit() -> None:
    """A fifth of some 100 km is 20 km, and 10 miles where miles are used."""
    shown = maps.view(places((0.0, 0.0), (0.0, 0.72)))
    assert maps.scale_length(shown) == 20
    use(CHICAGO)
    assert maps.scale_length(shown) == 10
