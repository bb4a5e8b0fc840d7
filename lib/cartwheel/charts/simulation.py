"""Charts of the simulated world, before anything is sent."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts.theme import time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row


def tiles(readings: pd.DataFrame, clicks: pd.DataFrame) -> HTML:
    """Return the world's numbers."""
    distance = readings.groupby("truck_id")["odometer"].agg(lambda o: o.max() - o.min()).sum()
    bought = (clicks["event_type"] == "purchase").sum()
    return tile_row(
        Tile("Readings", f"{len(readings):,}", f"{readings['truck_id'].nunique()} trucks"),
        Tile("Distance", f"{distance:,.0f} km", "by the odometers"),
        Tile("Clicks", f"{len(clicks):,}", f"{clicks['session_id'].nunique():,} visits"),
        Tile("Purchases", f"{bought:,}", "each after its cart"),
    )


def speeds(readings: pd.DataFrame) -> Any:
    """Draw the fleet's mean speed over the day."""
    by_slice = (
        readings.assign(slice_at=readings["at"].dt.floor("15min"))
        .groupby("slice_at", as_index=False)["speed_kmh"]
        .mean()
    )
    peak = by_slice.loc[by_slice["speed_kmh"].idxmax()]
    chart = (
        alt.Chart(by_slice)
        .mark_area(line={"strokeWidth": 2}, fillOpacity=0.16)
        .encode(
            x=time_axis("slice_at"),
            y=alt.Y("speed_kmh:Q", title="Mean speed, km/h"),
            tooltip=[
                alt.Tooltip("slice_at:T", title="From (UTC)", format="%H:%M"),
                alt.Tooltip("speed_kmh:Q", title="km/h", format=".0f"),
            ],
        )
    )
    finding = f"The fleet is fastest at {peak['slice_at']:%H:%M}: {peak['speed_kmh']:.0f} km/h"
    return titled(chart, finding, "Mean over all trucks, standing ones included (UTC)", height=240)


def steps(clicks: pd.DataFrame) -> Any:
    """Draw how many steps of each kind the visits took."""
    order = ["view", "click", "add_to_cart", "purchase"]
    counts = clicks["event_type"].value_counts().reindex(order, fill_value=0)
    frame = pd.DataFrame(
        {
            "step": ["View", "Click", "Add to cart", "Purchase"],
            "count": counts.to_numpy(),
            "label": [f"{n:,}" for n in counts],
        }
    )
    widest = float(frame["count"].max()) * 1.2
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        x=alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, widest])),
    )
    chart = base.mark_bar(height=30) + base.mark_text(align="left", dx=6).encode(text="label:N")
    share = counts["purchase"] / max(1, counts["view"])
    finding = f"{share:.1%} of the views end in a purchase"
    return titled(chart, finding, "Events of each kind", height=240)
