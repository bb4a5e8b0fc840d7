"""Charts of a funnel."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, room_for, titled
from cartwheel.finding import Finding
from cartwheel.timeframe import lasting


def path(found: Finding) -> Any:
    """Draw how many take each step, with the share that comes so far and how long it takes."""
    detail = "Bars: how many took each step; line: 95 % interval of the share of the first"
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    frame = frame.assign(
        low=frame["share_low"] * frame["count_first"],
        high=frame["share_high"] * frame["count_first"],
        label=[
            f"{n:,} · {share:.1%}" + ("" if pd.isna(s) or s == 0 else f" · median {lasting(s)}")
            for n, share, s in zip(
                frame["count_entities"], frame["share"], frame["seconds"], strict=True
            )
        ],
    )
    most = float(frame["count_entities"].max())
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        tooltip=[
            alt.Tooltip("step:N", title="Step"),
            alt.Tooltip("count_entities:Q", title="Took it", format=","),
            alt.Tooltip("share:Q", title="Of the first step", format=".1%"),
            alt.Tooltip("share_low:Q", title="from", format=".1%"),
            alt.Tooltip("share_high:Q", title="to", format=".1%"),
            alt.Tooltip("kept:Q", title="Of the step before", format=".1%"),
        ],
    )
    x = room_for("count_entities", frame["label"], most)
    bars = base.mark_bar(height=30).encode(x=x)
    lines = base.mark_rule(strokeWidth=2, color=theme.INK).encode(
        x=room_for("low", frame["label"], most), x2="high:Q"
    )
    labels = base.mark_text(align="left", dx=10).encode(x=x, text="label:N")
    return titled(bars + lines + labels, found, detail, height=max(70, 52 * len(frame)))


def compared(found: Finding) -> Any:
    """Draw the share that comes through, for each value of a column, with its interval."""
    detail = (
        "Share that comes through, 95 % interval; orange: differs from the others beyond chance"
    )
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    frame = frame.assign(
        label=[
            f"{share:.1%} of {n:,}"
            for share, n in zip(frame["share"], frame["count_first"], strict=True)
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("slice:N", sort=None, title=None, axis=alt.Axis(labelLimit=180)),
        color=alt.condition("datum.is_seen", alt.value(theme.ORANGE), alt.value(theme.BLUE)),
        tooltip=[
            alt.Tooltip("slice:N", title="Value"),
            alt.Tooltip("share:Q", title="Come through", format=".2%"),
            alt.Tooltip("share_low:Q", title="from", format=".2%"),
            alt.Tooltip("share_high:Q", title="to", format=".2%"),
            alt.Tooltip("difference:Q", title="Above the others", format="+.2%"),
            alt.Tooltip("low:Q", title="difference from", format="+.2%"),
            alt.Tooltip("high:Q", title="difference to", format="+.2%"),
        ],
    )
    most = max(0.001, float(frame["share_high"].max()))
    points = base.mark_point(filled=True, size=80).encode(x=room_for("share", frame["label"], most))
    lines = base.mark_rule(strokeWidth=2).encode(
        x=room_for("share_low", frame["label"], most), x2="share_high:Q"
    )
    labels = base.mark_text(align="left", dx=10, color=theme.INK).encode(
        x=room_for("share_high", frame["label"], most), text="label:N", color=alt.value(theme.INK)
    )
    return titled(lines + points + labels, found, detail, height=max(70, 34 * len(frame)))


def instead(found: Finding) -> HTML:
    """Return what those did next that stopped between two steps, as a table."""
    names = {
        "step": "Stopped after", "instead": "Next", "count_entities": "Number", "share": "Share"
    }  # fmt: skip
    shown = found.rows.reindex(columns=list(names)).rename(columns=names)
    shown.attrs = found.rows.attrs
    return table(shown, found.text, {"Share": ".1%", "Number": ","})
