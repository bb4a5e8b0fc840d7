"""Charts of the channels."""

from typing import Any

import altair as alt

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, titled
from cartwheel.clicks.attribution import RULES
from cartwheel.finding import Finding


def channels(found: Finding) -> Any:
    """Draw each channel's share of the purchases by each rule."""
    detail = "Share of the purchases of identified visitors, by rule"
    frame = found.rows.dropna(subset=["share"])
    if frame.empty:
        return empty(found, detail)
    most = float(frame["share"].max())
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "channel:N",
            sort=alt.EncodingSortField("share", op="mean", order="descending"),
            title=None,
            axis=alt.Axis(labelLimit=160, labelFontSize=13),
        ),
        yOffset=alt.YOffset("rule:N", sort=list(RULES.values())),
        x=alt.X(
            "share:Q",
            title=None,
            axis=alt.Axis(format=".0%", tickCount=4),
            scale=alt.Scale(domain=[0, most * 1.1 or 1]),
        ),
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "rule:N",
            sort=list(RULES.values()),
            scale=alt.Scale(domain=list(RULES.values()), range=theme.CATEGORIES),
            legend=alt.Legend(orient="top", title=None, columns=2),
        ),
        tooltip=[
            alt.Tooltip("channel:N", title="Channel"),
            alt.Tooltip("rule:N", title="Rule"),
            alt.Tooltip("share:Q", title="Of the purchases", format=".1%"),
            alt.Tooltip("purchases:Q", title="Purchases", format=",.1f"),
            alt.Tooltip("revenue:Q", title="Revenue", format=",.0f"),
        ],
    )
    return titled(bars, found, detail, height=max(90, 88 * frame["channel"].nunique()))
