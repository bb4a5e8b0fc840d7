"""Charts of the fleet's fuel."""

from typing import Any

import altair as alt
import numpy as np

from cartwheel.charts import theme
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
