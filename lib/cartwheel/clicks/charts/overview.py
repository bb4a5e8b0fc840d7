"""Charts of the shop at a glance."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.finding import Finding


def tiles(summary: pd.Series, visits: pd.DataFrame) -> HTML:
    """Return the shop's numbers."""
    sessions = int(summary["count_sessions"])
    buying, events = int(summary["count_buying_sessions"]), int(summary["count_events"])
    trend_of_visits = visits["count_sessions"].tolist()
    known = buying > 0
    return tile_row(
        Tile("Visits", f"{sessions:,}", f"{events:,} events", trend_of_visits),
        Tile("Events per visit", f"{events / sessions:.1f}" if sessions else "–", "mean"),
        Tile(
            "Conversion",
            f"{buying / sessions:.1%}" if known else "unknown",
            f"{buying:,} visits bought" if known else "this source knows no purchase",
            visits["count_buying_sessions"].tolist() if known else (),
        ),
        Tile(
            "Revenue",
            f"{float(summary['revenue']):,.0f}" if known else "unknown",
            "in the shop's currency" if known else "this source knows no purchase",
        ),
    )


def funnel(found: Finding) -> Any:
    """Draw how many visits went how far."""
    detail = "Visits that reached each step, and their share of the step before"
    if found.rows.empty:
        return empty(found.text, detail)
    frame = found.rows
    frame = frame.assign(
        label=[f"{n:,}" for n in frame["count_sessions"]],
        share=["all visits" if k != k else f"{k:.0%} of the step before" for k in frame["kept"]],
        is_last=frame.index == len(frame) - 1,
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13))
    )
    widest = float(frame["count_sessions"].max()) * 1.5
    x = alt.X("count_sessions:Q", axis=None, scale=alt.Scale(domain=[0, widest]))
    bars = base.mark_bar(height=34).encode(
        x=x,
        color=alt.condition("datum.is_last", alt.value(theme.ORANGE), alt.value(theme.BLUE)),
        tooltip=[
            alt.Tooltip("step:N"),
            alt.Tooltip("count_sessions:Q", title="Visits", format=","),
        ],
    )
    numbers = base.mark_text(align="left", dx=8, dy=-8, fontSize=13, fontWeight=600).encode(
        x=x, text="label:N"
    )
    shares = base.mark_text(align="left", dx=8, dy=8, fontSize=11, color=theme.SOFT).encode(
        x=x, text="share:N"
    )
    chart = bars + numbers + shares
    return titled(chart, found.text, detail, height=max(70, 66 * len(frame)))


def trend(found: Finding) -> Any:
    """Draw visits over time."""
    detail = "Visits that began, over time (UTC)"
    if found.rows.empty:
        return empty(found.text, detail)
    chart = (
        alt.Chart(found.rows)
        .mark_area(line={"color": theme.BLUE, "strokeWidth": 2}, fillOpacity=0.16)
        .encode(
            x=time_axis("slice_at"),
            y=alt.Y("count_sessions:Q", title="Visits", axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip("slice_at:T", title="From (UTC)", format="%Y-%m-%d %H:%M"),
                alt.Tooltip("count_sessions:Q", title="Visits", format=","),
                alt.Tooltip("count_buying_sessions:Q", title="Buying", format=","),
            ],
        )
    )
    return titled(chart, found.text, detail, height=264)


def products(found: Finding) -> Any:
    """Draw the products that most visits saw, with the share that bought."""
    detail = "Visits that saw each product"
    if found.rows.empty:
        return empty(found.text, detail)
    frame = found.rows.assign(
        label=[
            f"{n:,}" + ("" if pd.isna(share) else f"  ·  {share:.1%} bought")
            for n, share in zip(
                found.rows["count_sessions"], found.rows["bought_share"], strict=True
            )
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("product:N", sort=None, title=None, axis=alt.Axis(labelLimit=150)),
        x=alt.X(
            "count_sessions:Q",
            axis=None,
            scale=alt.Scale(domain=[0, float(frame["count_sessions"].max()) * 1.45]),
        ),
    )
    bars = base.mark_bar(height=16).encode(
        tooltip=[
            alt.Tooltip("product:N", title="Product"),
            alt.Tooltip("count_sessions:Q", title="Visits", format=","),
            alt.Tooltip("count_carted:Q", title="Carted", format=","),
            alt.Tooltip("count_bought:Q", title="Bought", format=","),
            alt.Tooltip("revenue:Q", title="Revenue", format=",.0f"),
        ]
    )
    labels = base.mark_text(align="left", dx=6, fontSize=11, color=theme.SOFT).encode(
        text="label:N"
    )
    return titled(bars + labels, found.text, detail, height=26 * len(frame))


def devices(found: Finding) -> Any:
    """Compare the devices' conversion."""
    detail = "Share of visits that bought, per device"
    if found.rows.empty:
        return empty(found.text, detail)
    ranked = found.rows
    ranked = ranked.assign(
        label=[
            f"{s:.1%} of {n:,} visits"
            for s, n in zip(ranked["share"], ranked["count_sessions"], strict=True)
        ]
    )
    base = alt.Chart(ranked).encode(
        y=alt.Y("device:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        x=alt.X(
            "share:Q", axis=None, scale=alt.Scale(domain=[0, float(ranked["share"].max()) * 1.7])
        ),
    )
    bars = base.mark_bar(height=40)
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(bars + labels, found.text, detail, height=104 * len(ranked))
