"""Charts of the data's road."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.charts.tiles import Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.display import current
from cartwheel.events import Kind
from cartwheel.finding import Finding, counted
from cartwheel.operations.overview import COUNTED, KEPT, LANDED, LOADED

COLOURS = {
    LANDED: theme.BLUE, LOADED: theme.ORANGE, COUNTED: theme.GREEN, KEPT: theme.PURPLE,
}  # fmt: skip


def tiles(flows: dict[Kind, Finding], alarms: Finding, standing: Finding, of: int) -> HTML:
    """
    Return the road's numbers.

    Parameters
    ----------
    of
        How many alarms there are.
    """
    on = int((alarms.rows["state"] == "on").sum())
    unknown = len(alarms.rows) - on
    rows = pd.concat([each.rows for each in flows.values()])
    landed = rows[rows["hop"] == LANDED].groupby("minute_at")["count_records"].sum()
    waits = standing.rows["oldest_waits_s"].max()
    youngest = standing.rows["newest_row_s"].min()
    invalid = int(standing.rows["records_in_quarantine"].sum())
    return tile_row(
        Tile("Alarms on", f"{on:,} of {of:,}", f"{unknown:,} not known" if unknown else ""),
        Tile(
            "Landed a minute",
            f"{landed.mean():,.0f}" if len(landed) else "nothing",
            "mean of the time shown" if len(landed) else "nothing was told",
            landed.tolist(),
        ),
        Tile("Newest row", _ago(youngest), "its arrival on the stream"),
        Tile(
            "Waits for its load",
            "nothing" if waits != waits else _length(waits),
            counted(int(standing.rows["objects_waiting"].sum()), "object"),
        ),
        Tile("In quarantine", f"{invalid:,}", "records that were not sent again"),
    )


def _ago(seconds: float) -> str:
    return "no row" if seconds != seconds else f"{_length(seconds)} ago"


def _length(seconds: float) -> str:
    """Return a length of time in the largest unit of which there are two."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} s"


def flow(found: Finding) -> Any:
    """Draw what each hop after a stream took, minute by minute."""
    detail = "Records of each minute, by the hop after the stream"
    if found.rows.empty:
        return empty(found, detail)
    hops = [hop for hop in COLOURS if hop in set(found.rows["hop"])]
    base = alt.Chart(found.rows).encode(
        x=time_axis("minute_at"),
        y=alt.Y("count_records:Q", title="Records", axis=alt.Axis(tickCount=4, format=",~s")),
        color=alt.Color(
            "hop:N",
            scale=alt.Scale(domain=hops, range=[COLOURS[hop] for hop in hops]),
            legend=alt.Legend(columns=2, symbolType="stroke"),
        ),
        strokeDash=alt.StrokeDash(
            "hop:N",
            # Two hops that took the same lie on each other: one is drawn whole, one in dashes.
            scale=alt.Scale(domain=hops, range=[[1, 0], [6, 4], [2, 3]][: len(hops)]),
        ),
        tooltip=[
            alt.Tooltip("minute_at:T", title=f"Minute ({current().zone_name})", format="%H:%M"),
            alt.Tooltip("hop:N", title="Hop"),
            alt.Tooltip("count_records:Q", title="Records", format=","),
        ],
    )
    return titled(base.mark_line(strokeWidth=2), found, detail, height=180)
