"""Charts of the shop at a glance."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
from IPython.display import HTML

from cartwheel.charts import theme
from cartwheel.charts.theme import empty, hover, room_for, time_axis, titled
from cartwheel.charts.tiles import Change, Tile
from cartwheel.charts.tiles import tiles as tile_row
from cartwheel.display import current
from cartwheel.finding import Finding, counted


def tiles(
    summary: pd.Series, visits: pd.DataFrame, before: pd.Series | None = None, period: str = ""
) -> HTML:
    """
    Return the shop's numbers.

    Parameters
    ----------
    before
        The summary of the period before, if there is one.
    period
        The period's name, such as ``the 7 days before``.
    """
    sessions = int(summary["count_sessions"])
    buying, events = int(summary["count_buying_sessions"]), int(summary["count_events"])
    known = buying > 0
    has_revenue = buying > int(summary["count_unknown_revenue"])

    def change(number: Callable[[pd.Series], float | None]) -> Change | None:
        values = [None if each is None else number(each) for each in (before, summary)]
        if values[0] is None or values[1] is None:
            return None
        return Change(values[0], values[1], period, "more")

    return tile_row(
        Tile(
            "Visits", f"{sessions:,}", f"{events:,} events", visits["count_sessions"].tolist(),
            change(lambda s: s["count_sessions"]),
        ),
        Tile("Events per visit", f"{events / sessions:.1f}" if sessions else "–", "mean"),
        Tile(
            "Conversion",
            f"{buying / sessions:.1%}" if known else "unknown",
            f"{buying:,} visits bought" if known else "this source knows no purchase",
            visits["count_buying_sessions"].tolist() if known else (),
            change(_conversion) if known else None,
        ),
        Tile(
            "Revenue",
            current().money(float(summary["revenue"])) if has_revenue else "unknown",
            _revenue_note(summary) if known else "this source knows no purchase",
            change=change(lambda s: float(s["revenue"])) if has_revenue else None,
        ),
    )  # fmt: skip


def _revenue_note(summary: pd.Series) -> str:
    """Say what a buying visit brought, of how many that is unknown, and what is in doubt."""
    unknown = int(summary["count_unknown_revenue"])
    priced = int(summary["count_buying_sessions"]) - unknown
    if not priced:
        return "no purchase says its price"
    text = f"{current().money(float(summary['revenue']) / priced)} a buying visit"
    if unknown:
        text += f"; {unknown:,} more without a price"
    differing = int(summary["count_differing"])
    if differing:
        text += f"; {counted(differing, 'purchase')} told again differently, the first counts"
    return text


def _conversion(summary: pd.Series) -> float | None:
    sessions = summary["count_sessions"]
    return float(summary["count_buying_sessions"] / sessions) if sessions else None


def funnel(found: Finding) -> Any:
    """Draw how many visits went how far."""
    detail = "Visits that took each step, and their share of the step before"
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows
    frame = frame.assign(
        label=[f"{n:,}" for n in frame["count_sessions"]],
        share=["all visits" if k != k else f"{k:.0%} of the step before" for k in frame["kept"]],
        is_named=(frame["kept"] == frame["kept"].min()) & (frame["kept"] < 1),
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("step:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13))
    )
    x = room_for("count_sessions", frame["share"], float(frame["count_sessions"].max()))
    bars = base.mark_bar(height=34).encode(
        x=x,
        color=alt.condition("datum.is_named", alt.value(theme.ORANGE), alt.value(theme.BLUE)),
        tooltip=[
            alt.Tooltip("step:N"),
            alt.Tooltip("count_sessions:Q", title="Visits", format=","),
        ],
    )
    numbers = base.mark_text(align="left", dx=8, dy=-8, fontSize=13, fontWeight=600).encode(
        x=x, text="label:N"
    )
    shares = base.mark_text(align="left", dx=8, dy=8, fontSize=11, color=theme.SOFT).encode(
        x=x, text="share:N"
    )
    chart = bars + numbers + shares
    return titled(chart, found, detail, height=max(70, 66 * len(frame)))


def trend(found: Finding) -> Any:
    """Draw visits over time."""
    detail = "Visits that began, over time"
    if found.rows.empty:
        return empty(found, detail)
    base = alt.Chart(found.rows).encode(
        x=time_axis("slice_at"),
        y=alt.Y("count_sessions:Q", title="Visits", axis=alt.Axis(tickCount=5)),
    )
    area = base.mark_area(
        line={"color": theme.BLUE, "strokeWidth": 2}, fillOpacity=0.16, tooltip=None
    )
    tooltips = [
        alt.Tooltip("slice_at:T", title=f"From ({current().zone_name})", format="%-d %b %H:%M"),
        alt.Tooltip("count_sessions:Q", title="Visits", format=","),
        alt.Tooltip("count_buying_sessions:Q", title="Buying", format=","),
    ]
    return titled(area + hover(base, tooltips), found, detail, height=264)


def products(found: Finding) -> Any:
    """Draw the products that most visits saw, with the share that bought."""
    detail, money = "Visits that saw each product", current().currency
    if found.rows.empty:
        return empty(found, detail)
    frame = found.rows.assign(
        label=[
            f"{n:,}" + ("" if pd.isna(share) else f"  ·  {share:.1%} bought")
            for n, share in zip(
                found.rows["count_sessions"], found.rows["bought_share"], strict=True
            )
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("product:N", sort=None, title=None, axis=alt.Axis(labelLimit=150)),
        x=room_for("count_sessions", frame["label"], float(frame["count_sessions"].max())),
    )
    bars = base.mark_bar(height=16).encode(
        tooltip=[
            alt.Tooltip("product:N", title="Product"),
            alt.Tooltip("count_sessions:Q", title="Visits", format=","),
            alt.Tooltip("count_carted:Q", title="Carted", format=","),
            alt.Tooltip("count_bought:Q", title="Bought", format=","),
            alt.Tooltip(
                "revenue:Q", title=f"Revenue, {money}" if money else "Revenue", format=",.0f"
            ),
        ]
    )
    labels = base.mark_text(align="left", dx=6, fontSize=11, color=theme.SOFT).encode(
        text="label:N"
    )
    return titled(bars + labels, found, detail, height=26 * len(frame))


def devices(found: Finding) -> Any:
    """Compare the devices' conversion."""
    detail = "Share of visits that bought, per device"
    if found.rows.empty:
        return empty(found, detail)
    ranked = found.rows
    ranked = ranked.assign(
        label=[
            f"{s:.1%} of {n:,} visits"
            for s, n in zip(ranked["share"], ranked["count_sessions"], strict=True)
        ]
    )
    base = alt.Chart(ranked).encode(
        y=alt.Y("device:N", sort=None, title=None, axis=alt.Axis(labelFontSize=13)),
        x=room_for("share", ranked["label"], float(ranked["share"].max())),
    )
    bars = base.mark_bar(height=40).encode(
        tooltip=[
            alt.Tooltip("device:N", title="Device"),
            alt.Tooltip("share:Q", title="Bought", format=".1%"),
            alt.Tooltip("count_sessions:Q", title="Visits", format=","),
        ]
    )
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(bars + labels, found, detail, height=104 * len(ranked))


_VISITORS = {"people": theme.BLUE, "bots": theme.ORANGE, "unknown": theme.GREY}


def visitors(found: Finding) -> Any:
    """Draw whose the visits and the events are."""
    detail = "Share of all visits and of all events; who ever bought is no bot"
    if found.rows.empty:
        return empty(found, detail)
    parts = [
        found.rows.assign(
            of=of, count=found.rows[f"count_{name}"], share=found.rows[f"share_of_{name}"]
        )
        for of, name in (("visits", "sessions"), ("events", "events"))
    ]
    frame = pd.concat(parts)[["visitor", "of", "count", "share"]]
    frame = frame.assign(
        label=[
            f"{share:.1%}, {int(count):,} {of}"
            for share, count, of in zip(frame["share"], frame["count"], frame["of"], strict=True)
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("visitor:N", sort=list(_VISITORS), title=None, axis=alt.Axis(labelFontSize=13)),
        yOffset=alt.YOffset("of:N", sort=["visits", "events"]),
        x=room_for("share", frame["label"], float(frame["share"].max())),
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "visitor:N",
            scale=alt.Scale(domain=list(_VISITORS), range=list(_VISITORS.values())),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("visitor:N", title="Who"),
            alt.Tooltip("of:N", title="Share of all"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
            alt.Tooltip("count:Q", title="Number", format=","),
        ],
    )
    labels = base.mark_text(align="left", dx=6).encode(text="label:N")
    return titled(bars + labels, found, detail, height=70 * len(found.rows))
