"""Charts of the trucks' history."""

from datetime import datetime
from typing import Any

import altair as alt
import pandas as pd

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, time_axis, titled

MOST_VERSIONS = 400


def time_line(
    versions: pd.DataFrame, truck_id: str, moment: datetime, column: str, unit: str
) -> Any:
    """Draw the versions of a truck as steps, and the moment that is asked for."""
    detail = f"{unit}; each step is a version, half-open; the line marks the moment asked for (UTC)"
    if versions.empty:
        return empty(f"{truck_id} has no history", detail)
    at = pd.Timestamp(moment.replace(tzinfo=None))
    near = _around(versions, at)
    end = near["effective_to"].fillna(near["effective_from"].max() + pd.Timedelta(minutes=5))
    frame = pd.DataFrame(
        {
            "from": near["effective_from"],
            "to": end,
            "value": near[column],
            "is_current": near["is_current"],
            "is_asked": (near["effective_from"] <= at) & (end > at),
        }
    ).dropna(subset=["value"])
    finding = f"{truck_id} has {len(versions):,} versions"
    if len(near) < len(versions):
        finding += f"; {len(near):,} around the moment are shown"
    steps = (
        alt.Chart(frame)
        .mark_rule(strokeWidth=5)
        .encode(
            x=time_axis("from"),
            x2="to:T",
            y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=False)),
            color=alt.condition("datum.is_asked", alt.value(theme.ORANGE), alt.value(theme.BLUE)),
            tooltip=[
                alt.Tooltip("from:T", title="From", format="%Y-%m-%d %H:%M:%S"),
                alt.Tooltip("to:T", title="Until", format="%Y-%m-%d %H:%M:%S"),
                alt.Tooltip("value:Q", title=unit, format=".2f"),
            ],
        )
    )
    asked = (
        alt.Chart(pd.DataFrame({"at": [at]}))
        .mark_rule(strokeDash=[4, 3], color=theme.ORANGE)
        .encode(x="at:T")
    )
    return titled(steps + asked, finding, detail, height=230, columns=110)


def _around(versions: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """Return at most 400 versions, those around the moment."""
    place = int(versions["effective_from"].searchsorted(at))
    first = max(0, min(place - MOST_VERSIONS // 2, len(versions) - MOST_VERSIONS))
    return versions.iloc[first : first + MOST_VERSIONS]
