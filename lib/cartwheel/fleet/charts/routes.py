"""Charts of travel times, and of a day's routes."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import maps, theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.display import current
from cartwheel.finding import Finding
from cartwheel.fleet.routes.comparison import Day

_COLOURS = [theme.BLUE, theme.ORANGE, theme.GREEN, theme.PURPLE]


def trusted(found: Finding) -> Any:
    """Draw by how much drives took longer or shorter than foreseen, by way of foreseeing."""
    detail = "Mean error of a drive's time in seconds, on days that were not learned from"
    if found.rows.empty:
        return empty(found, detail)
    base = alt.Chart(found.rows).encode(
        y=alt.Y("what:N", sort="-x", title=None, axis=alt.Axis(labelLimit=200)),
        x=alt.X(
            "error:Q", title="s", axis=alt.Axis(tickCount=5),
            scale=alt.Scale(domain=[0.0, 1.2 * (float(found.rows["error"].max()) or 1.0)]),
        ),
        tooltip=[
            alt.Tooltip("what:N", title="Foreseen by"),
            alt.Tooltip("error:Q", title="Mean error, s", format=",.0f"),
            alt.Tooltip("less:Q", title="Less than one speed for all", format=".0%"),
            alt.Tooltip("held:Q", title="Inside the 80 % interval", format=".0%"),
            alt.Tooltip("width:Q", title="Mean width of the interval, s", format=",.0f"),
        ],
    )  # fmt: skip
    bars = base.mark_bar(height=18, color=theme.BLUE)
    labels = base.mark_text(align="left", dx=6).encode(text=alt.Text("error:Q", format=",.0f"))
    return titled(bars + labels, found, detail, height=110)


def money(found: Finding) -> Any:
    """Draw what a day costs as planned, as driven and replanned."""
    shown = current()
    detail = "Cost of the day; lines: 8 of 10 days as the fleet's drives and hand-overs vary"
    rows = found.rows.dropna(subset=["money"])
    if rows.empty:
        return empty(found, detail)
    unit = f"Cost, {shown.currency}" if shown.currency else "Cost"
    base = alt.Chart(rows).encode(
        y=alt.Y("plan:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("plan:N", title="Plan"),
            alt.Tooltip("money:Q", title=unit, format=",.0f"),
            alt.Tooltip("low:Q", title="Between", format=",.0f"),
            alt.Tooltip("high:Q", title="and", format=",.0f"),
        ],
    )
    scale = alt.Scale(domain=[0.0, 1.15 * (float(rows["high"].max()) or 1.0)])
    axis = alt.X("money:Q", title=unit, scale=scale, axis=alt.Axis(tickCount=5, format="~s"))
    bars = base.mark_bar(height=16, color=theme.BLUE, opacity=0.55).encode(x=axis)
    lines = base.mark_rule(strokeWidth=2, color=theme.INK).encode(x="low:Q", x2="high:Q")
    labels = base.mark_text(align="left", dx=6).encode(
        x="high:Q", text=alt.Text("money:Q", format=",.0f")
    )
    return titled(bars + lines + labels, found, detail, height=110)


def totals(found: Finding) -> HTML:
    """Return the plans of a day side by side as a table."""
    far, volume = current().unit("distance"), current().unit("volume")
    rows = found.rows
    driven, litres = f"Driven, {far.name}", f"Fuel, {volume.name}"
    shown = rows[["plan", "truck_days"]].rename(columns={"plan": "Plan", "truck_days": "Trucks"})
    shown = shown.assign(
        **{
            driven: far.of(rows["kilometres"].astype(float)),
            "Hours": rows["hours"],
            litres: volume.of(rows["litres"].astype(float)),
            "CO2e, kg": rows["kg_co2e"],
            "Late stops": rows["late"],
            "Cost": rows["money"],
        }
    )
    shown.attrs = rows.attrs
    form = dict.fromkeys(("Trucks", driven, "Hours", litres, "CO2e, kg", "Cost"), ",.0f")
    return table(shown, "Planned, driven and replanned", {**form, "Late stops": ",.1f"})


def plan(found: Finding, day: Day | None) -> Any:
    """Draw a depot's new routes on the map, each stop with its number."""
    detail = "The new routes; numbers: the sequence of a truck's stops. Towns: GeoNames"
    if day is None or found.rows.empty:
        return empty(found, detail)
    stops = found.rows.sort_values(["truck_id", "sequence"])
    home = pd.DataFrame({"latitude": [day.task.latitude], "longitude": [day.task.longitude]})
    view = maps.view(stops, home)
    ways = pd.concat(
        [
            pd.concat([home, group, home]).assign(truck_id=truck, place=range(len(group) + 2))
            for truck, group in stops.groupby("truck_id")
        ]
    )
    trucks = sorted(stops["truck_id"].unique())
    colours = [_COLOURS[n % len(_COLOURS)] for n in range(len(trucks))]
    colour = alt.Color(
        "truck_id:N", title="Truck", scale=alt.Scale(domain=trucks, range=colours),
        legend=alt.Legend(symbolLimit=12),
    )  # fmt: skip
    names = ["latitude", "longitude", "truck_id"]
    lines = (
        alt.Chart(ways[[*names, "place"]])
        .mark_line(strokeWidth=1.6, opacity=0.75)
        .encode(
            latitude="latitude:Q", longitude="longitude:Q", order="place:O", color=colour,
            detail="truck_id:N",
        )
    )  # fmt: skip
    zone = current().zone_name
    marks = alt.Chart(stops[[*names, "sequence", "order_id", "arrives_at", "late"]]).encode(
        latitude="latitude:Q",
        longitude="longitude:Q",
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip("sequence:Q", title="Stop"),
            alt.Tooltip("order_id:N", title="Order"),
            alt.Tooltip("arrives_at:T", title=f"Arrives ({zone})", format="%H:%M"),
            alt.Tooltip("late:Q", title="Probably late", format=".0%"),
        ],
    )
    dots = marks.mark_circle(size=150, opacity=1).encode(color=colour)
    numbers = marks.mark_text(fontSize=9, color=theme.CARD).encode(text="sequence:Q")
    depot = (
        alt.Chart(home)
        .mark_square(size=110, color=theme.INK, opacity=1)
        .encode(latitude="latitude:Q", longitude="longitude:Q", tooltip=alt.value("Depot"))
    )
    layers = maps.layered(view, lines, depot, dots, numbers, places=pd.concat([stops, home]))
    return titled(layers, found, detail, height=maps.HEIGHT)


def timetable(found: Finding) -> HTML:
    """Return a depot's new routes as a table, stop by stop."""
    shown, rows = current(), found.rows
    at = {
        name: shown.clocks(rows[name].astype("datetime64[us]")).dt.strftime("%H:%M").fillna("")
        for name in ("promised_from", "promised_until", "arrives_at", "leaves_at")
    }
    window = at["promised_from"] + "–" + at["promised_until"]
    frame = rows[["truck_id", "sequence", "order_id"]].rename(
        columns={"truck_id": "Truck", "sequence": "Stop", "order_id": "Order"}
    )
    frame = frame.assign(
        Promised=window.where(window != "–", ""), Arrives=at["arrives_at"],
        Leaves=at["leaves_at"], **{"Probably late": rows["late"]},
    )  # fmt: skip
    frame.attrs = rows.attrs
    return table(frame, f"Stop by stop, {shown.zone_name}", {"Probably late": ".0%"})


def left_out(found: Finding) -> HTML:
    """Return the orders that the new plan is made without, and why, as a table."""
    names = {"depot_id": "Depot", "order_id": "Order", "reason": "Why"}
    return table(found.rows.rename(columns=names), found.text)
