"""Stops: of the spells of standing how many are found, how many found ones are none, and when."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.truth.claims import Claim, wilson
from benchmarks.truth.worlds import Values, World, landed, merged

WORLD: Values = {"trucks": 20, "customers": 5000, "days": 7}
LONG_SECONDS = 120


def claims(seeds: Sequence[int], more: Values) -> list[Claim]:
    """Measure the claims over some seeds."""
    compared = []
    for seed in seeds:
        with landed(merged(merged(WORLD, more), {"seed": seed})) as world:
            compared.append(compare(world))
            interval = world.settings.interval_seconds
    wanted, false, count, late = (sum(x[n] for x in compared) for n in range(4))
    found = sum(int(x[0] - x[4]) for x in compared)
    return [
        Claim("stops", "standings of two minutes and more that are found", 0.98, found / wanted,
              int(wanted), interval=wilson(found, int(wanted))),
        Claim("stops", "found stops that are no standing", 0.01, false / count, int(count),
              is_at_most=True, interval=wilson(int(false), int(count))),
        Claim("stops", f"starts off by more than {interval + 5} s", 0.02, late / found, found,
              is_at_most=True, interval=wilson(int(late), found)),
    ]  # fmt: skip


def compare(world: World) -> tuple[float, float, float, float, float]:
    """
    Compare found stops with the truth's standings.

    Returns
    -------
    tuple
        Long standings; found stops that overlap none, found stops; long standings whose start
        is off by more than an interval and 5 s; long standings that no stop overlaps.
    """
    found = world.warehouse.query(
        "select truck_id, arrived_at, left_at from mart.stops order by truck_id, arrived_at"
    )
    truth = world.truth["standings"]
    truth = truth.assign(since=world.instants(truth["since"]), until=world.instants(truth["until"]))
    # A truck's clock runs ahead or behind: its stops are told on it.
    skew = world.truth["trucks"].set_index("truck_id")["clock_skew_seconds"]
    last = world.warehouse.scalar("select max(event_timestamp) from core.truck_readings")
    allowed = np.timedelta64(world.settings.interval_seconds + 5, "s")
    ends = np.datetime64(last)
    first = np.datetime64(world.settings.local_midnight.replace(tzinfo=None))
    wanted = lost = late = false = 0
    for truck, real in truth.groupby("truck_id"):
        shift = np.timedelta64(round(float(skew[truck]) * 1000), "ms")
        since, until = _times(real["since"]) + shift, _times(real["until"]) + shift
        own = found[found["truck_id"] == truck]
        begin, end = _times(own["arrived_at"]), _times(own["left_at"])
        for place in np.flatnonzero(until - since >= np.timedelta64(LONG_SECONDS, "s")):
            wanted += 1
            near = np.flatnonzero((begin < until[place]) & (end > since[place]))
            lost += not len(near)
            if len(near) and since[place] > first + allowed:
                late += int(abs(begin[near[0]] - since[place]) > allowed)
        # What goes on as the world ends is no standing of the truth yet.
        none = [not ((since < e) & (until > b)).any() for b, e in zip(begin, end, strict=True)]
        false += int((np.array(none, bool) & (end + allowed < ends)).sum())
    return wanted, false, len(found), late, lost


def _times(column: "pd.Series[Any]") -> NDArray[np.datetime64]:
    times: NDArray[np.datetime64] = column.astype("datetime64[us]").to_numpy()
    return times
