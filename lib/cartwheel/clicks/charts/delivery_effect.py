"""Charts of what late deliveries and late promises cost."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, room_for, titled
from cartwheel.display import current
from cartwheel.estimation.intervals import wilson
from cartwheel.finding import Finding


def naive(found: Finding) -> Any:
    """Draw the share of the carted products that are bought, by the last delivery."""
    detail = (
        "Share of the carted products that are bought, by the person's last delivery; not adjusted"
    )
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    low, high = wilson(frame["share"], frame["count_carted"])
    frame = frame.assign(
        low=low, high=high,
        label=[
            f"{s:.1%} of {n:,}" for s, n in zip(frame["share"], frame["count_carted"], strict=True)
        ],
    )  # fmt: skip
    most = max(0.001, float(frame["high"].max()))
    base = alt.Chart(frame).encode(
        y=alt.Y("last:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        tooltip=[
            alt.Tooltip("last:N", title="Last delivery"),
            alt.Tooltip("share:Q", title="Bought", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )
    bars = base.mark_bar(height=22).encode(x=room_for("share", frame["label"], most))
    lines = base.mark_rule(strokeWidth=2, color=theme.INK).encode(
        x=room_for("low", frame["label"], most), x2="high:Q"
    )
    labels = base.mark_text(align="left", dx=8).encode(
        x=room_for("high", frame["label"], most), text="label:N"
    )
    return titled(bars + lines + labels, found, detail, height=max(70, 40 * len(frame)))


def adjusted(found: Finding) -> HTML:
    """Return what each cause does to the odds and costs, with intervals, as a table."""
    rows, money = found.rows, current().money
    columns = ("cause", "log_odds", "low", "high", "factor", "count_carted", "lost", "money")
    shown = rows.reindex(columns=list(columns))
    shown = shown.assign(
        money=[
            "unknown" if pd.isna(m) else f"{money(m)} ({money(low)} to {money(high)})"
            for m, low, high in zip(
                *(rows.get(name, []) for name in ("money", "money_low", "money_high")), strict=True
            )
        ]
    ).rename(
        columns={
            "cause": "Cause", "log_odds": "Log-odds", "low": "from", "high": "to",
            "factor": "Odds ratio", "count_carted": "Carted products",
            "lost": "Purchases lost", "money": "Money, 95 % interval",
        }
    )  # fmt: skip
    shown.attrs = rows.attrs
    odds = dict.fromkeys(("Log-odds", "from", "to", "Odds ratio"), ".3f")
    return table(shown, found.text, {**odds, "Carted products": ",", "Purchases lost": ",.0f"})
