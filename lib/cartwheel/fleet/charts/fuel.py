"""Charts of the fleet's fuel."""

from typing import Any

import altair as alt
import numpy as np

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, titled
from cartwheel.finding import Finding


def consumption(found: Finding, chosen: str) -> Any:
    """Draw each truck's consumption, with the fleet's median as a line."""
    detail = "Litres per 100 km; the line is the fleet's median"
    if found.rows.empty:
        return empty(found.text, detail)
    group = np.where(found.rows["is_high"], "high", "usual")
    frame = found.rows.assign(group=np.where(found.rows["truck_id"] == chosen, "chosen", group))
    base = alt.Chart(frame.drop(columns=["median", "is_high"])).encode(
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
    median = float(frame["median"].iloc[0])
    rule = (
        alt.Chart(alt.InlineData(values=[{"median": median}]))
        .mark_rule(strokeDash=[4, 3], color=theme.SOFT)
        .encode(x="median:Q")
    )
    return titled(bars + labels + rule, found.text, detail, height=max(120, 22 * len(frame)))
