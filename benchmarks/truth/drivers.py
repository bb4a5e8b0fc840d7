"""Drivers: is their order the true one, and do the intervals hold what is true?"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from cartwheel.finding import Finding
from cartwheel.fleet import drivers, overview

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

AREA = "drivers"
# One pair is never separated, two stand-ins drive a day each.
WORLD: Values = {"trucks": 40, "customers": 10000, "days": 28}


class Asked(NamedTuple):
    """What is asked of the drivers: the analysis, the truth's column, the goal."""

    what: str
    analysis: Callable[[drivers.Log], Finding]
    truth: str
    goal: float
    weight: str


ASKED = (
    Asked("harsh events", drivers.harsh, "brake_per_km", 0.88, "kilometres"),
    Asked("speeding", drivers.speeding, "speed_factor", 0.95, "kilometres"),
    Asked("idling", drivers.idling, "idle_share", 0.95, "count_stops"),
)


class Compared(NamedTuple):
    """Of one world and question: correlations, and how the intervals are."""

    order: float
    raw: float
    held: int
    count_drivers: int
    width: float
    error: float
    stand_ins: int  # that are ranked


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    found: dict[str, list[Compared]] = {each.what: [] for each in ASKED}
    bound = 0
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            log = drivers.read(world.warehouse, overview.span(world.warehouse))
            for each in ASKED:
                found[each.what].append(compare(world, log, each))
            bound += _names_the_pair(world, log)
    pairs = Claim(AREA, "worlds whose inseparable pair is named", len(seeds), bound, len(seeds))
    return [claim for each in ASKED for claim in _claims(each, found[each.what])] + [pairs]


def _claims(asked: Asked, found: list[Compared]) -> list[Claim]:
    what, count = asked.what, sum(each.count_drivers for each in found)
    order, raw = (float(np.mean([each[n] for each in found])) for n in range(2))
    ranked = sum(each.stand_ins for each in found)
    made = [
        Claim(AREA, f"rank correlation with the truth, {what}", asked.goal, order, count),
        Claim(AREA, f"so much above the counts' by distance, {what}", 0.03, order - raw, count),
        Claim(AREA, f"stand-ins of a day that are ranked, {what}", 0, ranked, 2 * len(found),
              is_at_most=True),
    ]  # fmt: skip
    if what == "speeding":
        return made  # how many events a driver's factor makes no formula says
    held = sum(each.held for each in found)
    wide, off = (float(np.median([each[n] for each in found])) for n in (4, 5))
    return [
        *made,
        Claim(AREA, f"coverage of the 80 % intervals off by, {what}", 0.03, abs(held / count - 0.8),
              count, is_at_most=True, interval=wilson(held, count)),
        Claim(AREA, f"median width over median error, {what}", 4, wide / off, count,
              is_at_most=True),
    ]  # fmt: skip


def compare(world: World, log: drivers.Log, asked: Asked) -> Compared:
    """Compare an analysis with what the drivers are like; its scale is the fleet's."""
    rows = asked.analysis(log).rows.set_index("driver_id")
    truth = world.truth["drivers"].set_index("driver_id")[asked.truth].reindex(rows.index)
    days = world.truth["shifts"].groupby("driver_id").size()
    stand_ins = int((rows["is_ranked"] & (days.reindex(rows.index) < drivers.ENOUGH_DAYS)).sum())
    rows, truth = rows[rows["is_ranked"]], truth[rows["is_ranked"]]
    weight = rows[asked.weight].astype(float)
    scaled = truth * (rows["rate"] * weight).sum() / (truth * weight).sum()
    held = (rows["low"] <= scaled) & (scaled <= rows["high"])
    return Compared(
        _order(rows["rate"], truth), _order(rows["raw"], truth), int(held.sum()), len(rows),
        float((rows["high"] - rows["low"]).median()), float((rows["rate"] - scaled).abs().median()),
        stand_ins,
    )  # fmt: skip


def _order(one: "pd.Series[Any]", other: "pd.Series[Any]") -> float:
    """Return Spearman's rank correlation."""
    return float(one.astype(float).rank().corr(other.rank()))


def _names_the_pair(world: World, log: drivers.Log) -> int:
    """Return 1 if exactly the drivers who never changed trucks are not told apart from them."""
    found = drivers.fuel(log).rows
    named = set(found.loc[~found["is_apart"].astype(bool), "driver_id"])
    shifts = world.truth["shifts"]
    trucks = shifts.groupby("driver_id")["truck_id"].nunique()
    people = shifts.groupby("truck_id")["driver_id"].nunique()
    of_one = shifts[shifts["driver_id"].map(trucks).eq(1) & shifts["truck_id"].map(people).eq(1)]
    return int(named == set(of_one["driver_id"]))
