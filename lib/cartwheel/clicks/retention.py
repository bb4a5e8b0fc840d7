"""Who comes back: cohorts by the time of the first visit, and how often people come."""

from datetime import timedelta

import numpy as np
import pandas as pd

from cartwheel.display import current
from cartwheel.errors import UsageError, unknown
from cartwheel.estimation.intervals import wilson
from cartwheel.finding import Finding
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

UNITS = ("day", "week", "month")
KINDS = ("visit", "click", "add_to_cart", "purchase")
_DAYS = 28


def fitting(whole: Interval) -> str:
    """Return the unit of which a time holds some: weeks from three of them on, else days."""
    return "week" if whole.length >= timedelta(weeks=3) else "day"


def read(
    warehouse: Warehouse,
    time: Interval,
    unit: str = "week",
    starts_with: str = "visit",
    returns_with: str = "visit",
    times: int = 1,
) -> pd.DataFrame:
    """
    Return how many of the people that began in each period came back in each later one.

    Parameters
    ----------
    unit
        ``day``, ``week`` (from Monday) or ``month`` of the environment's clock.
    starts_with, returns_with
        What counts as a start and as a return: a ``visit``, or one with a ``click``, an
        ``add_to_cart`` or a ``purchase``.
    times
        Returns in a period from which on it counts.

    Returns
    -------
    DataFrame
        A row per cohort and period that has ended: ``cohort_at`` and ``period_at`` (as of the
        environment's clock), ``period`` (1 for the one after the first), ``count_people``,
        ``count_returned``, ``share``, ``low`` and ``high`` (95 %).

    Raises
    ------
    UsageError
        If there is no such unit or kind, or if ``times`` is below 1.
    """
    if unit not in UNITS:
        raise unknown("unit", unit, UNITS)
    for kind in (starts_with, returns_with):
        if kind not in KINDS:
            raise unknown("kind of visit", kind, KINDS)
    if times < 1:
        raise UsageError(f"times = {times}: a return counts from 1 on.")
    found = warehouse.query_file(
        "clicks/retention/cohorts",
        zone=current().zone_key, unit=unit, starts_with=starts_with, returns_with=returns_with,
        times=times, **time._asdict(),
    )  # fmt: skip
    ended = pd.Timestamp(current().clock(time.until))
    return made_from(complete(found, unit, ended), found)


def complete(found: pd.DataFrame, unit: str, ended: pd.Timestamp) -> pd.DataFrame:
    """Return every cohort and period that has ended by then, those without a return included."""
    step = pd.tseries.frequencies.to_offset({"day": "D", "week": "7D", "month": "MS"}[unit])
    sizes = found.groupby("cohort_at")["count_people"].max()
    told = found.dropna(subset=["period_at"])
    # A year of days has 66,000 cells: a dictionary finds each at once.
    returned = told.set_index(["cohort_at", "period_at"])["count_returned"].to_dict()
    rows = []
    for cohort_at, people in sizes.items():
        at, period = cohort_at + step, 1
        while at + step <= ended:
            came = returned.get((cohort_at, at), 0)
            rows.append((cohort_at, at, period, int(people), int(came)))
            at, period = at + step, period + 1
    names = ["cohort_at", "period_at", "period", "count_people", "count_returned"]
    grid = pd.DataFrame(rows, columns=names)
    share = grid["count_returned"] / grid["count_people"]
    low, high = wilson(share, grid["count_people"])
    return grid.assign(share=share.astype(float), low=low, high=high)


def cohorts(grid: pd.DataFrame, unit: str = "week") -> Finding:
    """Say how many come back in the first period after their first; rows as :func:`read`."""
    if grid.empty:
        return Finding(f"No identified visitor has a whole {unit} after the first visit", grid)
    first = grid[grid["period"] == 1]
    people, back = int(first["count_people"].sum()), int(first["count_returned"].sum())
    if not people:
        return Finding(f"Nobody began in a {unit} that has one behind it", grid)
    low, high = (float(end) for end in wilson(back / people, people))
    if people == 1:
        text = f"The one who began {'came back' if back else 'did not come back'} a {unit} later"
        return Finding(text, grid)
    text = (
        f"{back / people:.1%} of {people:,} people came back in the {unit} "
        f"after their first ({low:.1%} to {high:.1%})"
    )
    return Finding(text, grid)


def active(warehouse: Warehouse, time: Interval, whole: Interval) -> Finding:
    """
    Say how many of the people of four weeks come on a day; rows as :func:`stickiness`.

    Parameters
    ----------
    whole
        The time of all clicks: before its first 28 days have gone nobody knows.
    """
    found = warehouse.query_file(
        "clicks/retention/active", zone=current().zone_key, **time._asdict()
    )
    clock = current().clock
    since, until, first = (pd.Timestamp(clock(at)) for at in (*time, whole.since))
    # A day counts that lies whole in the time, and has 28 days to look back on.
    shown = found[
        (found["day"] >= since.ceil("D"))
        & (found["day"] + pd.Timedelta(days=1) <= until)
        & (found["day"] >= first.ceil("D") + pd.Timedelta(days=_DAYS - 1))
    ]
    return stickiness(made_from(shown, found))


def stickiness(days: pd.DataFrame) -> Finding:
    """
    Say how many of the people of four weeks come on a day.

    Returns
    -------
    Finding
        Rows: ``day``, ``count_people``, ``count_of_28_days``, ``share``.
    """
    rows = days.assign(share=days["count_people"] / days["count_of_28_days"].replace(0, np.nan))
    rows = rows.dropna(subset=["share"])
    if rows.empty:
        return Finding("No day has four whole weeks of identified visitors before it", rows)
    mean = rows["share"].mean()
    of = "the day" if len(rows) == 1 else "a day"
    return Finding(f"On {of} {mean:.1%} of the people of the last four weeks came", rows)
