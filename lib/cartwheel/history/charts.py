"""Charts and tables of the histories."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from IPython.display import HTML

from cartwheel import history
from cartwheel.charts import theme
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, time_axis, titled
from cartwheel.charts.tiles import Tile, tiles
from cartwheel.display import current
from cartwheel.finding import Finding, counted
from cartwheel.history import Dimension, Merge
from cartwheel.history.questions import Key
from cartwheel.history.tasks import NO_TASK
from cartwheel.timeframe import lasting
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

MAX_SEGMENTS = 400  # of a lane; what changes more often is no lane
ROOM = 8  # pixels around a label
SHOWN = 14  # rows of a table
# From the value that holds longest to the rarer ones.
LANE_COLOURS = [theme.BLUE, theme.ORANGE, theme.PURPLE, theme.SAND, theme.GREEN]


def merged(warehouse: Warehouse, done: Sequence[Merge]) -> HTML:
    """Show what each merge did, and what its history holds now."""
    shown = []
    for merge in done:
        count, current = history.totals(warehouse, merge.name)
        note = f"versions, {current:,} of them current; {counted(merge.files, 'new file')}"
        if merge.files:
            note += f": {counted(merge.taken_out, 'version')} taken out, {merge.made:,} made"
        shown.append(Tile(merge.name, f"{count:,}", note))
    return tiles(*shown)


def tasks(found: pd.DataFrame) -> HTML:
    """Show how the tasks that merge in the cloud fare; where there are none, who merges."""
    if (found["state"] == NO_TASK).all():
        caption = "No task merges here: this page does, and 'cartwheel history merge'"
        return table(found[["history", "state"]], caption)
    stopped = found.loc[found["state"] == "suspended", "history"]
    caption = "The tasks that merge are started"
    if len(stopped):
        caption = f"Suspended, so that nothing is merged: {', '.join(stopped)}"
    return table(found, caption)


def lanes(dimension: Dimension, key: Key, versions: pd.DataFrame, moment: datetime) -> Any:
    """Draw what held of one key: a lane per column, a segment per value, the moment as a line."""
    at, zone = pd.Timestamp(moment.replace(tzinfo=None)), current().zone_name
    detail = (
        "Each segment lasts as long as its value held; the dashed line marks the moment asked for."
    )
    if versions.empty:
        return empty(Finding(f"{history.as_text(key)} has no history", versions), detail)
    drawn, left_out = _segments(dimension, versions)
    if left_out:
        detail += f" Columns that change more than {MAX_SEGMENTS} times have no lane ({left_out})."
    if drawn.empty:
        text = f"{history.as_text(key)} has no column that keeps a value for a while"
        return empty(Finding(text, versions), detail)
    base = alt.Chart(drawn).encode(
        y=alt.Y("lane:N", sort=None, title=None, axis=alt.Axis(labelFontSize=12, labelLimit=200))
    )
    bars = base.mark_bar(height=17, cornerRadiusEnd=0).encode(
        x=time_axis("from"),
        x2="to:T",
        color=alt.Color("colour:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("lane:N", title="Column"),
            alt.Tooltip("value:N", title="Value"),
            alt.Tooltip("from:T", title=f"From ({zone})", format="%Y-%m-%d %H:%M:%S"),
            alt.Tooltip("to:T", title="Until", format="%Y-%m-%d %H:%M:%S"),
        ],
    )
    labels = (
        base.transform_filter("datum.value != 'null'")
        .transform_filter(f"datum.share * width > {theme.LETTER} * length(datum.value) + {ROOM}")
        .mark_text(color=theme.CARD, fontSize=11, fontWeight=600)
        .encode(x="middle:T", text="value:N")
    )
    asked = (
        alt.Chart(pd.DataFrame({"at": [at]}))
        .mark_rule(strokeDash=[4, 3], strokeWidth=2, color=theme.INK)
        .encode(x="at:T")
    )
    height = 60 + 26 * drawn["lane"].nunique()
    text = _finding(history.as_text(key), versions, drawn, is_whole=not left_out)
    found = Finding(text, versions)
    return titled(bars + labels + asked, found, detail, height=height)


def _finding(key: str, versions: pd.DataFrame, drawn: pd.DataFrame, *, is_whole: bool) -> str:
    count = f"{key} has {counted(len(versions), 'version')}"
    changes = drawn[drawn["from"] > versions["effective_from"].min()]
    if changes.empty:
        return count
    last = changes.sort_values("from").iloc[-1]
    at = f"{current().clock(last['from']):%-d %b at %H:%M} {current().zone_name}"
    among = "" if is_whole else "of the columns below "
    return f"{count}; {among}last {last['lane']} became {last['value']}, on {at}"


def _segments(dimension: Dimension, versions: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the segments of the columns that change seldom, and which change often."""
    first = versions["effective_from"].min()
    newest = versions["effective_from"].max()
    open_end = newest + max((newest - first) * 0.02, pd.Timedelta(minutes=1))
    ends = versions["effective_to"].fillna(open_end)
    is_gap = versions["effective_from"] != versions["effective_to"].shift()
    made, left_out = [], []
    for column in dimension.columns:
        words = versions[column].map(_word)
        run = (is_gap | (words != words.shift())).cumsum()
        if run.iloc[-1] > MAX_SEGMENTS:
            left_out.append(column)
            continue
        frame = pd.DataFrame({"value": words, "from": versions["effective_from"], "to": ends})
        lane = frame.groupby(run).agg({"value": "first", "from": "first", "to": "last"})
        lane.insert(0, "lane", column.replace("_", " "))
        held = (lane["to"] - lane["from"]).groupby(lane["value"]).sum()
        ranks = {v: n for n, v in enumerate(held.drop("null", errors="ignore").nlargest(5).index)}
        lane["colour"] = [
            LANE_COLOURS[ranks[v]] if v in ranks else theme.BORDER for v in lane["value"]
        ]
        made.append(lane)
    if not made:
        return pd.DataFrame(), ", ".join(left_out)
    drawn = pd.concat(made, ignore_index=True)
    length = drawn["to"] - drawn["from"]
    drawn["middle"] = drawn["from"] + length / 2
    drawn["share"] = length / (open_end - first)
    return drawn, ", ".join(left_out)


def _word(value: Any) -> str:
    if value is None or value != value:
        return "null"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def beside(
    held: pd.DataFrame, known: pd.DataFrame, key: Key, moment: datetime, known_at: datetime
) -> HTML:
    """Set what held at a moment beside what was known of it, column by column."""
    clock, zone = current().clock, current().zone_name
    caption = (
        f"{history.as_text(key)} as of {clock(moment):%Y-%m-%d %H:%M:%S}, and as known at "
        f"{clock(known_at):%Y-%m-%d %H:%M:%S} {zone}"
    )
    names = [name for name in (held if not held.empty else known).columns if name != "is_current"]
    rows = [(name, _value(held, name), _value(known, name)) for name in names]
    frame = pd.DataFrame(rows, columns=["column", "as of", "as known at"])
    frame["alike"] = [
        "✓" if one == other else "✗ differs"
        for one, other in zip(frame["as of"], frame["as known at"], strict=True)
    ]
    return table(made_from(frame, held, known), caption)


def _value(version: pd.DataFrame, name: str) -> str:
    if version.empty:
        return "no version"
    value = version.iloc[0][name]
    is_time = isinstance(value, pd.Timestamp) and value == value
    return f"{current().clock(value):%Y-%m-%d %H:%M:%S}" if is_time else _word(value)


def changes(found: pd.DataFrame, name: str, first: datetime, second: datetime) -> HTML:
    """Tabulate what differs between two moments: the last changes first."""
    key, clock = found.columns[0], current().clock
    count = found[key].nunique()
    shown = found.sort_values("effective_from", ascending=False, kind="stable").head(SHOWN)
    caption = (
        f"{name}: {counted(len(found), 'difference')} of {counted(count, 'key')} between "
        f"{clock(first):%Y-%m-%d %H:%M} and {clock(second):%Y-%m-%d %H:%M} {current().zone_name}"
        + (f"; the last {SHOWN}" if len(found) > SHOWN else "")
    )
    return table(shown.drop(columns="effective_from"), caption)


def explained(rows: pd.DataFrame, name: str, key: Key) -> HTML:
    """Tabulate what came of a key's rows: those that were late, overruled or made a version."""
    verdicts = rows["verdict"].value_counts()
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items())
    late = int((rows["late_by_seconds"] > 0).sum())
    weight = (rows["late_by_seconds"] > 0) * 2 + ~rows["verdict"].isin(["unchanged", "new version"])
    chosen = rows.assign(weight=weight).nlargest(SHOWN, "weight", keep="first").sort_index()
    names = ["happened_at", "arrived_at", "late_by_seconds", "verdict", "changed", "version_from"]
    shown = counted(len(chosen), "row")
    caption = f"{name}, {history.as_text(key)}: {told}; {late:,} late. Showing {shown}:"
    return table(chosen[names], caption, {"late_by_seconds": ",.0f"})


def lateness(counts: pd.DataFrame, name: str) -> Any:
    """Draw how many rows came late, by how much."""
    total = int(counts["count_rows"].sum())
    detail = "Rows of RAW, by how much newer the newest reading of their key was when they arrived"
    if not total:
        return empty(Finding(f"{name}: nothing has arrived yet", counts), detail)
    late = counts.iloc[1:]
    number = int(late["count_rows"].sum())
    finding = f"{name}: {number:,} of {counted(total, 'row')} arrived late"
    if number:
        finding += f", the latest by {lasting(late['max_seconds'].max())}"
    bars = alt.Chart(late).encode(
        y=alt.Y("late_by:N", sort=None, title=None, axis=alt.Axis(labelFontSize=12)),
        x=alt.X("count_rows:Q", title="Rows", axis=alt.Axis(tickMinStep=1)),
    )
    labels = bars.mark_text(align="left", dx=5).encode(text=alt.Text("count_rows:Q", format=",.0f"))
    found = Finding(finding, counts)
    return titled(bars.mark_bar(height=16) + labels, found, detail, height=190)


def rules(checked: pd.DataFrame) -> HTML:
    """Tabulate the rules of the histories: green where one holds, red where not."""
    marked = [
        f"✗ {row.count_violations:,}, such as {row.example}" if row.count_violations else "✓ holds"
        for row in checked.itertuples()
    ]
    frame = checked.assign(verdict=marked).pivot_table(
        index="rule", columns="history", values="verdict", aggfunc="first", sort=False
    )
    broken = int((checked["count_violations"] > 0).sum())
    caption = (
        f"{broken} of {len(checked)} rules broken" if broken else f"All {len(checked)} rules hold"
    )
    return table(made_from(frame.reset_index().astype(object), checked), caption)
