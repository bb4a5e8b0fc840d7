"""
A depot's day planned anew: the cheapest routes by the fleet's own travel times.

PyVRP knows one time of a way, whenever it is driven. A way's time is therefore that at the hour
at which its end is wanted, and is looked up again when routes are known. Source: Wouda, Lan,
Kool (2024), PyVRP: a high-performance VRP solver package.
"""

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyvrp
from numpy.typing import NDArray
from pyvrp import PenaltyParams, SolveParams
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.stop import MaxRuntime

from cartwheel.errors import UsageError
from cartwheel.fleet.routes.days import Costs, Task
from cartwheel.fleet.routes.timing import Timed, clock_of, timed
from cartwheel.fleet.routes.travel import Travel

Floats = NDArray[np.float64]

ROUNDS = 3
_FIRST_SLACK = 600.0  # seconds, until routes tell how sure a stop is
_COINS = 100_000  # to the currency: the solver counts in whole numbers
_GRAMS = 1000
_ANY_WEIGHT = 10**9  # grams
# Leaving an order out costs as much as a truck that is out all day for so long a way.
_LONG_KM = 1000
# PyVRP's own most is far less than that: it would rather be a second late, or carry one order too
# many, than find anything feasible.
_PENALTIES = PenaltyParams(max_penalty=1e10)
REASONS = {
    "place": "Its place is unknown",
    "weight": "No truck carries its weight",
    "window": "No truck can be there and hand over within its window",
    "room": "No truck has room or time for it",
}


@dataclass(frozen=True)
class Plan:
    """
    A day's routes.

    Attributes
    ----------
    timed
        How they go.
    left_out
        Rows: ``order_id``, ``reason``.
    """

    timed: Timed
    left_out: pd.DataFrame


def plan(task: Task, travel: Travel, costs: Costs, seconds: float = 5.0, seed: int = 1) -> Plan:
    """
    Return the cheapest routes that are found in so many seconds.

    Raises
    ------
    UsageError
        If the depot's place or the length of hand-overs is unknown, or there is no time.
    """
    if not seconds > 0:
        raise UsageError(f"seconds: must be above 0, got {seconds!r}.")
    if np.isnan([task.latitude, task.longitude]).any():
        raise UsageError(f"Depot {task.depot_id!r} has no place, so no route can begin there.")
    if not len(task.service):
        raise UsageError("service_minutes: no hand-over was seen that says how long one takes.")
    served, left_out = _possible(task, travel)
    if served.orders.empty or served.trucks.empty:
        reasons = dict.fromkeys(served.orders["order_id"], "room") | left_out
        return Plan(timed({}, served, travel), _told(reasons))
    count, found, solution = len(served.orders), [], None
    clock, slack = served.windows().mean(axis=1), np.full(count, _FIRST_SLACK)
    for _ in range(ROUNDS):
        data = _problem(served, travel, costs, clock, slack)
        solution = _solved(data, solution, seconds / ROUNDS, seed)
        found.append(timed(_named(solution, served.trucks), served, travel))
        clock, slack = _learned(found[-1], served, clock, slack)
    # The last round is not always the better one: it is solved as shortly as the first.
    best = min(found, key=lambda each: (-len(each.stops), float(each.money(costs).mean())))
    rest = set(served.orders["order_id"]) - set(best.stops["order_id"])
    return Plan(best, _told(dict.fromkeys(rest, "room") | left_out))


def _learned(found: Timed, task: Task, clock: Floats, slack: Floats) -> tuple[Floats, Floats]:
    """Return when each stop is reached, and by how much it may last longer; in seconds."""
    stops = found.stops.set_index("order_id").reindex(task.orders["order_id"])
    since = (stops["arrives_at"] - pd.Timestamp(task.departs)).dt.total_seconds()
    longer = (stops["punctual_at"] - stops["leaves_at"]).dt.total_seconds()
    known = since.notna().to_numpy()
    return np.where(known, since, clock), np.where(known, longer, slack)


def _told(reasons: dict[str, str]) -> pd.DataFrame:
    rows = [(order, REASONS[reason]) for order, reason in sorted(reasons.items())]
    return pd.DataFrame(rows, columns=["order_id", "reason"])


def _possible(task: Task, travel: Travel) -> tuple[Task, dict[str, str]]:
    """Return the task without the orders that no truck can serve, and why of each."""
    orders = task.orders
    reason = pd.Series("", index=orders.index)
    placed = orders[["latitude", "longitude"]].notna().all(axis=1)
    windows, handing = task.windows(), float(np.mean(task.service))
    home = (np.array([task.latitude]), np.array([task.longitude]))
    place = tuple(orders[name].fillna(0.0).to_numpy(float) for name in ("latitude", "longitude"))
    there, _ = travel.between(home, place, clock_of(task, np.zeros(1)))
    ready = np.maximum(there * travel.bias, windows[:, 0]) + handing
    reason[(ready > windows[:, 1]) | (ready + there > task.horizon)] = "window"
    capacity = task.trucks["capacity_kg"].astype(float)
    if capacity.notna().all() and len(capacity):
        reason[orders["weight_kg"].astype(float) > capacity.max()] = "weight"
    reason[~placed] = "place"
    left_out = dict(zip(orders["order_id"][reason != ""], reason[reason != ""], strict=True))
    kept = orders[reason == ""].reset_index(drop=True)
    return replace(task, orders=kept), left_out


def _solved(
    data: pyvrp.ProblemData, begin: pyvrp.Solution | None, seconds: float, seed: int
) -> pyvrp.Solution:
    """Return the best routes; they begin with none at all, which is feasible, so that one is."""
    before = [
        pyvrp.Route(data, [stop.idx for stop in route if stop.is_client()], route.vehicle_type())
        for route in (begin.routes() if begin else [])
    ]
    start = pyvrp.Solution(data, before)
    with warnings.catch_warnings():
        # It tells that some order fits no route: that one is left out, and named.
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        return pyvrp.solve(
            data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False,
            params=SolveParams(penalty=_PENALTIES),
            initial_solution=start if start.is_feasible() else pyvrp.Solution(data, []),
        ).best  # fmt: skip


def _named(solution: pyvrp.Solution, trucks: pd.DataFrame) -> dict[str, list[int]]:
    """Return the orders of each truck's route."""
    free = [names.tolist() for _, names in _alike(trucks)]
    return {
        free[route.vehicle_type()].pop(0): [stop.idx for stop in route if stop.is_client()]
        for route in solution.routes()
    }


def _alike(trucks: pd.DataFrame) -> list[tuple[float, "pd.Series[str]"]]:
    """Return the trucks of each capacity, the largest first."""
    capacity = trucks["capacity_kg"].astype(float).fillna(np.inf)
    return [
        (size, trucks.loc[capacity == size, "truck_id"])
        for size in sorted(capacity.unique(), reverse=True)
    ]


def _problem(
    task: Task, travel: Travel, costs: Costs, clock: Floats, slack: Floats
) -> pyvrp.ProblemData:
    latitude = np.r_[task.latitude, task.orders["latitude"].to_numpy(float)]
    longitude = np.r_[task.longitude, task.orders["longitude"].to_numpy(float)]
    # Home is wanted at no hour: as the last order is.
    at = clock_of(task, np.r_[clock.max(), clock])
    seconds, kilometres = travel.between(
        (latitude[:, None], longitude[:, None]), (latitude[None], longitude[None]), at[None]
    )
    time: Any = np.rint(seconds * travel.bias).astype(np.int64)
    way: Any = np.rint(kilometres * 1000).astype(np.int64)
    for matrix in (time, way):
        np.fill_diagonal(matrix, 0)
    handing = round(float(np.mean(task.service)))
    windows, horizon = _without_break(task, handing + slack, time[0, 1:])
    weight = np.rint(task.orders["weight_kg"].fillna(0).to_numpy(float) * _GRAMS).astype(int)
    all_out = costs.truck_day + horizon / 3600 * costs.driver_hour + _LONG_KM * costs.kilometre
    prize = round(all_out * _COINS)
    clients = [
        pyvrp.Client(
            location=n + 1, delivery=[int(weight[n]), 1], service_duration=handing,
            tw_early=int(early), tw_late=int(late), prize=prize, required=False,
        )
        for n, (early, late) in enumerate(windows)
    ]  # fmt: skip
    vehicles = [
        pyvrp.VehicleType(
            num_available=len(names),
            capacity=[int(min(size * _GRAMS, _ANY_WEIGHT)), int(task.rules.stops) or len(clients)],
            fixed_cost=round(costs.truck_day * _COINS),
            tw_early=0, tw_late=int(horizon), start_late=0,
            unit_distance_cost=max(1, round(costs.kilometre * _COINS / 1000)),
            unit_duration_cost=max(1, round(costs.driver_hour * _COINS / 3600)),
        )
        for size, names in _alike(task.trucks)
    ]  # fmt: skip
    places: Any = [
        pyvrp.Location(float(x), float(y)) for x, y in zip(longitude, latitude, strict=True)
    ]
    return pyvrp.ProblemData(places, clients, [pyvrp.Depot(location=0)], vehicles, [way], [time])


def _without_break(task: Task, handing: Floats, soonest: NDArray[np.int64]) -> tuple[Floats, float]:
    """
    Return windows of arrival, and the horizon, of a day whose break takes no time.

    All trucks set off at one time, so that every break falls after the same hour: what is later
    comes earlier by its length. Where the slack would leave no time to come, there is less of it.

    Parameters
    ----------
    handing
        Seconds of each hand-over, with its slack.
    soonest
        Seconds from the depot to each order.
    """
    rules = task.rules
    pause, after = rules.break_minutes * 60, rules.break_after_hours * 3600
    windows = task.windows()
    wanted = windows[:, 1] - handing
    late = np.maximum.reduce([wanted, windows[:, 0], np.minimum(soonest + 1, windows[:, 1])])
    edges = np.column_stack([windows[:, 0], late])
    moved = np.where(edges > after, np.maximum(edges - pause, after), edges)
    horizon = task.horizon - (pause if task.horizon > after else 0.0)
    return np.clip(np.floor(moved), 0, horizon), horizon
