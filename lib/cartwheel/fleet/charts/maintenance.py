"""Charts of the parts' condition, their risks, and whom to call in."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.calibration import calibration
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, titled
from cartwheel.display import Unit, current
from cartwheel.finding import Finding
from cartwheel.fleet.maintenance.assessment import NEAR
from cartwheel.fleet.maintenance.decision import HORIZON_DAYS

_FAILS = f"Fails within {HORIZON_DAYS} days"
_FURTHEST = 1.0  # of the way to the limit; what is beyond is drawn there
_QUANTITIES = {"cooling": "temperature", "lubrication": "pressure"}
_PLAIN = {"alternator": Unit("V"), "battery": Unit("V"), "transmission": Unit("rpm per km/h")}
_FORMS = {"lubrication": ",.0f"}


def _unit(component: str) -> Unit:
    if component in _QUANTITIES:
        return current().unit(_QUANTITIES[component])
    return _PLAIN[component]


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what people read: value, usual and limit with their unit."""
    told = {
        name: [
            "" if pd.isna(value) else _unit(part).text(value, _FORMS.get(part, ",.1f"))
            for part, value in zip(rows["component"], rows[name].astype(float), strict=True)
        ]
        for name in ("value", "usual", "limit")
    }
    return rows.assign(**told)


def conditions(found: Finding, chosen: str) -> Any:
    """Draw each part of each truck by how far it has come from its usual value to its limit."""
    detail = (
        "How far each part has come from the truck's own past to the limit of sound vehicles, "
        "apart from weather and load, the last three days; beyond the line is worth a look"
    )
    if found.rows.empty:
        return empty(found, detail)
    frame = _shown(found.rows).assign(
        place=found.rows["share"].clip(-0.2, _FURTHEST),
        group=[
            "chosen" if truck == chosen else "near" if is_near else "usual"
            for truck, is_near in zip(found.rows["truck_id"], found.rows["is_near"], strict=True)
        ],
    )
    base = alt.Chart(frame).encode(
        x=alt.X(
            "place:Q", title="Share of the way to the limit",
            scale=alt.Scale(domain=[-0.2, _FURTHEST + 0.05]),
            axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1]),
        ),
        y=alt.Y("signal:N", sort=None, title=None, axis=alt.Axis(labelFontSize=12)),
    )  # fmt: skip
    points = base.mark_circle(size=80, opacity=0.75).encode(
        color=alt.Color("group:N", legend=None).scale(
            domain=["usual", "near", "chosen"], range=[theme.BLUE, theme.ORANGE, theme.PURPLE]
        ),
        tooltip=[
            alt.Tooltip("truck_id:N", title="Truck"),
            alt.Tooltip("component:N", title="Part"),
            alt.Tooltip("value:N", title="Now"),
            alt.Tooltip("usual:N", title="Usual"),
            alt.Tooltip("limit:N", title="Limit"),
            alt.Tooltip("share:Q", title="Of the way", format=".0%"),
        ],
    )
    labels = (
        base.transform_filter("datum.is_near")
        .mark_text(align="left", dx=7, color=theme.ORANGE, fontWeight=600)
        .encode(text="truck_id:N")
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"limit": NEAR}]))
        .mark_rule(strokeDash=[4, 3], color=theme.SOFT)
        .encode(x="limit:Q")
    )
    return titled(points + labels + rule, found, detail, height=210)


def calls(found: Finding) -> HTML:
    """Return whom to call in, and why, as a table."""
    rows = _shown(found.rows)
    worth = f"Saves on average{f', {current().currency}' if current().currency else ''}"
    shown = rows.rename(
        columns={
            "truck_id": "Truck", "component": "Part", "signal": "Shown by", "value": "Now",
            "usual": "Usual", "probability": _FAILS, "worth": worth,
        }
    )  # fmt: skip
    columns = ["Truck", "Part", "Shown by", "Now", "Usual", _FAILS, worth]
    shown = shown[columns]
    shown.attrs = found.rows.attrs
    return table(shown, found.text, {_FAILS: ".0%", worth: ",.0f"})


def history(found: Finding) -> Any:
    """Draw a part's signal by day, beside the truck's own past."""
    rows = found.rows
    detail = "By day, apart from weather and load; the line is the truck's own past"
    known = rows.dropna(subset=["value"])
    if known.empty or known["usual"].isna().all():
        return empty(found, detail)
    component = str(known["component"].iloc[0])
    unit = _unit(component)
    frame = known[["day", "value", "usual", "failed"]].assign(
        value=unit.of(known["value"].astype(float)), usual=unit.of(known["usual"].astype(float))
    )
    base = alt.Chart(frame).encode(x=alt.X("day:T", title=current().zone_name))
    form = _FORMS.get(component, ".1f")
    points = base.mark_circle(size=28).encode(
        y=alt.Y("value:Q", title=unit.name, scale=alt.Scale(zero=False)),
        color=alt.Color("failed:N", legend=None).scale(
            domain=[False, True], range=[theme.BLUE, theme.ORANGE]
        ),
        tooltip=[
            alt.Tooltip("day:T", title="Day", format="%-d %b %Y"),
            alt.Tooltip("value:Q", title=unit.name, format=form),
            alt.Tooltip("usual:Q", title="Usual", format=form),
            alt.Tooltip("failed:N", title="Failed"),
        ],
    )
    usual = base.mark_line(color=theme.SOFT, strokeDash=[4, 3]).encode(y="usual:Q")
    return titled(usual + points, found, detail, height=180)


def saved(found: Finding) -> Any:
    """Draw what each way to call trucks in would have saved."""
    detail = (
        "Against running to failure, on trucks and weeks that were not learned from; one "
        "decision a week"
    )
    if found.rows.empty:
        return empty(found, detail)
    base = alt.Chart(found.rows).encode(y=alt.Y("name:N", sort=None, title=None))
    bars = base.mark_bar(height=18, color=theme.BLUE).encode(
        x=alt.X("saved:Q", title=f"Saved {current().currency}".rstrip()),
        tooltip=[
            alt.Tooltip("name:N", title="Way"),
            alt.Tooltip("saved:Q", title="Saved", format=",.0f"),
            alt.Tooltip("calls:Q", title="Called in"),
            alt.Tooltip("in_vain:Q", title="Of them in vain"),
            alt.Tooltip("failures:Q", title="Failures left"),
        ],
    )
    labels = base.mark_text(align="left", dx=6).encode(
        x="saved:Q", text=alt.Text("saved:Q", format=",.0f")
    )
    return titled(bars + labels, found, detail, height=120)


def trusted(found: Finding) -> Any:
    """Draw what was foreseen against what happened."""
    detail = f"Share that failed within {HORIZON_DAYS} days, by the risk that was told"
    return calibration(found, detail, {"units": "Parts", "count": "Days"})


def scores(found: Finding) -> HTML:
    """Return how well failures are foreseen as a table."""
    names = {
        "what": "By", "average_precision": "Average precision", "auc": "AUC",
        "brier": "Brier score", "skill": "Skill against the base rate",
    }  # fmt: skip
    form = {
        "Average precision": ".3f", "AUC": ".3f", "Brier score": ".4f",
        "Skill against the base rate": ".0%",
    }  # fmt: skip
    return table(found.rows.rename(columns=names), found.text, form)
