"""A past day's deliveries: as planned, as driven, and replanned with the fleet's own times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cartwheel import finding
from cartwheel.display import current
from cartwheel.errors import unknown
from cartwheel.finding import Finding, counted
from cartwheel.fleet.routes.days import Costs, Rules, Task
from cartwheel.fleet.routes.planning import Plan, plan
from cartwheel.fleet.routes.timing import STOPS, Timed, timed
from cartwheel.fleet.routes.travel import Travel
from cartwheel.timeframe import Interval
from cartwheel.warehouse import Warehouse
from cartwheel.warehouse.provenance import made_from

Floats = NDArray[np.float64]

_WITHIN = (0.1, 0.9)
_COLUMNS = [
    "plan", "truck_days", "kilometres", "hours", "litres", "kg_co2e", "late", "money", "low",
    "high",
]  # fmt: skip


class Record(NamedTuple):
    """
    What was delivered in a time.

    Attributes
    ----------
    orders
        Rows: ``truck_id``, ``depot_id``, ``order_id``, ``loaded_at``, ``ended_at``,
        ``is_delivered``, place, ``weight_kg``, ``promised_from``, ``promised_until``,
        ``service_seconds`` (null where no stop tells it), ``day`` of the environment's clock.
    """

    orders: pd.DataFrame

    @property
    def days(self) -> list[datetime]:
        """The days with orders, the first first."""
        return [day.to_pydatetime() for day in sorted(self.orders["day"].dropna().unique())]

    @property
    def service(self) -> Floats:
        """Seconds of the hand-overs that are known."""
        found: Floats = self.orders["service_seconds"].dropna().to_numpy(float)
        return found


@dataclass(frozen=True)
class Day:
    """
    A depot's day three times.

    Attributes
    ----------
    task, best
        What was to be delivered, and the best plan of it.
    rows
        A row a plan: planned, driven, replanned (see :func:`totals`).
    """

    task: Task
    best: Plan
    rows: pd.DataFrame


def read(warehouse: Warehouse, time: Interval) -> Record:
    """Return the orders that trucks had on board in a time."""
    orders = warehouse.query_file("fleet/routes/orders", **time._asdict())
    at = orders["loaded_at"].fillna(orders["ended_at"])
    clock = current().clocks(at.astype("datetime64[us]"))
    return Record(made_from(orders.assign(day=clock.dt.normalize()), orders))


def chosen_day(record: Record, day: str) -> datetime | None:
    """
    Return the day to show: the one named, else the last but one with orders; None if there is none.

    The last one may not be over.

    Raises
    ------
    UsageError
        If it is no day with orders.
    """
    days = record.days
    if not day:
        return days[max(0, len(days) - 2)] if days else None
    named = {str(each.date()): each for each in days}
    if day not in named:
        raise unknown("day with orders", day, list(named))
    return named[day]


def tasks(
    warehouse: Warehouse, record: Record, day: datetime | None, minutes: float, rules: Rules
) -> list[tuple[Task, pd.DataFrame, pd.DataFrame]]:
    """
    Return what each depot had to deliver on a day, with its orders and trucks as they were.

    A depot whose place nobody told lies where its trucks set off; all of them set off with the
    first.

    Parameters
    ----------
    minutes
        Of a hand-over; 0: as they were.
    """
    if day is None:
        return []
    handing = np.array([minutes * 60]) if minutes > 0 else record.service
    time = Interval(current().instant(day), current().instant(day + timedelta(days=1)))
    trucks = warehouse.query_file("fleet/routes/trucks", **time._asdict())
    orders = record.orders[record.orders["day"] == day]
    found = []
    for depot, carried in orders.fillna({"depot_id": ""}).groupby("depot_id"):
        own = trucks[trucks["truck_id"].isin(carried["truck_id"])].reset_index(drop=True)
        if own.empty:
            continue
        latitude, longitude = (
            float(own[f"depot_{name}"].fillna(own[f"{name}_from"]).astype(float).median())
            for name in ("latitude", "longitude")
        )
        begins = own["set_off_at"].min().to_pydatetime()
        home = begins + timedelta(hours=rules.shift_hours)
        rows = _once(carried)
        task = Task(str(depot), latitude, longitude, begins, home, rows, own, handing, rules)
        found.append((task, rows, own))
    return found


def _once(carried: pd.DataFrame) -> pd.DataFrame:
    """Return each order once, of two trucks that had it on board with the one that brought it."""
    last = carried.sort_values(["is_delivered", "ended_at"]).drop_duplicates(
        "order_id", keep="last"
    )
    return last.sort_values(["truck_id", "loaded_at", "order_id"], ignore_index=True)


def compare(
    given: Sequence[tuple[Task, pd.DataFrame, pd.DataFrame]], travel: Travel | None, costs: Costs,
    seconds: float,
) -> list[Day]:  # fmt: skip
    """Return each depot's day as planned, as driven and replanned; none without travel times."""
    if travel is None:
        return []
    return [_compared(*each, travel, costs, seconds) for each in given]


def _compared(
    task: Task, rows: pd.DataFrame, trucks: pd.DataFrame, travel: Travel, costs: Costs,
    seconds: float,
) -> Day:  # fmt: skip
    best = plan(task, travel, costs, seconds)
    is_placed = rows[["latitude", "longitude"]].notna().all(axis=1)
    routes = {
        str(truck): group.index[is_placed[group.index]].tolist()
        for truck, group in rows.groupby("truck_id")
    }
    planned = timed(routes, task, travel)
    lines = [
        _expected("Planned", planned, costs),
        _driven(task, rows, trucks, costs),
        _expected("Replanned", best.timed, costs),
    ]
    return Day(task, best, pd.DataFrame(lines, columns=_COLUMNS))


def _expected(name: str, found: Timed, costs: Costs) -> tuple[object, ...]:
    money = found.money(costs)
    litres = found.kilometres * costs.litres_per_100_km / 100
    low, high = np.quantile(money, _WITHIN)
    return (
        name, len(found.trucks), found.kilometres, float(found.hours.mean()), litres,
        litres * costs.kg_per_litre, float(found.late.mean()), float(money.mean()), float(low),
        float(high),
    )  # fmt: skip


def _driven(
    task: Task, rows: pd.DataFrame, trucks: pd.DataFrame, costs: Costs
) -> tuple[object, ...]:
    kilometres = float(trucks["distance_km"].astype(float).sum(skipna=False))
    out = (trucks["came_home_at"] - trucks["set_off_at"]).dt.total_seconds()
    ended = (rows["ended_at"] - pd.Timestamp(task.departs)).dt.total_seconds().to_numpy(float)
    # What was not delivered is as late as can be.
    in_time = rows["is_delivered"].to_numpy(bool) & (ended <= task.windows()[:, 1])
    litres = kilometres * costs.litres_per_100_km / 100
    hours, late = float(out.sum()) / 3600, float((~in_time).sum())
    money = (
        len(trucks) * costs.truck_day + kilometres * costs.kilometre + hours * costs.driver_hour
        + late * costs.late_stop
    )  # fmt: skip
    return (
        "Driven", len(trucks), kilometres, hours, litres, litres * costs.kg_per_litre, late, money,
        money, money,
    )  # fmt: skip


def totals(days: Sequence[Day], record: Record) -> Finding:
    """
    Say what another plan would have saved.

    Returns
    -------
    Finding
        Rows: ``plan`` (Planned: the orders of each truck in the sequence of their loading, at
        the learned times; Driven; Replanned), ``truck_days``, ``kilometres``, ``hours``,
        ``litres``, ``kg_co2e``, ``late`` (stops over after the promise, expected; driven:
        counted, with what was not delivered), ``money``, and ``low`` to ``high``, within which
        it is in 8 of 10 days, depots one by one.
    """
    if not days:
        none = made_from(pd.DataFrame(columns=_COLUMNS), record.orders)
        return Finding("Of no day both the orders and the travel times are known", none)
    rows = pd.concat([day.rows for day in days])
    parts = rows.groupby("plan", sort=False)
    # A depot whose kilometres are unknown makes those of all unknown.
    found = pd.DataFrame({name: parts[name].sum(min_count=len(days)) for name in _COLUMNS[1:]})
    found = made_from(found.reset_index(), record.orders)
    left_out = sum(len(day.best.left_out) for day in days)
    money = found.set_index("plan")["money"]
    saved = money["Driven"] - money["Replanned"]
    if pd.isna(saved):
        text = "What was driven is not fully known"
    elif left_out:
        text = f"Replanned without {counted(left_out, 'order')}"
    elif saved > 0:
        text = (
            f"Replanned, the day would have cost {saved / money['Driven']:.0%} less than as driven"
        )
    else:
        text = "No plan was found that costs less than what was driven"
    return Finding(text, found)


def left_out(days: Sequence[Day]) -> Finding:
    """Say which orders the new plan is made without (``depot_id``, ``order_id``, ``reason``)."""
    names = ["depot_id", "order_id", "reason"]
    rows = [day.best.left_out.assign(depot_id=day.task.depot_id) for day in days]
    found = pd.concat(rows).reindex(columns=names) if rows else pd.DataFrame(columns=names)
    found = found.reset_index(drop=True)
    if found.empty:
        return Finding("Replanned, every order is served", found)
    return Finding(f"Replanned without {counted(len(found), 'order')}", found)


def names(days: Sequence[Day]) -> list[str]:
    """Return the depots of a day."""
    return [day.task.depot_id for day in days]


def chosen(days: Sequence[Day], depot_id: str) -> str:
    """
    Return the depot to show: the one named, else that with most orders; empty if there is none.

    Raises
    ------
    UsageError
        If it has no orders on that day.
    """
    by_size = sorted(days, key=lambda day: -len(day.task.orders))
    return finding.chosen("depot", depot_id, names(days), names(by_size))


def of_depot(days: Sequence[Day], depot_id: str | None) -> Day | None:
    """Return a depot's day, if it has one."""
    return next((day for day in days if day.task.depot_id == depot_id), None)


def routes(day: Day | None, record: Record) -> Finding:
    """
    Say how a depot's new routes go.

    Returns
    -------
    Finding
        Rows of :attr:`Timed.stops`.
    """
    if day is None or day.best.timed.stops.empty:
        return Finding(
            "No route was planned", made_from(pd.DataFrame(columns=STOPS), record.orders)
        )
    stops = made_from(day.best.timed.stops.copy(), record.orders)
    trucks = stops["truck_id"].nunique()
    far = current().unit("distance").text(day.best.timed.kilometres)
    text = f"{counted(trucks, 'truck')} can serve {counted(len(stops), 'stop')} in {far}"
    return Finding(text, stops)
