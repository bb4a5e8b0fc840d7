"""Charts of what the trucks emit."""

from typing import Any

import altair as alt
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.display import Unit, current
from cartwheel.finding import Finding

_SHOWN = 20


def trucks(found: Finding) -> Any:
    """Draw what each truck emitted, well-to-wheel, the tank-to-wheel part darker."""
    detail = "kg of CO2e; dark: the engine, light: making the fuel"
    frame = found.rows.dropna(subset=["well_to_wheel"]).head(_SHOWN)
    if frame.empty:
        return empty(found, detail)
    rate = _per_distance()
    frame = frame.assign(rate=rate.of(frame["per_km"].astype(float)))
    base = alt.Chart(frame).encode(
        y=alt.Y("truck_id:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip("well_to_wheel:Q", title="Well-to-wheel, kg", format=",.0f"),
            alt.Tooltip("tank_to_wheel:Q", title="Tank-to-wheel, kg", format=",.0f"),
            alt.Tooltip("rate:Q", title=rate.name, format=".2f"),
            alt.Tooltip("per_order:Q", title="kg an order", format=".2f"),
            alt.Tooltip("source:N", title="Litres by"),
        ],
    )
    whole = base.mark_bar(height=13, color=theme.BLUE, opacity=0.4).encode(
        x=alt.X("well_to_wheel:Q", title="kg of CO2e", axis=alt.Axis(tickCount=5))
    )
    part = base.mark_bar(height=13, color=theme.BLUE).encode(x="tank_to_wheel:Q")
    return titled(whole + part, found, detail, height=max(120, 20 * len(frame)))


def _per_distance() -> Unit:
    unit = current().unit("distance")
    return Unit(f"kg a {unit.name}", 1 / unit.factor)


def causes(found: Finding) -> Any:
    """Draw what idling, high consumption and deliveries in vain emit."""
    detail = "kg of CO2 equivalents, well-to-wheel; a litre may have two causes"
    frame = found.rows.dropna(subset=["well_to_wheel"])
    if frame.empty:
        return empty(found, detail)
    base = alt.Chart(frame).encode(
        y=alt.Y("cause:N", sort="-x", title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X(
            "well_to_wheel:Q", title="kg of CO2e", axis=alt.Axis(tickCount=5),
            scale=alt.Scale(domain=[0.0, 1.5 * (float(frame["well_to_wheel"].max()) or 1.0)]),
        ),
    )  # fmt: skip
    bars = base.mark_bar(height=18, color=theme.BLUE).encode(
        tooltip=[
            alt.Tooltip("cause:N", title="Cause"),
            alt.Tooltip("well_to_wheel:Q", title="kg", format=",.0f"),
            alt.Tooltip("share:Q", title="Of all", format=".1%"),
        ]
    )
    labels = base.mark_text(align="left", dx=6).encode(text=alt.Text("share:Q", format=".1%"))
    return titled(bars + labels, found, detail, height=120)


def intensities(found: Finding) -> HTML:
    """Return each truck's emissions by distance, tonne-kilometre and order as a table."""
    far, volume, rate = current().unit("distance"), current().unit("volume"), _per_distance()
    rows = found.rows
    driven, litres = f"Driven, {far.name}", f"Fuel, {volume.name}"
    shown = rows[["truck_id"]].rename(columns={"truck_id": "Truck"})
    shown = shown.assign(
        **{
            driven: far.of(rows["distance_km"].astype(float)),
            litres: volume.of(rows["litres"].astype(float)),
            "By": rows["source"],
            "Tank-to-wheel, kg": rows["tank_to_wheel"],
            "Well-to-wheel, kg": rows["well_to_wheel"],
            rate.name: rate.of(rows["per_km"].astype(float)),
            "kg a tonne-km": rows["per_tonne_km"],
            "Orders": rows["count_delivered"],
            "kg an order": rows["per_order"],
        }
    )
    shown.attrs = rows.attrs
    whole = dict.fromkeys((driven, litres, "Tank-to-wheel, kg", "Well-to-wheel, kg"), ",.0f")
    parts = dict.fromkeys((rate.name, "kg a tonne-km", "kg an order"), ".2f")
    return table(shown, "By distance, tonne-kilometre and order", {**whole, **parts, "Orders": ","})
