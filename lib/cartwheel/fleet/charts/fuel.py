"""Charts of the fleet's fuel."""

from typing import Any

import altair as alt
import numpy as np
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.display import current
from cartwheel.finding import Finding


def consumption(found: Finding, chosen: str) -> Any:
    """Draw each truck's consumption, with the fleet's median as a line."""
    unit, far = current().unit("consumption"), current().unit("distance")
    detail = f"{unit.name}; the line is the fleet's median"
    if found.rows.empty:
        return empty(found, detail)
    group = np.where(found.rows["is_high"], "high", "usual")
    frame = found.rows.assign(
        group=np.where(found.rows["truck_id"] == chosen, "chosen", group),
        use=unit.of(found.rows["litres_per_100_km"]),
        distance=far.of(found.rows["distance_km"]),
    )
    base = alt.Chart(frame[["truck_id", "use", "distance", "group"]]).encode(
        y=alt.Y("truck_id:N", sort=None, title=None),
        x=alt.X("use:Q", title=unit.name, axis=alt.Axis(tickCount=5)),
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
            alt.Tooltip("use:Q", title=unit.name, format=".1f"),
            alt.Tooltip("distance:Q", title=far.name, format=",.0f"),
        ]
    )
    labels = base.mark_text(align="right", dx=-6, fontSize=11).encode(
        text=alt.Text("use:Q", format=".1f"), color=alt.value(theme.CARD)
    )
    median = float(unit.of(frame["median"].iloc[0]))
    rule = (
        alt.Chart(alt.InlineData(values=[{"median": median}]))
        .mark_rule(strokeDash=[4, 3], color=theme.SOFT)
        .encode(x="median:Q")
    )
    return titled(bars + labels + rule, found, detail, height=max(120, 22 * len(frame)))


def ledger(found: Finding) -> HTML:
    """Return the tanks' accounts as a table."""
    unit, far, rate = (current().unit(name) for name in ("volume", "distance", "consumption"))
    rows = found.rows
    litres = {
        f"{title}, {unit.name}": unit.of(rows[name])
        for name, title in (
            ("at_first", "At first"), ("refuelled", "+ refuelled"), ("lost", "- left at once"),
            ("left", "- left in the tank"), ("used", "= used"), ("low", "Between"),
            ("high", "and"),
        )
    }  # fmt: skip
    driven, use = f"Driven, {far.name}", rate.name
    shown = rows[["truck_id"]].rename(columns={"truck_id": "Truck"})
    shown = shown.assign(
        **litres,
        **{
            driven: far.of(rows["distance_km"].astype(float)),
            use: rate.of(rows["litres_per_100_km"]),
        },
        **{"By receipts": np.where(rows["is_calibrated"].fillna(False).astype(bool), "yes", "no")},
    )
    shown.attrs = rows.attrs
    return table(shown, found.text, {**dict.fromkeys(litres, ",.1f"), driven: ",.0f", use: ".1f"})


def losses(found: Finding) -> HTML:
    """Return what left the tanks at once as a table."""
    unit, rows = current().unit("volume"), found.rows
    shown = rows[["truck_id", "earliest_at", "happened_at"]].assign(
        share=rows["percent"], amount=unit.of(rows["litres"])
    )
    names = {
        "truck_id": "Truck", "earliest_at": "After", "happened_at": "Before",
        "share": "Of the tank, %", "amount": unit.name,
    }  # fmt: skip
    return table(
        shown.rename(columns=names), found.text, {"Of the tank, %": ".1f", unit.name: ",.1f"}
    )


def receipts(found: Finding) -> Any:
    """Draw each receipt against what reached the tank."""
    unit = current().unit("volume")
    detail = f"What receipts say against what reached the tank, {unit.name}; on the line they fit"
    rows = found.rows.dropna(subset=["litres", "receipt_litres"])
    if rows.empty:
        return empty(found, detail)
    frame = rows.assign(
        reached=unit.of(rows["litres"]), told=unit.of(rows["receipt_litres"]),
        more=unit.of(rows["off"]),
    )  # fmt: skip
    most = float(frame[["reached", "told"]].max().max())
    ends = alt.InlineData(values=[{"at": 0.0}, {"at": most}])
    line = alt.Chart(ends).mark_line(color=theme.SOFT, strokeWidth=1, strokeDash=[4, 3]).encode(
        x="at:Q", y="at:Q"
    )  # fmt: skip
    points = (
        alt.Chart(frame)
        .mark_circle(size=45, opacity=0.8)
        .encode(
            x=alt.X("reached:Q", title=f"Reached the tank, {unit.name}"),
            y=alt.Y("told:Q", title=f"Receipt, {unit.name}"),
            color=alt.Color(
                "verdict:N",
                scale=alt.Scale(domain=["fits", "wrong"], range=[theme.BLUE, theme.ORANGE]),
            ),
            tooltip=[
                alt.Tooltip("truck_id:N", title="Truck"),
                alt.Tooltip(
                    "happened_at:T", title=f"When ({current().zone_name})", format="%-d %b %H:%M"
                ),
                alt.Tooltip("reached:Q", title="Reached the tank", format=",.1f"),
                alt.Tooltip("told:Q", title="Receipt", format=",.1f"),
                alt.Tooltip("more:Q", title="Receipt less tank", format="+,.1f"),
            ],
        )
    )
    return titled(line + points, found, detail, height=300)


def odd(found: Finding) -> HTML:
    """Return the receipts that do not fit, and refuels without one, as a table."""
    unit, rows = current().unit("volume"), found.rows
    rows = rows[rows["verdict"] != "fits"]
    shown = rows[["truck_id", "happened_at", "verdict"]].assign(
        reached=unit.of(rows["litres"]), told=unit.of(rows["receipt_litres"]),
        more=unit.of(rows["off"]),
    )  # fmt: skip
    shown.attrs = found.rows.attrs
    names = {
        "truck_id": "Truck", "happened_at": "When", "verdict": "What",
        "reached": f"Reached the tank, {unit.name}", "told": f"Receipt, {unit.name}",
        "more": f"Receipt less tank, {unit.name}",
    }  # fmt: skip
    form = {f"{name}, {unit.name}": ",.1f" for name in ("Reached the tank", "Receipt")}
    form[f"Receipt less tank, {unit.name}"] = "+,.1f"
    return table(shown.rename(columns=names), "Refuels to look at", form)
