"""Charts: readable in light and dark, safe in a page, honest when there is nothing to show."""

import itertools
import json
import re

import altair as alt
import pandas as pd
import pytest
from cartwheel.charts import maps, renderer, theme
from cartwheel.charts.tiles import Tile, table, tiles


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
