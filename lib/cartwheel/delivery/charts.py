"""The chart of what landed."""

from typing import Any

import altair as alt
import pandas as pd

from cartwheel.charts.theme import GREEN, ORANGE, empty, room_for, titled
from cartwheel.finding import Finding, counted
from cartwheel.warehouse.provenance import made_from


def landed(found: pd.DataFrame, quarantined: dict[str, int]) -> Any:
    """Draw per stream what landed and what is in quarantine."""
    detail = "Distinct events in the warehouse, and records in quarantine"
    rows = [
        {"stream": row.stream, "what": "landed", "count": int(row.count_events)}
        for row in found.itertuples()
    ] + [{"stream": s, "what": "in quarantine", "count": n} for s, n in quarantined.items() if n]
    if not rows:
        return empty(Finding("Nothing has arrived yet", found), detail)
    frame = pd.DataFrame(rows)
    total, bad = frame["count"].sum(), sum(quarantined.values())
    is_in = "is in quarantine" if bad == 1 else "are in quarantine"
    finding = f"{counted(total - bad, 'event')} landed, {counted(bad, 'record')} {is_in}"
    frame = frame.assign(
        label=[f"{n:,} {w}" for n, w in zip(frame["count"], frame["what"], strict=True)]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("stream:N", title=None, axis=alt.Axis(labelFontSize=12, labelLimit=190)),
        yOffset=alt.YOffset("what:N", sort=["landed", "in quarantine"]),
        x=room_for("count", frame["label"], float(frame["count"].max())),
    )
    bars = base.mark_bar().encode(
        tooltip=[alt.Tooltip("stream:N", title="Stream"), alt.Tooltip("label:N", title="Records")],
        color=alt.Color(
            "what:N",
            legend=None,
            scale=alt.Scale(domain=["landed", "in quarantine"], range=[GREEN, ORANGE]),
        ),
    )
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    rows = made_from(frame.drop(columns="label"), found)
    height = 64 * frame["stream"].nunique()
    return titled(bars + labels, Finding(finding, rows), detail, height=height)
