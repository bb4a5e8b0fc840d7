"""A chart of the trucks' condition."""

from typing import Any

import altair as alt

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, titled
from cartwheel.finding import Finding
from cartwheel.fleet.health import UNUSUAL

FURTHEST = 14.0  # spreads; what is further off is drawn there


def strip(found: Finding) -> Any:
    """Draw each signal of each truck by how far it is to the bad side of the fleet."""
    detail = (
        "Each truck's signals on the last day it ran, in standard deviations (robust) from the "
        "fleet median; further right is worse, beyond the line is unusual"
    )
    # What no sound truck has is furthest, compared or not.
    place = found.rows["badness"].clip(-FURTHEST, FURTHEST).mask(found.rows["is_beyond"], FURTHEST)
    frame = found.rows.assign(shown=place).dropna(subset=["shown"])
    if frame.empty:
        return empty(found, detail)
    base = alt.Chart(frame).encode(
        x=alt.X(
            "shown:Q",
            title="Standard deviations",
            scale=alt.Scale(domain=[-6, FURTHEST + 1]),
            axis=alt.Axis(values=[-4, 0, 4, 8, 12]),
        ),
        y=alt.Y("signal:N", sort=None, title=None, axis=alt.Axis(labelFontSize=12)),
    )
    near = alt.selection_point(nearest=True, on="pointermove", clear="pointerout", empty=False)
    points = (
        base.mark_circle(size=90, opacity=0.75)
        .add_params(near)
        .encode(
            color=alt.Color("is_unusual:N", legend=None).scale(
                domain=[False, True], range=[theme.BLUE, theme.ORANGE]
            ),
            tooltip=[
                alt.Tooltip("truck_id:N", title="Truck"),
                alt.Tooltip("signal:N", title="Signal"),
                alt.Tooltip("value:Q", title="Value", format=".1f"),
                alt.Tooltip("usual:Q", title="Fleet's median", format=".1f"),
            ],
        )
    )
    labels = (
        base.transform_filter("datum.is_unusual")
        .mark_text(align="right", dx=-9, color=theme.ORANGE, fontWeight=600)
        .encode(text="label:N")
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"limit": UNUSUAL}]))
        .mark_rule(strokeDash=[4, 3], color=theme.SOFT)
        .encode(x="limit:Q")
    )
    return titled(points + labels + rule, found, detail, height=210)
