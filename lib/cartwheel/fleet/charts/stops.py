"""Charts of when a truck drove and when it stood."""

from typing import Any

import altair as alt

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.display import current
from cartwheel.finding import Finding

DETAIL = "Stops of two minutes and more, and the trips between them"
KINDS = {"trip": "Trip", "stop": "Stop"}


def spells(found: Finding) -> Any:
    """Draw a truck's trips and stops along the time."""
    if found.rows.empty:
        return empty(found, DETAIL)
    far, zone = current().unit("distance"), current().zone_name
    rows = found.rows
    frame = rows[["began_at", "ended_at"]].assign(
        what=rows["kind"].map(KINDS),
        minutes=(rows["ended_at"] - rows["began_at"]).dt.total_seconds() / 60,
        distance=far.of(rows["distance_km"].astype(float)),
        engine=rows["engine_seconds"].astype(float) / 60,
    )
    names = list(KINDS.values())
    bars = (
        alt.Chart(frame)
        .mark_bar(height=18)
        .encode(
            y=alt.Y("what:N", sort=names, scale=alt.Scale(domain=names), title=None),
            x=time_axis("began_at"),
            x2="ended_at:T",
            color=alt.Color(
                "what:N",
                legend=None,
                scale=alt.Scale(domain=names, range=[theme.BLUE, theme.ORANGE]),
            ),
            tooltip=[
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("began_at:T", title=f"From ({zone})", format="%-d %b %H:%M"),
                alt.Tooltip("ended_at:T", title=f"Until ({zone})", format="%-d %b %H:%M"),
                alt.Tooltip("minutes:Q", title="Minutes", format=",.0f"),
                alt.Tooltip("distance:Q", title=far.name, format=",.1f"),
                alt.Tooltip("engine:Q", title="Engine on, minutes", format=",.0f"),
            ],
        )
    )
    return titled(bars, found, DETAIL, height=80)
