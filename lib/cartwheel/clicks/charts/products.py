"""Tables and charts of how products fare."""

from typing import Any

import altair as alt
from IPython.display import HTML

from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, room_for, titled
from cartwheel.display import current
from cartwheel.finding import Finding

_NAMES = {
    "product": "Product", "category": "Category", "count_seen": "Saw it",
    "count_clicked": "Clicked", "count_carted": "Carted", "count_bought": "Bought",
    "share_bought": "Bought of seen in stock", "revenue": "Revenue", "count_prices": "Prices",
    "lowest_price": "Price from", "highest_price": "Price to",
    "count_out": "Saw it out of stock",
}  # fmt: skip
_FORMATS = {
    "Bought of seen in stock": ".1%", "Revenue": ",.0f", "Price from": ",.2f",
    "Price to": ",.2f",
}  # fmt: skip


def ranking(found: Finding) -> HTML:
    """Show each product, in visits of people."""
    shown = found.rows[list(_NAMES)].rename(columns=_NAMES)
    shown.attrs = found.rows.attrs
    return table(shown, found.text, _FORMATS)


def lost(found: Finding) -> Any:
    """Draw what each product lost while it was out of stock."""
    detail = "Visits that saw it only out of stock, times the share of the others that bought it"
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows.assign(
        label=[
            f"{lost:,.1f}" + ("" if money != money else f" · {current().money(money)}")
            for lost, money in zip(
                found.rows["lost_visits"], found.rows["lost_revenue"], strict=True
            )
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("product:N", sort=None, title=None, axis=alt.Axis(labelLimit=160)),
        x=room_for("lost_visits", frame["label"], float(frame["lost_visits"].max())),
        tooltip=[
            alt.Tooltip("product:N", title="Product"),
            alt.Tooltip("lost_visits:Q", title="Purchases lost", format=",.1f"),
            alt.Tooltip("lost_revenue:Q", title="Revenue lost", format=",.0f"),
            alt.Tooltip("count_out:Q", title="Visits that saw it out of stock", format=","),
            alt.Tooltip("share_bought:Q", title="Bought of seen in stock", format=".1%"),
        ],
    )
    bars = base.mark_bar(height=20)
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(bars + labels, found, detail, height=max(70, 32 * len(frame)))
