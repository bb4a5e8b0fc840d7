"""
Colours and the Vega-Lite theme.

Every colour has a twin for the dark mode, which the page's script puts in its place;
all are told apart with the common colour-vision deficiencies, and text in them has a
contrast of at least 4.5:1 on its background.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from cartwheel.charts.data import taken
from cartwheel.display import current
from cartwheel.finding import Finding

# Name -> (light, dark).
COLOURS = {
    "ink": ("#1f2937", "#e8edf4"),
    "soft": ("#566070", "#a7b1c0"),
    "line": ("#e3e7ed", "#2b3647"),
    "card": ("#fefefe", "#172130"),
    "page": ("#f5f7fa", "#0f1722"),
    "blue": ("#0067a5", "#62b6ea"),
    "orange": ("#b04a00", "#ffa061"),
    "green": ("#00704f", "#3ddc9c"),
    "purple": ("#9a3f78", "#e8a0cb"),
    "sand": ("#7a5c00", "#e8c547"),
    "grey": ("#5d6775", "#a9b3c1"),
    "land": ("#e9eef3", "#1f2c3d"),
    "border": ("#b9c5d1", "#3c4d63"),
}
INK, SOFT, LINE, CARD = (COLOURS[name][0] for name in ("ink", "soft", "line", "card"))
BLUE, ORANGE, GREEN, PURPLE, SAND, GREY = (
    COLOURS[name][0] for name in ("blue", "orange", "green", "purple", "sand", "grey")
)
LAND, BORDER = (COLOURS[name][0] for name in ("land", "border"))
CATEGORIES = [BLUE, ORANGE, GREEN, PURPLE, SAND, GREY]
DARK = dict(COLOURS.values())
FONT = "Inter, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif"
NAME = "cartwheel"
MOST_HOVERED = 300  # points of a line that answer to the pointer
LETTER = 7  # pixels: the width of a label's letter
USUAL_WIDTH = 720  # pixels of a chart on a page, and of its image


_IS_MIDNIGHT = "hours(datum.value) == 0 && minutes(datum.value) == 0"
_IS_NEW_YEAR = f"{_IS_MIDNIGHT} && month(datum.value) == 0 && date(datum.value) == 1"
# The hour by 24, the day at midnight, the year at its beginning, seconds between minutes.
_TIME_LABEL = (
    f"timeFormat(datum.value, {_IS_NEW_YEAR} ? '%Y' : {_IS_MIDNIGHT} ? '%-d %b' : "
    "seconds(datum.value) ? '%H:%M:%S' : '%H:%M')"
)


@alt.theme.register(NAME, enable=False)
def theme() -> alt.theme.ThemeConfig:
    """Return the theme: quiet axes, titles at the left, direct labels in place of legends."""
    text = {"labelColor": SOFT, "titleColor": SOFT}
    config: dict[str, Any] = {
        "background": None,
        "font": FONT,
        "view": {"stroke": None, "continuousWidth": 560, "continuousHeight": 260},
        "mark": {"tooltip": {"content": "encoding"}},
        "title": {
            "anchor": "start", "frame": "bounds", "fontSize": 15, "fontWeight": 600, "color": INK,
            "subtitleColor": SOFT, "subtitleFontSize": 12, "offset": 14,
        },
        "axis": {
            **text, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
            "gridColor": LINE, "domain": False, "ticks": False, "labelPadding": 6,
            "titlePadding": 8,
        },
        "axisX": {"grid": False, "labelFlush": True},
        "axisXTemporal": {"labelExpr": _TIME_LABEL, "labelOverlap": True, "tickCount": 8},
        "legend": {
            **text, "orient": "top", "title": None, "symbolType": "circle", "labelFontSize": 12,
        },
        "header": text,
        "text": {"color": INK, "fontSize": 12, "tooltip": None},
        "range": {"category": CATEGORIES},
        "line": {"strokeWidth": 2.25, "color": BLUE},
        "area": {"color": BLUE, "fillOpacity": 0.18, "line": {"strokeWidth": 2.25}},
        "bar": {"cornerRadiusEnd": 3, "color": BLUE},
        "point": {"color": BLUE, "filled": True},
        "rule": {"color": SOFT, "tooltip": None},
        "geoshape": {"tooltip": None},
    }  # fmt: skip
    return alt.theme.ThemeConfig(config=config)  # type: ignore[typeddict-item]


def titled(chart: Any, found: Finding, detail: str, *, height: int = 260, also: Any = ()) -> Any:
    """
    Give a chart its finding as title, what is shown as subtitle, and the page's width.

    Parameters
    ----------
    found
        Its rows are what one can take along.
    height
        In pixels.
    also
        Frames of other queries that are drawn too: their SQL is shown.
    """
    return chart.properties(
        width="container",
        height=height,
        title=alt.Title(found.text, subtitle=detail),
        usermeta={"cartwheel": taken(found.rows, *also)},
    )


def time_axis(column: str) -> alt.X:
    """Return a quiet time axis that says its zone: the hour by 24, the day at midnight."""
    return alt.X(f"{column}:T", title=current().zone_name)


def hover(base: Any, tooltips: Sequence[alt.Tooltip], colour: str = BLUE) -> Any:
    """
    Return a layer that shows the tooltip of the point that is nearest to the pointer.

    Parameters
    ----------
    base
        A chart with its encodings.
    """
    x = base.encoding.x.to_dict()["field"]
    # A point every other pixel is near enough, and each costs the browser two shapes.
    every = len(base.data) // MOST_HOVERED + 1
    if every > 1:
        base = base.transform_window(number="row_number()").transform_filter(
            f"datum.number % {every} == 0"
        )
    near = alt.selection_point(
        nearest=True, on="pointermove", clear="pointerout", fields=[x], empty=False
    )
    return (
        base.mark_point(filled=True, size=60, color=colour)
        .encode(opacity=alt.condition(near, alt.value(1), alt.value(0)), tooltip=list(tooltips))
        .add_params(near)
    )


def room_for(column: str, labels: Iterable[str], most: float) -> alt.X:
    """
    Return the axis of bars that have labels at their ends, whatever the width of the page.

    Parameters
    ----------
    column
        The bars' length.
    most
        The longest bar.
    """
    pixels = max((LETTER * len(label) for label in labels), default=0) + 14
    end = alt.ExprRef(f"max(12, width - {pixels})")
    return alt.X(f"{column}:Q", axis=None, scale=alt.Scale(domain=[0, most], range=[0, end]))


def empty(found: Finding, detail: str) -> Any:
    """Return a chart that says that there is nothing to show."""
    frame = alt.InlineData(values=[{"text": "No data"}])
    mark = alt.Chart(frame).mark_text(color=SOFT, fontSize=13).encode(text="text:N")
    return titled(mark, found, detail, height=80)
