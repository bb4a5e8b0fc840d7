"""Charts of the fleet at a glance."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import maps, theme
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.finding import Finding


def tiles(trucks: pd.DataFrame) -> HTML:
    """Return the fleet's numbers."""
    distance, fuel = trucks["distance_km"].sum(), trucks["fuel_litres"].sum(min_count=1)
    burnt = trucks.loc[trucks["fuel_litres"].notna(), "distance_km"].sum()
    knows_fuel = fuel == fuel and burnt > 0
    low = trucks.dropna(subset=["lowest_tire_pressure_kpa"])
    lowest = low.loc[low["lowest_tire_pressure_kpa"].idxmin()] if len(low) else None
    return tile_row(
        Tile("Trucks", f"{len(trucks):,}", f"{trucks['count_readings'].sum():,.0f} readings"),
        Tile("Distance", f"{distance:,.0f} km", "by the odometers"),
        Tile(
            "Fuel use",
            f"{100 * fuel / burnt:.1f} L/100 km" if knows_fuel else "unknown",
            f"{fuel:,.0f} litres" if knows_fuel else "no truck sends its consumption",
        ),
        Tile(
            "Lowest tyre pressure",
            f"{lowest['lowest_tire_pressure_kpa']:,.0f} kPa" if lowest is not None else "unknown",
            f"{lowest['truck_id']}, last reading" if lowest is not None else "no truck sends it",
        ),
    )


def positions(found: Finding, chosen: str, track: pd.DataFrame) -> Any:
    """Draw where every truck was last read, and the track of one (``longitude``, ``latitude``)."""
    detail = f"Last position of each truck; the line is the route of {chosen}"
    if found.rows.empty:
        return empty(found.text, detail)
    track = track.dropna(subset=["latitude", "longitude"])
    places = found.rows.assign(is_chosen=found.rows["truck_id"] == chosen)
    base = alt.Chart(
        places[["truck_id", "latitude", "longitude", "is_chosen", "vehicle_speed", "fuel_level"]]
    ).encode(latitude="latitude:Q", longitude="longitude:Q")
    points = base.mark_circle(size=80, stroke=theme.CARD, strokeWidth=1, opacity=1).encode(
        color=alt.condition("datum.is_chosen", alt.value(theme.ORANGE), alt.value(theme.BLUE)),
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip("vehicle_speed:Q", title="Speed, km/h", format=".0f"),
            alt.Tooltip("fuel_level:Q", title="Tank, %", format=".0f"),
        ],
    )
    label = (
        base.transform_filter("datum.is_chosen")
        .mark_text(dy=-13, fontWeight=600, color=theme.ORANGE)
        .encode(text="truck_id:N")
    )
    route = (
        alt.Chart(track.reset_index()[["index", "latitude", "longitude"]])
        .mark_line(color=theme.ORANGE, strokeWidth=1.6, opacity=0.9, clip=True)
        .encode(latitude="latitude:Q", longitude="longitude:Q", order="index:Q")
    )
    layers = maps.layered(places, route, points, label)
    return titled(layers, found.text, detail, height=380, columns=110)


def speed(found: Finding) -> Any:
    """Draw the speed of one truck over time."""
    return _over_time(found, "speed_kmh", "Speed, km/h", "Speed over time (UTC)", height=264)


def tank(found: Finding) -> Any:
    """Draw the tank's level of one truck over time."""
    detail = "Tank level over time (UTC)"
    return _over_time(found, "fuel_percent", "Tank, %", detail, theme.GREEN)


def engine(found: Finding) -> Any:
    """Draw the engine's temperature of one truck over time; its revolutions without one."""
    if "engine_celsius" in found.rows:
        detail = "Engine temperature over time (UTC)"
        return _over_time(found, "engine_celsius", "Engine, °C", detail, theme.ORANGE)
    detail = "Engine revolutions over time (UTC)"
    return _over_time(found, "engine_rpm", "Revolutions a minute", detail, theme.ORANGE)


def _over_time(
    found: Finding,
    column: str,
    title: str,
    detail: str,
    colour: str = theme.BLUE,
    height: int = 200,
) -> Any:
    if found.rows.empty:
        return empty(found.text, detail)
    chart = (
        alt.Chart(found.rows[["slice_at", column]])
        .mark_area(
            color=colour, fillOpacity=0.16, line={"color": colour, "strokeWidth": 1.6},
            interpolate="monotone",
        )
        .encode(
            x=time_axis("slice_at"),
            y=alt.Y(f"{column}:Q", title=title, axis=alt.Axis(tickCount=5)),
            tooltip=[
                alt.Tooltip("slice_at:T", title="Time (UTC)", format="%Y-%m-%d %H:%M"),
                alt.Tooltip(f"{column}:Q", title=title, format=".1f"),
            ],
        )
    )  # fmt: skip
    return titled(chart, found.text, detail, height=height)
