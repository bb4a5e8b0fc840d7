"""A chart of what was foreseen against what happened."""

from typing import Any

import altair as alt

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, titled
from cartwheel.finding import Finding


def calibration(found: Finding, detail: str, counts: dict[str, str], format_: str = ".0%") -> Any:
    """
    Draw probabilities that were told against the shares that happened, with their intervals.

    Parameters
    ----------
    found
        Rows: ``predicted``, ``observed``, ``low``, ``high``, and columns of counts.
    counts
        The name of each column of counts, for the tooltip.
    format_
        Of the shares.
    """
    detail = f"{detail}; 95 % intervals; on the line they are equal"
    if found.rows.empty:
        return empty(found, detail)
    most = float(found.rows[["predicted", "high"]].max().max()) or 1.0
    # Of risks that fill the scale the whole of it is shown.
    most = 1.0 if most > 0.5 else most * 1.05
    ends = alt.InlineData(values=[{"at": 0.0}, {"at": most}])
    scale = alt.Scale(domain=[0, most])
    line = alt.Chart(ends).mark_line(color=theme.SOFT, strokeWidth=1, strokeDash=[4, 3]).encode(
        x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale)
    )  # fmt: skip
    percent = alt.Axis(format=".0%", tickCount=5)
    base = alt.Chart(found.rows).encode(
        x=alt.X("predicted:Q", title="Foreseen", axis=percent, scale=scale),
        tooltip=[
            alt.Tooltip("predicted:Q", title="Foreseen", format=format_),
            alt.Tooltip("observed:Q", title="Happened", format=format_),
            alt.Tooltip("low:Q", title="from", format=format_),
            alt.Tooltip("high:Q", title="to", format=format_),
            *(alt.Tooltip(f"{name}:Q", title=title, format=",") for name, title in counts.items()),
        ],
    )
    lines = base.mark_rule(color=theme.BLUE).encode(
        y=alt.Y("low:Q", title="Happened", axis=percent, scale=scale), y2="high:Q"
    )
    points = base.mark_circle(size=60, color=theme.BLUE, opacity=1).encode(
        y=alt.Y("observed:Q", scale=scale)
    )
    return titled(line + lines + points, found, detail, height=260)
