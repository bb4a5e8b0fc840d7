"""Charts of who comes back."""

from typing import Any

import altair as alt

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, hover, time_axis, titled
from cartwheel.finding import Finding

_DATES = {"day": "%-d %b", "week": "week of %-d %b", "month": "%b %Y"}
_MOST = 31  # cohorts, the newest, and periods, the first


def cohorts(found: Finding, unit: str = "week") -> Any:
    """Draw a heat map: who began when, and the share that came back in each period after."""
    detail = f"Share of a row's people that came back so many {unit}s later; {_MOST} rows at most"
    frame = found.rows.dropna(subset=["share"])
    if frame.empty:
        return empty(found, detail)
    newest = frame["cohort_at"].drop_duplicates().nlargest(_MOST)
    frame = frame[frame["cohort_at"].isin(newest) & (frame["period"] <= _MOST)]
    most = float(frame["share"].max())
    frame = frame.assign(
        cohort=[
            f"{at.strftime(_DATES[unit])} ({n:,})"
            for at, n in zip(frame["cohort_at"], frame["count_people"], strict=True)
        ],
        label=[f"{share:.0%}" for share in frame["share"]],
    )
    base = alt.Chart(frame).encode(
        x=alt.X("period:O", title=f"{unit}s after the first", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort:N", sort=None, title=None, axis=alt.Axis(labelLimit=150)),
    )
    # Half of the blue at most, so that the numbers can be read on it, in the dark mode too.
    cells = base.mark_rect(color=theme.BLUE).encode(
        opacity=alt.Opacity(
            "share:Q", scale=alt.Scale(domain=[0, most or 1], range=[0.05, 0.5]), legend=None
        ),
        tooltip=[
            alt.Tooltip("cohort:N", title="Began"),
            alt.Tooltip("period:O", title=f"{unit}s after"),
            alt.Tooltip("share:Q", title="Came back", format=".1%"),
            alt.Tooltip("low:Q", title="from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
            alt.Tooltip("count_returned:Q", title="People", format=","),
        ],
    )
    labels = base.mark_text(fontSize=11, color=theme.INK).encode(text="label:N")
    height = max(90, 34 * frame["cohort"].nunique() + 40)
    return titled(cells + labels, found, detail, height=height)


def stickiness(found: Finding) -> Any:
    """Draw which share of the people of four weeks came on each day."""
    detail = "People of a day, of those of the 28 days that end with it; whole days"
    if found.rows.empty:
        return empty(found, detail)
    base = alt.Chart(found.rows).encode(
        x=time_axis("day"),
        y=alt.Y(
            "share:Q",
            title=None,
            axis=alt.Axis(format=".0%"),
            scale=alt.Scale(domain=[0, float(found.rows["share"].max()) * 1.1]),
        ),
    )
    line = base.mark_line(point=len(found.rows) < 3)
    tips = [
        alt.Tooltip("day:T", title="Day"),
        alt.Tooltip("share:Q", title="Came", format=".1%"),
        alt.Tooltip("count_people:Q", title="People", format=","),
        alt.Tooltip("count_of_28_days:Q", title="of", format=","),
    ]
    return titled(line + hover(base, tips), found, detail)
