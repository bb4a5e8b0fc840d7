"""Charts and tables of persons and audiences."""

from typing import Any

import altair as alt
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.calibration import calibration
from cartwheel.charts.tables import table
from cartwheel.charts.theme import empty, room_for, titled
from cartwheel.display import current
from cartwheel.finding import Finding, counted

_FIRST = 20  # people of an audience that are shown


def spent(found: Finding) -> Any:
    """Draw a heat map of the buyers: how lately and how often they bought, and their money."""
    detail = "Buyers by fifths; the darker, the more of the revenue"
    frame = found.rows
    if frame.empty:
        return empty(found, detail)
    most = frame["share"].max()
    base = alt.Chart(frame).encode(
        x=alt.X(
            "recency:O",
            title="Last order: 1 longest ago, 5 latest",
            scale=alt.Scale(domain=[1, 2, 3, 4, 5]),
            axis=alt.Axis(labelAngle=0, format=".0f"),
        ),
        y=alt.Y(
            "frequency:O",
            title="Orders: 5 most",
            scale=alt.Scale(domain=[5, 4, 3, 2, 1]),
            axis=alt.Axis(format=".0f"),
        ),
    )
    cells = base.mark_rect(color=theme.BLUE).encode(
        opacity=alt.Opacity(
            "share:Q",
            scale=alt.Scale(domain=[0, float(most) if most > 0 else 1.0], range=[0.05, 0.5]),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("count_people:Q", title="People", format=","),
            alt.Tooltip("orders:Q", title="Orders, mean", format=",.1f"),
            alt.Tooltip("days_since_order:Q", title="Days since the last, mean", format=",.1f"),
            alt.Tooltip("revenue:Q", title="Known revenue", format=",.0f"),
            alt.Tooltip("share:Q", title="Of all", format=".1%"),
        ],
    )
    labels = base.mark_text(fontSize=11, color=theme.INK).encode(
        text=alt.Text("count_people:Q", format=",")
    )
    return titled(cells + labels, found, detail, height=240)


def tastes(found: Finding) -> Any:
    """Draw how many people look at each category most."""
    detail = "People by the category they look at most"
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows.assign(
        label=[
            f"{people:,} · {buyers:,} bought"
            for people, buyers in zip(
                found.rows["count_people"], found.rows["count_buyers"], strict=True
            )
        ]
    )
    tips = [
        alt.Tooltip("category:N", title="Category"),
        alt.Tooltip("count_people:Q", title="People", format=","),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
        alt.Tooltip("count_buyers:Q", title="Bought anything", format=","),
    ]
    return _bars(found, frame, "category", "count_people", detail, tips)


def compared(found: Finding) -> Any:
    """Draw the audiences side by side: how many people, and what is expected of them."""
    rows = found.rows
    days = counted(int(rows["days"].max()), "day") if len(rows) else "the days to come"
    detail = f"People; what they are expected to pay in {days}, of the audience's category"
    if rows.empty or not rows["count_people"].sum():
        return empty(found, detail)
    money = current().money
    frame = rows.assign(
        label=[
            f"{size:,}" + ("" if value != value else f" · {money(value)}")
            for size, value in zip(rows["count_people"], rows["expected_revenue"], strict=True)
        ]
    )
    tips = [
        alt.Tooltip("audience:N", title="Audience"),
        alt.Tooltip("count_people:Q", title="People", format=","),
        alt.Tooltip("count_told:Q", title="To be told", format=","),
        alt.Tooltip("count_held_out:Q", title="Held out", format=","),
        alt.Tooltip("count_capped:Q", title="Told often enough", format=","),
        alt.Tooltip("expected_revenue:Q", title="Expected to pay", format=",.0f"),
        alt.Tooltip("low:Q", title="from", format=",.0f"),
        alt.Tooltip("high:Q", title="to", format=",.0f"),
        alt.Tooltip("per_person:Q", title="A person", format=",.2f"),
    ]
    return _bars(found, frame, "audience", "count_people", detail, tips)


def _bars(
    found: Finding, frame: Any, name: str, value: str, detail: str, tips: list[alt.Tooltip]
) -> Any:
    base = alt.Chart(frame).encode(
        y=alt.Y(f"{name}:N", sort=None, title=None, axis=alt.Axis(labelLimit=170)),
        x=room_for(value, frame["label"], float(frame[value].max())),
        tooltip=tips,
    )
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(base.mark_bar(height=20) + labels, found, detail, height=max(70, 32 * len(frame)))


def people(found: Finding) -> HTML:
    """Show the first people of an audience, the most likely buyers first."""
    names = {
        "user_id": "Person", "probability": "Buys", "expected_revenue": "Expected to pay",
        "days_since_visit": "Days since the last visit", "count_orders": "Orders",
        "favourite_category": "Favourite", "count_left": "Left in the cart",
        "is_held_out": "Held out",
    }  # fmt: skip
    shown = found.rows.head(_FIRST)[list(names)].rename(columns=names)
    shown["Held out"] = shown["Held out"].map({True: "yes", False: ""})
    shown.attrs = found.rows.attrs
    form = {
        "Buys": ".1%", "Expected to pay": ",.2f", "Days since the last visit": ",.1f",
        "Orders": ",.0f", "Left in the cart": ",.0f",
    }  # fmt: skip
    return table(shown, found.text, form)


def trusted(found: Finding, days: int) -> Any:
    """Draw the probabilities of a time that was not learned from against what happened."""
    detail = f"Share that bought within {counted(days, 'day')}, by tenths of the probability"
    return calibration(found, detail, {"count": "People"}, ".1%")


def effects(found: Finding, days: int) -> Any:
    """Draw by how much more of those told bought than of those held out."""
    detail = f"Points more that bought within {counted(days, 'day')}; 95 % over all audiences"
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows
    far = float(frame[["low", "high"]].abs().max().max()) or 1.0
    x = alt.X(
        "low:Q", title=None, axis=alt.Axis(format="+.0%", tickCount=5),
        scale=alt.Scale(domain=[-far * 1.05, far * 1.05]),
    )  # fmt: skip
    base = alt.Chart(frame).encode(
        y=alt.Y("audience:N", title=None, axis=alt.Axis(labelLimit=170)),
        tooltip=[
            alt.Tooltip("audience:N", title="Audience"),
            alt.Tooltip("count_told:Q", title="Told", format=","),
            alt.Tooltip("share_told:Q", title="of these bought", format=".1%"),
            alt.Tooltip("count_held_out:Q", title="Held out", format=","),
            alt.Tooltip("share_held_out:Q", title="of these bought", format=".1%"),
            alt.Tooltip("difference:Q", title="Difference", format="+.1%"),
            alt.Tooltip("low:Q", title="from", format="+.1%"),
            alt.Tooltip("high:Q", title="to", format="+.1%"),
            alt.Tooltip("revenue_told:Q", title="Revenue a person, told", format=",.2f"),
            alt.Tooltip("revenue_held_out:Q", title="held out", format=",.2f"),
        ],
    )
    zero = alt.Chart(alt.InlineData(values=[{"at": 0.0}])).mark_rule(color=theme.SOFT).encode(
        x="at:Q"
    )  # fmt: skip
    lines = base.mark_rule(strokeWidth=2, color=theme.INK).encode(x=x, x2="high:Q")
    points = base.mark_circle(size=70, color=theme.BLUE, opacity=1).encode(x="difference:Q")
    return titled(zero + lines + points, found, detail, height=max(80, 44 * len(frame)))
