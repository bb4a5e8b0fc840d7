"""Charts of what is recommended, and of how good that is."""

from typing import Any

import altair as alt
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.clicks.recommend import OURS
from cartwheel.display import current
from cartwheel.finding import Finding


def lists(found: Finding) -> HTML:
    """Return a list of recommendations as a table."""
    money = current().currency
    price = f"Price, {money}" if money else "Price"
    shown = found.rows[["place", "product", "category", "price", "reason"]].rename(
        columns={"product": "Product", "category": "Category", "price": price, "reason": "Why"}
    )
    shown.attrs = found.rows.attrs
    return table(shown, found.text, {price: ",.2f"})


def methods(found: Finding) -> Any:
    """Draw how often each method has the next product among 20, with its interval."""
    frame = found.rows.dropna(subset=["hit_rate"])
    which = "steps to products new to the visit" if frame["is_new_only"].any() else "steps"
    detail = f"Share of the {which} that were among 20 recommended; 95 % interval by visits"
    if frame.empty:
        return empty(found, detail)
    frame = frame.assign(
        label=[
            f"{h:.1%} · MRR {m:.3f}" for h, m in zip(frame["hit_rate"], frame["mrr"], strict=True)
        ]
    )
    most = max(0.01, float(frame["hit_rate_high"].max()))
    base = alt.Chart(frame).encode(
        y=alt.Y("method:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        tooltip=[
            alt.Tooltip("method:N", title="Method"),
            alt.Tooltip("hit_rate:Q", title="Hit rate at 20", format=".1%"),
            alt.Tooltip("hit_rate_low:Q", title="from", format=".1%"),
            alt.Tooltip("hit_rate_high:Q", title="to", format=".1%"),
            alt.Tooltip("mrr:Q", title="MRR at 20", format=".3f"),
            alt.Tooltip("ndcg:Q", title="NDCG at 20", format=".3f"),
            alt.Tooltip("coverage:Q", title="Products ever recommended", format=".0%"),
            alt.Tooltip("popular_share:Q", title="Of the most popular tenth", format=".0%"),
            alt.Tooltip("count_steps:Q", title="Steps", format=","),
        ],
    )
    x = theme.room_for("hit_rate", frame["label"], most)
    bars = base.mark_bar(height=20).encode(
        x=x,
        color=alt.condition(
            f"datum.method == '{OURS}'", alt.value(theme.BLUE), alt.value(theme.SOFT)
        ),
    )
    whiskers = base.mark_rule(strokeWidth=2, color=theme.INK).encode(x=x, x2="hit_rate_high:Q")
    labels = base.mark_text(align="left", dx=8).encode(
        x=theme.room_for("hit_rate_high", frame["label"], most), text="label:N"
    )
    return titled(bars + whiskers + labels, found, detail, height=max(80, 44 * len(frame)))
