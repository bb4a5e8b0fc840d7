"""Charts of an experiment."""

from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, room_for, titled
from cartwheel.charts.tiles import Tile, tiles
from cartwheel.display import current
from cartwheel.estimation import logit
from cartwheel.finding import Finding

_LABEL = 64  # pixels beside an interval


def balance(found: Finding) -> HTML:
    """Return the size of the arms as a table."""
    names = {"arm": "Arm", "count_persons": "Persons", "expected": "As drawn", "p": "p"}
    shown = found.rows[list(names)].rename(columns=names)
    shown.attrs = found.rows.attrs
    return table(shown, found.text, {"Persons": ",", "As drawn": ",.0f", "p": ".3g"})


def worth(found: Finding, odds: logit.Effect | None) -> HTML:
    """Return what treating everybody brings a month, and the effect on a carted product."""
    money = "unknown"
    note = found.text
    if len(found.rows):
        row = found.rows.iloc[0]
        money = current().money(row["money"])
        note = f"{current().money(row['low'])} to {current().money(row['high'])}; all treated"
    return tiles(
        Tile("Revenue a month", money, note),
        Tile(
            "Log-odds that a carted product is bought",
            "unknown" if odds is None else f"{odds.value:+.3f}",
            "too few carts"
            if odds is None
            else f"{odds.low:+.3f} to {odds.high:+.3f}; all else equal",
        ),
    )


def effects(found: Finding) -> Any:
    """Draw the relative difference of each estimand, with its interval."""
    detail = "Relative difference to the control arm, 95 % interval by person"
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    rows = frame.rename(columns={"relative_low": "from", "relative_high": "to"})
    rows = rows.assign(what=rows["estimand"], tip=[
        f"{c:,.4g} with the control, {t:,.4g} with the treatment"
        for c, t in zip(rows["control"], rows["treatment"], strict=True)
    ])  # fmt: skip
    return titled(_dots(rows), found, detail, height=max(80, 44 * len(rows)))


def segments(found: Finding) -> Any:
    """Draw the relative difference of each segment, shrunk towards the whole."""
    detail = "Relative difference in visits that buy, shrunk towards the whole; 95 % interval"
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    rows = frame.rename(columns={"low": "from", "high": "to"})
    rows = rows.assign(what=rows["column"] + " " + rows["segment"], tip=[
        f"{n:,} persons; as measured {raw:+.1%}"
        for n, raw in zip(rows["count_persons"], rows["raw"], strict=True)
    ])  # fmt: skip
    return titled(_dots(rows), found, detail, height=max(80, 30 * len(rows)))


def _dots(rows: pd.DataFrame) -> Any:
    """Return points with their intervals and labels, and a line where nothing differs."""
    rows = rows.assign(label=[f"{each:+.1%}" for each in rows["relative"]], nothing=0.0)
    least, most = min(0.0, float(rows["from"].min())), max(0.0, float(rows["to"].max()))
    end = alt.ExprRef(f"max(12, width - {_LABEL})")
    scale = alt.Scale(domain=[least, max(most, least + 0.01)], range=[0, end], nice=False)
    axis = alt.Axis(format="+.0%", tickCount=5)
    base = alt.Chart(rows).encode(
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[
            alt.Tooltip("what:N", title="Of"),
            alt.Tooltip("relative:Q", title="Difference", format="+.2%"),
            alt.Tooltip("from:Q", format="+.2%"),
            alt.Tooltip("to:Q", format="+.2%"),
            alt.Tooltip("tip:N", title="Measured"),
        ],
    )
    lines = base.mark_rule(strokeWidth=3, color=theme.BLUE).encode(
        x=alt.X("from:Q", title=None, scale=scale, axis=axis), x2="to:Q"
    )
    points = base.mark_point(filled=True, size=90, color=theme.BLUE).encode(x="relative:Q")
    labels = base.mark_text(align="left", dx=8).encode(x="to:Q", text="label:N")
    zero = alt.Chart(rows.head(1)).mark_rule(strokeDash=[4, 3]).encode(x="nothing:Q")
    return zero + lines + points + labels


def over_time(found: Finding) -> Any:
    """Draw the difference as it was known each day, with the intervals of one and of every look."""
    detail = (
        "Difference in visits that buy, percentage points; dark: at one look, light: at every look"
    )
    if found.rows.empty:
        return empty(found, detail)
    names = ("difference", "low", "high", "low_always", "high_always")
    rows = found.rows.assign(**{name: 100 * found.rows[name].astype(float) for name in names})
    rows = rows.assign(nothing=0.0)
    base = alt.Chart(rows).encode(
        x=alt.X("day:T", title=None, axis=alt.Axis(format="%-d %b", tickCount=6))
    )
    tooltips = [
        alt.Tooltip("day:T", title="Until", format="%-d %b"),
        alt.Tooltip("difference:Q", title="Difference", format="+.2f"),
        alt.Tooltip("low_always:Q", title="from, at every look", format="+.2f"),
        alt.Tooltip("high_always:Q", title="to, at every look", format="+.2f"),
        alt.Tooltip("count_persons:Q", title="Persons", format=","),
    ]
    y = alt.Y("low_always:Q", title="Percentage points", axis=alt.Axis(tickCount=5))
    wide = base.mark_area(fillOpacity=0.14, color=theme.BLUE, line=False).encode(
        y=y, y2="high_always:Q"
    )
    narrow = base.mark_area(fillOpacity=0.25, color=theme.BLUE, line=False).encode(
        y="low:Q", y2="high:Q"
    )
    line = base.mark_line(color=theme.BLUE).encode(y="difference:Q")
    zero = base.mark_rule(strokeDash=[4, 3], color=theme.SOFT).encode(y="nothing:Q")
    points = base.mark_point(filled=True, size=40, color=theme.BLUE).encode(
        y="difference:Q", tooltip=tooltips
    )
    return titled(wide + narrow + zero + line + points, found, detail, height=264)


def planned(found: Finding) -> Any:
    """Draw the smallest relative difference that would be seen by now, for each estimand."""
    detail = "Smallest relative difference that is detected with a power of 80 %"
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    frame = frame.assign(
        label=[
            f"{each:.1%}" + (f" · {days:,.0f} days more" if days else "")
            for each, days in zip(frame["detectable"], frame["days"], strict=True)
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("estimand:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        x=room_for("detectable", frame["label"], float(frame["detectable"].max())),
        tooltip=[
            alt.Tooltip("estimand:N", title="Of"),
            alt.Tooltip("detectable:Q", title="Detectable", format=".1%"),
            alt.Tooltip("days:Q", title="Days still needed", format=",.0f"),
        ],
    )
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(base.mark_bar(height=18) + labels, found, detail, height=max(70, 34 * len(frame)))
