"""Charts of the fleet."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import maps, theme
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row

HIGH = 1.2  # times the fleet's median


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


def positions(trucks: pd.DataFrame, chosen: str, track: pd.DataFrame) -> Any:
    """Draw where every truck was last read, and the track of one (``longitude``, ``latitude``)."""
    detail = f"Last position of each truck; the line is the way of {chosen}"
    places = trucks.rename(columns={"gps_latitude": "latitude", "gps_longitude": "longitude"})
    places = places.dropna(subset=["latitude", "longitude"])
    if places.empty:
        return empty("No truck has sent a position", detail)
    track = track.dropna(subset=["latitude", "longitude"])
    places = places.assign(is_chosen=places["truck_id"] == chosen)
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
    way = (
        alt.Chart(track.reset_index()[["index", "latitude", "longitude"]])
        .mark_line(color=theme.ORANGE, strokeWidth=1.6, opacity=0.9, clip=True)
        .encode(latitude="latitude:Q", longitude="longitude:Q", order="index:Q")
    )
    moving = int((places["vehicle_speed"] > 0).sum())
    finding = f"{len(places)} trucks on the map, {moving} of them moving when last read"
    return titled(
        maps.layered(places, way, points, label), finding, detail, height=380, columns=110
    )


def speed(readings: pd.DataFrame, truck_id: str) -> Any:
    """Draw the speed of one truck over time."""
    frame = readings.dropna(subset=["speed_kmh"])
    if frame.empty:
        return empty(f"{truck_id} sent no speed", "Speed, km/h")
    moving = frame[frame["speed_kmh"] > 1]
    share = len(moving) / len(frame)
    finding = f"{truck_id} moved in {share:.0%} of the time"
    if not moving.empty:
        finding += f", then at {moving['speed_kmh'].median():.0f} km/h in the median"
    return titled(
        _over_time(frame, "speed_kmh", "Speed, km/h"), finding, "Speed over time (UTC)", height=264
    )


def _over_time(frame: pd.DataFrame, column: str, title: str, colour: str = theme.BLUE) -> Any:
    return (
        alt.Chart(frame[["slice_at", column]])
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


def tank(readings: pd.DataFrame, truck_id: str) -> Any:
    """Draw the tank's level of one truck over time."""
    frame = readings.dropna(subset=["fuel_percent"])
    if frame.empty:
        return empty(f"{truck_id} sends no tank level", "Tank, % of its volume")
    low = frame["fuel_percent"].min()
    finding = f"The tank of {truck_id} fell to {low:.0f} %"
    chart = _over_time(frame, "fuel_percent", "Tank, %", theme.GREEN)
    return titled(chart, finding, "Tank level over time (UTC)", height=200)


def engine(readings: pd.DataFrame, truck_id: str) -> Any:
    """Draw the engine's temperature of one truck over time; its revolutions without one."""
    frame = readings.dropna(subset=["engine_celsius"])
    if not frame.empty:
        finding = f"The engine of {truck_id} reached {frame['engine_celsius'].max():.0f} °C"
        chart = _over_time(frame, "engine_celsius", "Engine, °C", theme.ORANGE)
        return titled(chart, finding, "Engine temperature over time (UTC)", height=200)
    frame = readings.dropna(subset=["engine_rpm"])
    if frame.empty:
        return empty(f"{truck_id} sends nothing of its engine", "Engine over time")
    finding = (
        f"The engine of {truck_id} turned {frame['engine_rpm'].median():,.0f}/min in the median"
    )
    chart = _over_time(frame, "engine_rpm", "Revolutions a minute", theme.ORANGE)
    return titled(chart, finding, "Engine revolutions over time (UTC)", height=200)


def consumption(trucks: pd.DataFrame, chosen: str, limit: int = 12) -> Any:
    """Compare the trucks' consumption."""
    detail = "Litres per 100 km; the line is the fleet's median"
    frame = trucks.dropna(subset=["litres_per_100_km"])
    if frame.empty:
        return empty("No truck sends its consumption", detail)
    median = frame["litres_per_100_km"].median()
    high = frame[frame["litres_per_100_km"] > HIGH * median]
    worst = frame.loc[frame["litres_per_100_km"].idxmax()]
    finding = (
        f"{len(high)} of {len(frame)} trucks drink over {HIGH - 1:.0%} more than the median; "
        f"{worst['truck_id']} most"
        if len(high)
        else "All trucks drink about the same"
    )
    frame = frame.nlargest(limit, "litres_per_100_km")
    frame = frame.assign(
        group=[
            "chosen" if t == chosen else "high" if v > HIGH * median else "usual"
            for t, v in zip(frame["truck_id"], frame["litres_per_100_km"], strict=True)
        ]
    )[["truck_id", "litres_per_100_km", "group", "distance_km"]]
    base = alt.Chart(frame).encode(
        y=alt.Y("truck_id:N", sort=None, title=None),
        x=alt.X("litres_per_100_km:Q", title="Litres per 100 km", axis=alt.Axis(tickCount=5)),
        color=alt.Color(
            "group:N",
            legend=None,
            scale=alt.Scale(
                domain=["usual", "high", "chosen"],
                range=[theme.BLUE, theme.ORANGE, theme.PURPLE],
            ),
        ),
    )
    bars = base.mark_bar(height=13).encode(
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip("litres_per_100_km:Q", title="Litres per 100 km", format=".1f"),
            alt.Tooltip("distance_km:Q", title="km", format=",.0f"),
        ]
    )
    labels = base.mark_text(align="right", dx=-6, fontSize=11).encode(
        text=alt.Text("litres_per_100_km:Q", format=".1f"), color=alt.value(theme.CARD)
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"median": median}]))
        .mark_rule(strokeDash=[4, 3], color=theme.SOFT)
        .encode(x="median:Q")
    )
    return titled(bars + labels + rule, finding, detail, height=max(120, 22 * len(frame)))
