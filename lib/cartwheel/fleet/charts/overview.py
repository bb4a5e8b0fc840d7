"""Charts of the fleet at a glance."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import maps, theme
from cartwheel.charts.theme import empty, hover, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.display import Unit, current
from cartwheel.finding import Finding, counted
from cartwheel.fleet.overview import broken_at_gaps
from cartwheel.warehouse.provenance import made_from


def tiles(trucks: pd.DataFrame) -> HTML:
    """Return the fleet's numbers."""
    distance = trucks["distance_km"].sum(min_count=1)
    # Litres whose kilometres are unknown are of no rate.
    fuel, fuelled = trucks["fuelled_litres"].sum(), trucks["fuelled_km"].sum()
    knows_fuel = fuelled > 0
    low = trucks.dropna(subset=["lowest_tire_pressure_kpa"])
    lowest = low.loc[low["lowest_tire_pressure_kpa"].idxmin()] if len(low) else None
    unit = current().unit
    pressure = unit("pressure")
    return tile_row(
        Tile("Trucks", f"{len(trucks):,}", _readings(trucks)),
        Tile(
            "Distance",
            unit("distance").text(distance) if distance == distance else "unknown",
            _measured_by(trucks) + _left_out(trucks),
        ),
        Tile(
            "Fuel use",
            unit("consumption").text(100 * fuel / fuelled, ".1f") if knows_fuel else "unknown",
            f"{_amount(unit('volume'), fuel)} on {_amount(unit('distance'), fuelled)}"
            if knows_fuel
            else _no_fuel(trucks),
        ),
        Tile(
            "Lowest tyre pressure",
            pressure.text(lowest["lowest_tire_pressure_kpa"]) if lowest is not None else "unknown",
            f"{lowest['truck_id']}, last reading" if lowest is not None else "no truck sends it",
        ),
    )


def _amount(unit: Unit, amount: float) -> str:
    """Return a small amount with a decimal, so that a rate can be made of it."""
    return unit.text(amount, ".1f" if abs(unit.of(amount)) < 10 else ",.0f")


def _readings(trucks: pd.DataFrame) -> str:
    """Say how many readings there are, and how many of them a wrong clock dated."""
    text, misdated = (
        f"{trucks['count_readings'].sum():,.0f} readings",
        trucks["count_misdated"].sum(),
    )
    return f"{text}, {misdated:,.0f} more with a wrong date" if misdated else text


def _left_out(trucks: pd.DataFrame) -> str:
    """Say how many steps of the distance were left out."""
    count = int(trucks["count_left_out"].sum())
    return f"; {counted(count, 'jump')} left out" if count else ""


def _no_fuel(trucks: pd.DataFrame) -> str:
    """Say why no consumption is known."""
    sources = set(trucks["fuel_source"].dropna())
    if not sources:
        return "no truck sends its fuel"
    return (
        "only the tanks' levels are sent" if sources == {"tank"} else "no distance with known fuel"
    )


def _measured_by(trucks: pd.DataFrame) -> str:
    """Say what the distances are measured by, and how many trucks have none."""
    sources = trucks["distance_source"]
    by_position, unknown = int((sources == "positions").sum()), int(sources.isna().sum())
    if unknown == len(trucks):
        return "no two odometer values or positions of a truck"
    parts = ["by odometer" if by_position + unknown < len(trucks) else "by position"]
    if 0 < by_position < len(trucks) - unknown:
        parts.append(f"{by_position} by position")
    if unknown:
        parts.append(f"{unknown} unknown")
    return ", ".join(parts)


def positions(found: Finding, chosen: str, track: pd.DataFrame) -> Any:
    """Draw where every truck was last read, and the track of one (``longitude``, ``latitude``)."""
    route = f"the line is the route of {chosen}"
    if track["latitude"].notna().sum() < 2:
        route = f"{chosen} has no route in this time"
    detail = (
        "Last position of each truck, hollow if it was read more than an hour before the newest; "
        f"{route}. Towns: GeoNames"
    )
    if found.rows.empty:
        return empty(found, detail)
    speed = current().unit("speed")
    track = _in_parts(track)
    shown = maps.view(found.rows, track)
    is_chosen = found.rows["truck_id"] == chosen
    colour = np.where(is_chosen, theme.ORANGE, theme.BLUE)
    places = found.rows.assign(
        is_chosen=is_chosen,
        fill=np.where(found.rows["is_old"], theme.CARD, colour),
        speed=speed.of(found.rows["speed_kmh"]),
    )
    names = ["truck_id", "latitude", "longitude", "is_chosen", "fill", "speed", "fuel_level"]
    base = alt.Chart(maps.spread(places[[*names, "position_at"]], shown)).encode(
        latitude="latitude:Q", longitude="longitude:Q"
    )
    colours = alt.Scale(domain=[False, True], range=[theme.BLUE, theme.ORANGE])
    points = base.mark_point(size=90, strokeWidth=1.8, opacity=1).encode(
        stroke=alt.Stroke("is_chosen:N", legend=None, scale=colours),
        fill=alt.Fill("fill:N", legend=None, scale=None),
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip(
                "position_at:T", title=f"Read ({current().zone_name})", format="%-d %b %H:%M"
            ),
            alt.Tooltip("speed:Q", title=speed.name, format=".0f"),
            alt.Tooltip("fuel_level:Q", title="Tank, %", format=".0f"),
        ],
    )
    label = maps.halo(
        base.transform_filter("datum.is_chosen").mark_text(
            dy=-14, fontWeight=600, color=theme.ORANGE
        ),
        text="truck_id:N",
    )
    route = (
        alt.Chart(
            track.reset_index(drop=True).reset_index()[["index", "latitude", "longitude", "part"]]
        )
        .mark_line(color=theme.ORANGE, strokeWidth=1.6, opacity=0.9, clip=True, tooltip=None)
        .encode(latitude="latitude:Q", longitude="longitude:Q", order="index:Q", detail="part:N")
    )
    layers = maps.layered(shown, route, points, label, places=places)
    return titled(layers, found, detail, height=maps.HEIGHT, also=[track])


def _in_parts(track: pd.DataFrame) -> pd.DataFrame:
    """Return a track's places with the ``part`` they belong to: a gap ends one."""
    broken = broken_at_gaps(track, "latitude")
    parts = broken.assign(part=broken["latitude"].isna().cumsum())
    return made_from(parts.dropna(subset=["latitude", "longitude"]), track)


def speed(found: Finding) -> Any:
    """Draw the speed of one truck over time."""
    return _over_time(found, "speed_kmh", "Speed", "speed", theme.BLUE, height=264)


def tank(found: Finding) -> Any:
    """Draw the tank's level of one truck over time."""
    return _over_time(found, "fuel_percent", "Tank level", "%", theme.GREEN)


def engine(found: Finding) -> Any:
    """Draw the engine's temperature of one truck over time; its revolutions without one."""
    if "engine_celsius" in found.rows:
        return _over_time(
            found, "engine_celsius", "Engine temperature", "temperature", theme.ORANGE
        )
    return _over_time(found, "engine_rpm", "Engine revolutions", "1/min", theme.ORANGE)


def _over_time(
    found: Finding, column: str, name: str, quantity: str, colour: str, height: int = 200
) -> Any:
    """Draw a column over time, of a quantity that the environment has a unit for, or in a unit."""
    is_known = quantity in ("speed", "temperature")
    unit = current().unit(quantity) if is_known else Unit(quantity)
    detail = f"{name} over time, {unit.name}"
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows[["slice_at"]].assign(value=unit.of(found.rows[column]))
    base = alt.Chart(frame).encode(
        x=time_axis("slice_at"),
        y=alt.Y("value:Q", title=unit.name, axis=alt.Axis(tickCount=5)),
    )
    area = base.mark_area(
        color=colour, fillOpacity=0.16, line={"color": colour, "strokeWidth": 1.6},
        interpolate="monotone", tooltip=None, invalid="break-paths-filter-domains",
    )  # fmt: skip
    tooltips = [
        alt.Tooltip("slice_at:T", title=current().zone_name, format="%-d %b %H:%M"),
        alt.Tooltip("value:Q", title=f"{name}, {unit.name}", format=".1f"),
    ]
    return titled(area + hover(base, tooltips, colour), found, detail, height=height)
