"""
Routes: how well travel times are foreseen, and what a world's own planner wastes.

Times are learned from one world's drives and hand-overs, and tried on its later days, and on
the streets of another world, whose routes are planned with them every morning.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
import pandas as pd
from cartwheel.errors import UsageError
from cartwheel.fleet.routes import travel
from cartwheel.fleet.routes.days import Costs, Rules, Task
from cartwheel.fleet.routes.planning import plan
from cartwheel.fleet.routes.travel import Travel
from cartwheel.timeframe import Interval
from numpy.typing import NDArray

from benchmarks.truth.claims import Claim
from benchmarks.truth.worlds import Values, World, landed, merged
from producers.simulate import messages
from producers.simulate.hooks import Hooks, Morning
from producers.simulate.settings import Settings, make
from producers.simulate.truth.store import TruthTables

AREA = "routes"
WORLD: Values = {"trucks": 20, "customers": 5000, "days": 42}
LEARNED_DAYS = DRIVEN_DAYS = 28
OTHER_SEED = 1000  # further, of the world that is driven
SECONDS = 5.0  # of solving a depot's day
# A depot's trucks and drivers are there anyway: what counts are kilometres and being late.
WEIGHTS = Costs(truck_day=5.0, driver_hour=1.0)
BY_PLAN = ("planned_late", "congestion", "break", "service", "rain", "lights")


class Learned(NamedTuple):
    """What a world's past tells its planner, and how it foresaw the days after."""

    travel: Travel
    service: NDArray[np.float64]
    tried: pd.DataFrame


class Driven(NamedTuple):
    """A world's weeks on the road."""

    kilometres: float
    truck_days: int
    money: float
    late_by_plan: int
    late: int


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    learned = []
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            learned.append(learn(world))
    tasks = [
        (merged(merged(WORLD, more), {"seed": seed + OTHER_SEED, "days": DRIVEN_DAYS}), known, own)
        for seed, known in zip(seeds, learned, strict=True)
        for own in (True, False)
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        driven = list(pool.map(drive, *zip(*tasks, strict=True)))
    return [*_foreseen(pd.concat([each.tried for each in learned])), *_planned(driven)]


def learn(world: World) -> Learned:
    """Learn from a world's first weeks, and foresee the drives of the rest."""
    begin = world.settings.local_midnight.replace(tzinfo=None)
    middle, end = (begin + timedelta(days=n) for n in (LEARNED_DAYS, world.settings.days + 1))
    known = Interval(begin, middle)
    found = travel.learn(travel.drives(world.warehouse, known))
    if found is None:
        raise UsageError("No world had the drives that times are learned from; more trucks, days")
    orders = world.warehouse.query_file("fleet/routes/orders", **known._asdict())
    later = travel.usable(travel.drives(world.warehouse, Interval(middle, end)))
    x = travel.inputs(later)
    low, high = found.model.interval(x)
    pace = float((found.tried["seconds"] / travel.inputs(found.tried)[:, 0]).median())
    logistics = world.settings.logistics
    tried = later.assign(
        foreseen=found.model.seconds(x), low=low, high=high,
        # Its planner knows that streets are a grid.
        planner=(x[:, 1] + x[:, 2]) / logistics.plan_speed_kmh * 3600,
        constant=x[:, 0] * pace,
    )  # fmt: skip
    return Learned(found, orders["service_seconds"].dropna().to_numpy(float), tried)


def drive(values: Values, known: Learned, own: bool) -> Driven:
    """Let a world run by its own planner or by ours."""
    settings, truth = make(values, "the settings"), TruthTables()

    def planner(morning: Morning) -> dict[str, list[str]]:
        return planned(morning, settings, known, SECONDS)

    for _ in messages(settings, truth, hooks=None if own else Hooks(planner=planner)):
        pass
    tables = truth.tables()
    days, stops = tables["truck_days"], tables["stops"]
    out = days[days["stops"] > 0]
    last = stops.groupby(["truck_id", "day"])["left"].max()
    hours = (last - settings.logistics.departure_hour * 3600).clip(lower=0).sum() / 3600
    kilometres = float(out["kilometres"].sum())
    late = stops[stops["late_seconds"] > 0]
    costs = Costs()
    money = len(out) * costs.truck_day + kilometres * costs.kilometre + hours * costs.driver_hour
    return Driven(
        kilometres, len(out), money + len(late) * costs.late_stop,
        int(late["cause"].isin(BY_PLAN).sum()), len(late),
    )  # fmt: skip


def planned(
    morning: Morning, settings: Settings, known: Learned, seconds: float
) -> dict[str, list[str]]:
    """Return the routes of a depot's day."""
    if morning.trucks.empty or morning.orders.empty:
        return {}
    windows = {
        name: pd.to_datetime(morning.orders[name], utc=True).dt.tz_localize(None)
        for name in ("promised_from", "promised_until")
    }
    logistics = settings.logistics
    task = Task(
        morning.depot_id, morning.latitude, morning.longitude, _utc(morning.departs),
        _utc(morning.home_by), morning.orders.assign(**windows), morning.trucks, known.service,
        Rules(logistics.break_after_hours, logistics.break_minutes,
              int(morning.trucks["stops"].max())),
    )  # fmt: skip
    stops = plan(task, known.travel, WEIGHTS, seconds).timed.stops
    return {truck: rows["order_id"].tolist() for truck, rows in stops.groupby("truck_id")}


def _utc(moment: datetime) -> datetime:
    utc: datetime = pd.Timestamp(moment).tz_convert("UTC").tz_localize(None).to_pydatetime()
    return utc


def _foreseen(tried: pd.DataFrame) -> list[Claim]:
    error = {
        name: float((tried["seconds"] - tried[name]).abs().mean())
        for name in ("foreseen", "planner", "constant")
    }
    held = float(tried["seconds"].between(tried["low"], tried["high"]).mean())
    width = float((tried["high"] - tried["low"]).mean())
    count = len(tried)
    return [
        Claim(AREA, "less error than the planner's speed", 0.58,
              1 - error["foreseen"] / error["planner"], count),
        Claim(AREA, "less error than the best constant speed", 0,
              1 - error["foreseen"] / error["constant"], count),
        Claim(AREA, "share inside the 80 % intervals", 0.76, held, count),
        Claim(AREA, "share inside the 80 % intervals", 0.84, held, count, is_at_most=True),
        Claim(AREA, "mean width over mean error", 4, width / error["foreseen"], count,
              is_at_most=True),
    ]  # fmt: skip


def _planned(driven: list[Driven]) -> list[Claim]:
    own, ours = (Driven(*np.sum(driven[n::2], axis=0)) for n in (0, 1))
    count = int(ours.truck_days)
    return [
        Claim(AREA, "fewer kilometres than by the world's planner", 0.18,
              1 - ours.kilometres / own.kilometres, count),
        Claim(AREA, "truck-days over its own", 1, ours.truck_days / own.truck_days, count,
              is_at_most=True),
        Claim(AREA, "money over its own", 1, ours.money / own.money, count, is_at_most=True),
        Claim(AREA, "late by plan, road, break or service, over its own", 1 / 3,
              ours.late_by_plan / own.late_by_plan, int(own.late_by_plan), is_at_most=True),
        Claim(AREA, "all late ones over its own", 1, ours.late / own.late, int(own.late),
              is_at_most=True),
    ]  # fmt: skip
