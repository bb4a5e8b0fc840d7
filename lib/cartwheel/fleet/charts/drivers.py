"""Charts of who drives how."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cartwheel.charts import maps, theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.display import Unit, current
from cartwheel.finding import Finding, counted

NAMES = {
    "harsh_brake": "Braking",
    "harsh_acceleration": "Acceleration",
    "harsh_corner": "Corner",
    "speeding": "Speeding",
}
_COLOURS = [theme.ORANGE, theme.GREEN, theme.PURPLE, theme.BLUE]
_HUNDRED = 100.0


def events(found: Finding, chosen: str) -> Any:
    """Draw each driver's events per distance, with intervals, on the fleet's roads and hours."""
    far = current().unit("distance")
    per = Unit(f"per 100 {far.name}", _HUNDRED / far.of(_HUNDRED))
    detail = (
        f"Events {per.name}, set on the roads and hours that the whole fleet has; 80 % intervals, "
        "drawn towards the fleet (the line) the less was driven; hollow: on too few days to rank"
    )
    more = [
        alt.Tooltip("kilometres:Q", title=far.name, format=",.0f"),
        alt.Tooltip("count:Q", title="Events", format=",.0f"),
        alt.Tooltip("raw:Q", title=f"As counted, {per.name}", format=".1f"),
        alt.Tooltip("worst:Q", title="Probably of the worst tenth", format=".0%"),
    ]
    rows = found.rows
    given = rows.assign(
        kilometres=far.of(rows["kilometres"].astype(float)), raw=per.of(rows["raw"])
    )
    return _ranked(found._replace(rows=given), chosen, detail, per, ".1f", more)


def idling(found: Finding, chosen: str) -> Any:
    """Draw in what share of their stops the drivers let the engine run, with intervals."""
    detail = (
        "Share of the stops of two minutes and more in which the engine ran for over half of the "
        "time; 80 % intervals, drawn towards the fleet (the line) the fewer stops there were; "
        "hollow: on too few days to rank"
    )
    more = [
        alt.Tooltip("count_stops:Q", title="Stops", format=",.0f"),
        alt.Tooltip("idle_hours:Q", title="Hours with the engine on", format=",.1f"),
        alt.Tooltip("raw:Q", title="As counted", format=".0%"),
        alt.Tooltip("worst:Q", title="Probably of the worst tenth", format=".0%"),
    ]
    return _ranked(found, chosen, detail, Unit("share of stops"), ".0%", more)


def fuel(found: Finding, chosen: str) -> Any:
    """Draw how much more fuel than the fleet the drivers need on the same trucks."""
    detail = (
        "Fuel over a distance, more or less than the fleet on the same trucks; 80 % intervals; "
        "drivers who never changed trucks are left out"
    )
    far = current().unit("distance")
    rows = found.rows[found.rows["is_apart"].astype(bool)]
    rows = rows.assign(
        kilometres=far.of(rows["kilometres"].astype(float)), fleet=0.0, is_ranked=True
    )
    more = [alt.Tooltip("kilometres:Q", title=far.name, format=",.0f")]
    return _ranked(found._replace(rows=rows), chosen, detail, Unit("more fuel"), "+.1%", more)


def _ranked(
    found: Finding, chosen: str, detail: str, unit: Unit, form: str, more: list[alt.Tooltip]
) -> Any:
    rows = found.rows.dropna(subset=["rate"])
    if rows.empty:
        return empty(found, detail)
    is_high = rows["is_ranked"].astype(bool) & (rows["least"] > rows["fleet"])
    colour = np.where(is_high, theme.ORANGE, theme.BLUE)
    colour = np.where(rows["driver_id"] == chosen, theme.PURPLE, colour)
    frame = rows.assign(
        **{name: unit.of(rows[name].astype(float)) for name in ("rate", "low", "high", "fleet")},
        colour=colour,
        fill=np.where(rows["is_ranked"].astype(bool), colour, theme.CARD),
    )
    axis = alt.Axis(tickCount=5, format=form)
    base = alt.Chart(frame).encode(
        y=alt.Y("driver_id:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("driver_id:N", title="Driver"),
            alt.Tooltip("rate:Q", title=unit.name, format=form),
            alt.Tooltip("low:Q", title="Between", format=form),
            alt.Tooltip("high:Q", title="and", format=form),
            *more,
        ],
    )
    x = alt.X("low:Q", title=unit.name, axis=axis)
    lines = base.mark_rule(strokeWidth=2).encode(
        x=x, x2="high:Q", color=alt.Color("colour:N", scale=None)
    )
    dots = base.mark_point(size=55, filled=True, opacity=1, strokeWidth=1.8).encode(
        x="rate:Q",
        stroke=alt.Stroke("colour:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
    )
    fleet = alt.Chart(alt.InlineData(values=[{"fleet": float(frame["fleet"].iloc[0])}]))
    rule = fleet.mark_rule(strokeDash=[4, 3], color=theme.SOFT).encode(x="fleet:Q")
    return titled(rule + lines + dots, found, detail, height=max(120, 17 * len(frame)))


def places(rows: pd.DataFrame, driver_id: str) -> Any:
    """Draw where a driver's events were (rows of :func:`cartwheel.fleet.drivers.places`)."""
    placed = rows.dropna(subset=["latitude", "longitude"])
    if placed.empty:
        found = Finding(f"Of no event of {driver_id} the place is known", rows)
        return empty(found, "Events on the map")
    counts = placed["event_type"].map(NAMES).value_counts()
    said = ", ".join(f"{name.lower()} {count:,}" for name, count in counts.items())
    found = Finding(f"{counted(len(placed), 'event')} of {driver_id}: {said}", rows)
    speed, shown = current().unit("speed"), maps.view(placed)
    frame = placed.assign(
        what=placed["event_type"].map(NAMES), speed=speed.of(placed["speed_kmh"].astype(float))
    )
    names = ["latitude", "longitude", "what", "speed", "seconds", "truck_id", "happened_at"]
    points = (
        alt.Chart(frame[names])
        .mark_circle(size=36, opacity=0.7)
        .encode(
            latitude="latitude:Q",
            longitude="longitude:Q",
            color=alt.Color("what:N", scale=alt.Scale(domain=list(NAMES.values()), range=_COLOURS)),
            tooltip=[
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip(
                    "happened_at:T", title=f"When ({current().zone_name})", format="%-d %b %H:%M"
                ),
                alt.Tooltip("truck_id:N", title="Truck"),
                alt.Tooltip("speed:Q", title=speed.name, format=".0f"),
                alt.Tooltip("seconds:Q", title="Seconds", format=".0f"),
            ],
        )
    )
    layers = maps.layered(shown, points, places=frame)
    return titled(
        layers, found, "Where the truck's box noticed them. Towns: GeoNames", height=maps.HEIGHT
    )


def known(found: Finding) -> Any:
    """Return the drivers with how far and in how many trucks they drove, as a table."""
    far, rows = current().unit("distance"), found.rows
    driven = f"Driven, {far.name}"
    shown = rows.assign(kilometres=far.of(rows["kilometres"].astype(float))).rename(
        columns={
            "driver_id": "Driver", "kilometres": driven, "hours": "Hours driven",
            "count_trucks": "Trucks", "count_days": "Days",
        }
    )  # fmt: skip
    return table(shown, found.text, {driven: ",.0f", "Hours driven": ",.0f"})


def coaching(found: Finding) -> Any:
    """Return who is above the fleet, and in what, as a table."""
    shown = found.rows.rename(
        columns={
            "driver_id": "Driver", "what": "What", "times": "Times the fleet",
            "least": "At least", "worst": "Probably of the worst tenth",
        }
    )  # fmt: skip
    form = dict.fromkeys(("Times the fleet", "At least"), ".1f")
    return table(shown, found.text, {**form, "Probably of the worst tenth": ".0%"})
