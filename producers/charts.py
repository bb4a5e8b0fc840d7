"""Charts of the simulated world, before anything is sent."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd
from cartwheel.charts import theme
from cartwheel.charts.theme import empty, hover, room_for, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.display import current
from cartwheel.finding import Finding
from IPython.display import HTML

STEPS = {"view": "View", "click": "Click", "add_to_cart": "Add to cart", "purchase": "Purchase"}
LATEST_MINUTES = 120  # what is further off than that is counted in the outermost bars
BIN_MINUTES = 10


def tiles(readings: pd.DataFrame, clicks: pd.DataFrame, stops: pd.DataFrame) -> HTML:
    """Return the world's numbers."""
    distance = readings.groupby("truck_id")["odometer"].agg(lambda o: o.max() - o.min()).sum()
    bought = clicks["order_id"].nunique()
    delivered = stops["late_seconds"].dropna()
    late = f"{(delivered > 0).mean():.0%} late" if len(delivered) else "none yet"
    return tile_row(
        Tile("Readings", f"{len(readings):,}", f"{readings['truck_id'].nunique()} trucks"),
        Tile("Distance", current().unit("distance").text(distance), "by the odometers"),
        Tile("Clicks", f"{len(clicks):,}", f"{clicks['session_id'].nunique():,} visits"),
        Tile("Orders", f"{bought:,}", "one per checkout"),
        Tile("Deliveries", f"{len(delivered):,}", late),
    )


def accounts(litres: Mapping[str, float], orders: Mapping[str, int]) -> HTML:
    """Return the two identities that hold of any world, with their numbers."""
    unit = current().unit("volume")
    names = ("start", "refuelled", "burnt", "lost", "left")
    start, refuelled, burnt, lost, left = (unit.of(litres[name]) for name in names)
    fuel = "Gallons" if unit.name == "gal" else "Litres"
    closed = [orders[name] for name in ("delivered", "cancelled", "on their way")]
    return tile_row(
        Tile(f"{fuel} at the start + refuelled", f"{start + refuelled:,.1f}",
             f"= {start:,.1f} + {refuelled:,.1f}"),
        Tile(f"{fuel} burnt + stolen or leaked + left", f"{burnt + lost + left:,.1f}",
             f"= {burnt:,.1f} + {lost:,.1f} + {left:,.1f}"),
        Tile("Orders bought", f"{orders['bought']:,}", "by the clicks"),
        Tile("Delivered + cancelled + on the way", f"{sum(closed):,}",
             "= " + " + ".join(f"{count:,}" for count in closed)),
    )  # fmt: skip


def truck_day(readings: pd.DataFrame, truck_id: str, since: pd.Timestamp) -> Any:
    """Draw a truck's speed and tank over a day of 24 hours."""
    until, unit = since + pd.Timedelta(days=1), current().unit
    chosen = readings[readings["truck_id"] == truck_id]
    day = chosen[(chosen["at"] >= since) & (chosen["at"] < until)].sort_values("at")
    detail = (
        f"{current().clock(since):%A %-d %B}, midnight to midnight at the depot, a reading a minute"
    )
    if day["speed_kmh"].max() == 0 or day.empty:
        return empty(Finding(f"{truck_id} stood still all day", day), detail)
    driving = day[day["speed_kmh"] > 0]
    hours = len(driving) / len(day) * 24
    finding = (
        f"{truck_id} drove for {hours:.1f} hours, "
        f"{unit('distance').text(day['odometer'].max() - day['odometer'].min())}"
    )
    frame = day.assign(speed=unit("speed").of(day["speed_kmh"]))
    base = alt.Chart(frame[["at", "speed", "fuel_percent"]]).encode(x=time_axis("at"))
    area = base.encode(y=alt.Y("speed:Q", title=f"Speed, {unit('speed').name}"))
    tooltips = [
        alt.Tooltip("at:T", title=current().zone_name, format="%H:%M"),
        alt.Tooltip("speed:Q", title=unit("speed").name, format=".0f"),
        alt.Tooltip("fuel_percent:Q", title="Tank, %", format=".1f"),
    ]
    speed = area.mark_area(line={"strokeWidth": 1.5}, fillOpacity=0.16, tooltip=None)
    tank = base.mark_line(color=theme.ORANGE, strokeWidth=2, tooltip=None).encode(
        y=alt.Y("fuel_percent:Q", title="Tank, %", scale=alt.Scale(domain=[0, 100]))
    )
    speed = alt.layer(speed, hover(area, tooltips))
    both = alt.layer(speed, tank).resolve_scale(y="independent")
    detail += "; the tank in orange"
    return titled(both, Finding(finding, day), detail, height=260)


def steps(clicks: pd.DataFrame) -> Any:
    """Draw how many steps of each kind the visits took."""
    counts = clicks["event_type"].value_counts().reindex(list(STEPS), fill_value=0)
    frame = pd.DataFrame(
        {
            "step": list(STEPS.values()),
            "count": counts.to_numpy(),
            "label": [f"{n:,}" for n in counts],
        }
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        x=room_for("count", frame["label"], float(frame["count"].max())),
    )
    chart = base.mark_bar(height=30) + base.mark_text(align="left", dx=6).encode(text="label:N")
    share = counts["purchase"] / max(1, counts["view"])
    finding = f"{share:.1%} of the views end in a purchase"
    found = Finding(finding, frame[["step", "count"]])
    return titled(chart, found, "Events of each kind", height=240)


def delays(stops: pd.DataFrame) -> Any:
    """Draw how long before or after the end of the promised window orders were handed over."""
    detail = (
        f"Orders by minutes from the end of the promised window to the hand-over; more than "
        f"{LATEST_MINUTES} in the outermost bars; late ones in orange"
    )
    minutes = stops["late_seconds"].dropna() / 60
    if minutes.empty:
        return empty(Finding("Nothing was delivered in this time", stops), detail)
    kept = minutes.clip(-LATEST_MINUTES, LATEST_MINUTES - 1e-6)
    begins = (kept // BIN_MINUTES * BIN_MINUTES).value_counts().sort_index()
    frame = pd.DataFrame({"begins": begins.index, "count": begins.to_numpy()})
    frame["is_late"] = frame["begins"] >= 0
    causes = stops.loc[stops["late_seconds"] > 0, "cause"].value_counts()
    late = (minutes > 0).mean()
    why = f", most often: {causes.index[0].replace('_', ' ')}" if len(causes) else ""
    chart = (
        alt.Chart(frame)
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=alt.X(
                "begins:Q", title="Minutes after the window's end", bin=alt.Bin(step=BIN_MINUTES)
            ),
            y=alt.Y("sum(count):Q", title="Orders"),
            color=alt.Color("is_late:N", legend=None).scale(
                domain=[False, True], range=[theme.BLUE, theme.ORANGE]
            ),
            tooltip=[
                alt.Tooltip("begins:Q", title="From, minutes", bin=alt.Bin(step=BIN_MINUTES)),
                alt.Tooltip("sum(count):Q", title="Orders", format=",d"),
            ],
        )
    )
    found = Finding(f"{late:.0%} of the orders came late{why}", frame)
    return titled(chart, found, detail, height=240)
