"""The shop at a glance: visits, products, how far visits go."""

from datetime import timedelta
from typing import Any, NamedTuple

import pandas as pd

from cartwheel.display import current
from cartwheel.errors import CartwheelError, unknown
from cartwheel.finding import Finding, counted
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse


class Visits(NamedTuple):
    """
    The visits to look at: those that began in a time, of one device or (None) of all, of
    people, of bots or of all.
    """

    interval: Interval
    device: str | None = None
    visitors: str = "people"

    @property
    def parameters(self) -> dict[str, Any]:
        """What a query binds."""
        return {**self.interval._asdict(), "device": self.device, "visitors": self.visitors}


NOBODY = "Nobody visited in this time"
DEVICES = ("mobile", "desktop", "tablet")


def span(warehouse: Warehouse) -> Interval:
    """
    Return the time from the first to just after the last click.

    Raises
    ------
    CartwheelError
        If nobody has clicked yet.
    """
    first, last = warehouse.query_file("clicks/overview/span").iloc[0]
    if pd.isna(first):
        raise CartwheelError(
            "Nobody has clicked yet: run 'python -m producers simulate' and wait some seconds."
        )
    return Interval.holding(first.to_pydatetime(), last.to_pydatetime())


def chosen_device(device: str) -> str | None:
    """
    Return a device, None for an empty text, which means all.

    Raises
    ------
    UsageError
        If there is no such device.
    """
    if device and device not in DEVICES:
        raise unknown("device", device, DEVICES)
    return device or None


def summary(warehouse: Warehouse, chosen: Visits) -> pd.Series:
    """
    Return ``count_sessions``, ``count_events``, ``count_buying_sessions`` and ``revenue``.

    ``count_unknown_revenue`` are the visits that bought, nobody knows for how much;
    ``count_differing`` the purchases that were told again with another content.
    """
    return warehouse.query_file("clicks/overview/summary", **chosen.parameters).iloc[0]


def summary_before(warehouse: Warehouse, chosen: Visits, whole: Interval) -> pd.Series | None:
    """Return the summary of the period before, None if the data do not reach back so far."""
    before = chosen._replace(interval=chosen.interval.before)
    return summary(warehouse, before) if whole.holds(before.interval) else None


def funnel(warehouse: Warehouse, chosen: Visits) -> Finding:
    """Say where visits leave; rows as :func:`where_visits_leave`."""
    return where_visits_leave(warehouse.query_file("clicks/overview/funnel", **chosen.parameters))


def where_visits_leave(steps: pd.DataFrame) -> Finding:
    """
    Say between which two steps the number of visits falls most.

    Returns
    -------
    Finding
        Rows: ``step``, ``count_sessions`` that took it, ``count_direct`` of them without a step
        before it, ``kept`` (visits of the step by those of the step before); steps that
        nobody took are left out.
    """
    rows = steps[steps["count_sessions"] > 0].reset_index(drop=True)
    rows = rows.assign(kept=rows["count_sessions"] / rows["count_sessions"].shift(1))
    if rows.empty:
        return Finding(NOBODY, rows)
    first = rows["step"][0].lower()
    if len(rows) == 1:
        return Finding(
            f"{counted(rows['count_sessions'][0], 'visit')}, all of one step: {first}", rows
        )
    worst = int(rows["kept"].idxmin())
    before, after = rows["step"][worst - 1].lower(), rows["step"][worst].lower()
    kept = rows["kept"][worst]
    text = f"Highest drop-off rate: from {before} to {after}, with {kept:.0%} as many visits"
    if kept >= 1:
        text = "No step was taken by fewer visits than the step before"
    direct = rows["count_direct"].iloc[-1]
    if direct:
        text += f"; {counted(direct, 'visit')} with no step before {rows['step'].iloc[-1].lower()}"
    return Finding(text, rows)


def trend(warehouse: Warehouse, chosen: Visits) -> Finding:
    """Say when most visits began, by hour, or by day beyond a week; rows as :func:`peak`."""
    by_day = chosen.interval.length > timedelta(days=7)
    return peak(
        warehouse.query_file(
            "clicks/overview/trend",
            by_day=by_day,
            zone=current().zone_key,
            **chosen.parameters,
        )
    )


def peak(rows: pd.DataFrame) -> Finding:
    """
    Say when most visits began, on the environment's clock.

    Returns
    -------
    Finding
        Rows: ``slice_at`` (UTC), ``count_sessions``, ``count_buying_sessions``.
    """
    if rows.empty:
        return Finding(NOBODY, rows)
    clocks = current().clocks(rows["slice_at"])
    place = rows["count_sessions"].idxmax()
    by_day = (clocks == clocks.dt.normalize()).all()
    at, most = clocks[place], rows.loc[place, "count_sessions"]
    when = f"{at:%A %-d %B}" if by_day else f"{at:%a %-d %b, %H:%M} {current().zone_name}"
    if len(rows) == 1:
        return Finding(f"{counted(most, 'visit')} began on {when}", rows)
    if (rows["count_sessions"] == most).all():
        return Finding(f"Every {'day' if by_day else 'hour'} with visits had {most:,}", rows)
    return Finding(f"Most visits began on {when}: {most:,}", rows)


def products(warehouse: Warehouse, chosen: Visits, limit: int = 12) -> Finding:
    """Say what draws visits and what sells; rows as :func:`best_sellers`."""
    found = warehouse.query_file("clicks/overview/products", limit=limit, **chosen.parameters)
    return best_sellers(found)


def best_sellers(rows: pd.DataFrame) -> Finding:
    """
    Say which product draws most visits, and which sells best to those who see it.

    Returns
    -------
    Finding
        Rows: ``product_id``, ``product``, ``count_sessions``, ``count_carted``,
        ``count_bought``, ``revenue``, ``bought_share`` (null if nothing was bought at all).
    """
    sold = bool(rows["count_bought"].sum())
    rows = rows.assign(bought_share=rows["count_bought"] / rows["count_sessions"] if sold else None)
    if rows.empty:
        return Finding("No product was seen in this time", rows)
    first, seen = rows["product"].iloc[0], rows["count_sessions"]
    if len(rows) == 1:
        text = f"{first} is the only product that was seen"
    elif (seen == seen.iloc[0]).all():
        text = f"The {len(rows)} products are seen in {counted(seen.iloc[0], 'visit')} each"
    else:
        text = _best(rows["product"][seen == seen.max()], "is seen most", "are seen most")
    if sold and len(rows) > 1 and rows["bought_share"].nunique() > 1:
        share = rows["bought_share"].max()
        best = rows["product"][rows["bought_share"] == share]
        text += f"; of the top {len(rows)}, {_best(best, 'converts', 'convert')} best ({share:.1%})"
    return Finding(text, rows)


def _best(names: pd.Series, of_one: str, of_several: str) -> str:
    """Say it of the one that is first, or of all that tie."""
    if len(names) == 1:
        return f"{names.iloc[0]} {of_one}"
    others = f"{len(names) - 1} others" if len(names) > 2 else names.iloc[1]
    return f"{names.iloc[0]} and {others} {of_several}"


def visitors(warehouse: Warehouse, chosen: Visits) -> Finding:
    """Say how many of all visits are bots'; rows as :func:`who_came`."""
    every = chosen._replace(visitors="all")
    return who_came(warehouse.query_file("clicks/overview/visitors", **every.parameters))


def who_came(found: pd.DataFrame) -> Finding:
    """
    Say how many of the visits are bots'.

    Returns
    -------
    Finding
        Rows: ``visitor`` (people, bots, unknown), ``count_sessions``, ``count_events``, and the
        shares of both.
    """
    sessions, events = (found[name] for name in ("count_sessions", "count_events"))
    rows = found.assign(
        share_of_sessions=sessions / sessions.sum(), share_of_events=events / events.sum()
    )
    if rows.empty:
        return Finding(NOBODY, rows)
    bots = rows[rows["visitor"] == "bots"]
    if len(bots):
        text = f"{bots['share_of_sessions'].iloc[0]:.1%} of the visits are bots'"
        if events.sum():
            text += f", and {bots['share_of_events'].iloc[0]:.0%} of the events"
    elif (rows["visitor"] == "people").any():
        text = "No visit looks like a bot's"
    else:
        text = "Whether bots came is unknown: too few visits put anything into a cart"
    return Finding(text, rows)


def devices(warehouse: Warehouse, chosen: Visits) -> Finding:
    """Say on which device visits buy most often; rows as :func:`conversion`."""
    every = chosen._replace(device=None)
    return conversion(warehouse.query_file("clicks/overview/devices", **every.parameters))


def conversion(found: pd.DataFrame) -> Finding:
    """
    Say on which device visits buy most often.

    Returns
    -------
    Finding
        Rows: ``device``, ``count_sessions``, ``count_buying_sessions``, ``share`` that bought,
        the greatest first; none if nobody bought.
    """
    rows = found.assign(share=found["count_buying_sessions"] / found["count_sessions"])
    rows = rows.sort_values("share", ascending=False)
    if rows.empty or not rows["count_buying_sessions"].sum():
        return Finding("This source knows no purchase", rows.head(0))
    known = rows[rows["device"] != "unknown"]
    if known.empty:
        return Finding(
            f"{rows['share'].iloc[0]:.1%} of the visits bought, on unknown devices", rows
        )
    best, worst = known.iloc[0], known.iloc[-1]
    if len(known) == 1:
        return Finding(f"{best['share']:.1%} of the visits on {best['device']} bought", rows)
    if best["share"] == worst["share"]:
        return Finding(
            f"The same share of visits bought on every device: {best['share']:.1%}", rows
        )
    among = " of the known devices" if len(known) < len(rows) else ""
    text = f"{best['device'].capitalize()} has the highest conversion rate{among}"
    times = best["share"] / worst["share"] if worst["share"] > 0 else 0.0
    if times >= 1.05:
        text += f", {times:.1f} times that of {worst['device']}"
    elif times:
        text += f", {best['share']:.1%}, before {worst['share']:.1%} of {worst['device']}"
    return Finding(text, rows)
