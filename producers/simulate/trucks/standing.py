"""A truck that stands: its readings, its spells, its tow home, and its thieves."""

import numpy as np
from numba import njit

from producers.simulate.ground.dtypes import Record
from producers.simulate.trucks.journey import (
    DAY,
    SPELLS,
    THEFTS,
    Log,
    Road,
    Route,
    Standing,
    Theft,
)
from producers.simulate.trucks.physics import Rig, burn, read, rest

TOW_AFTER, TOW_TAKES = 7200, 3600


@njit(cache=True, nogil=True)  # pragma: no cover
def ambient_of(road: Road, t: int) -> float:
    """Return the air's temperature in a second."""
    hour = t // 3600
    share = (t - hour * 3600) / 3600.0
    return float(road.temperature[hour] * (1.0 - share) + road.temperature[hour + 1] * share)


@njit(cache=True, nogil=True)  # pragma: no cover
def note(t: int, rig: Rig, road: Road, state: Record, log: Log, running: bool, gps: float) -> None:
    """Take the reading that is due in this second."""
    litres = log.totals.burnt - log.since.burnt
    idle_litres = log.totals.idle_burnt - log.since.idle_burnt
    driven = log.totals.kilometres - log.since.kilometres
    row = log.readings[log.clock[2]]
    ambient = ambient_of(road, t)
    read(row, rig, state, ambient, running, gps, litres, idle_litres, driven)
    log.since.burnt, log.since.kilometres = log.totals.burnt, log.totals.kilometres
    log.since.idle_burnt = log.totals.idle_burnt
    log.clock[1] += log.clock[0]
    log.clock[2] += 1


@njit(cache=True, nogil=True)  # pragma: no cover
def _stand(since: int, until: int, kind: int, running: bool, log: Log) -> None:
    """Remember a part of a spell of standing."""
    if until > since:
        row = log.spells[log.counts[SPELLS] % log.spells.shape[0]]
        row.since, row.until, row.kind = since, until, kind
        row.running = until - since if running else 0
        log.counts[SPELLS] += 1


@njit(cache=True, nogil=True)  # pragma: no cover
def park(t: int, until: int, kind: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Stand with the engine off: in closed form from reading to reading."""
    until = min(until, DAY)
    _stand(t, until, kind, False, log)
    while t < until:
        upto = min(until, max(t + 1, log.clock[1] + 1))
        rest(rig, state, log.totals, upto - t, ambient_of(road, t))
        t = upto
        if t - 1 >= log.clock[1]:
            note(t - 1, rig, road, state, log, False, 0.0)
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def idle(t: int, until: int, kind: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Stand with the engine running."""
    state.speed = 0.0
    _stand(t, min(until, DAY), kind, True, log)
    while t < min(until, DAY):
        burn(rig, state, log.totals, 0.0, 0.0, ambient_of(road, t))
        if t >= log.clock[1]:
            note(t, rig, road, state, log, True, 0.0)
        t += 1
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def tow(t: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Wait for the tow truck and be brought home before midnight; the odometer stands still."""
    waits = min(t + TOW_AFTER, max(t, DAY - TOW_TAKES))
    t = park(t, waits, Standing.BREAKDOWN.value, rig, road, state, log)
    east, north, begin = state.east, state.north, t
    takes = min(TOW_TAKES, DAY - begin)
    speed = np.hypot(east, north) / (max(takes, 1) / 3600.0)
    while t < begin + takes:
        left = 1.0 - (t + 1 - begin) / takes
        state.east, state.north = east * left, north * left
        rest(rig, state, log.totals, 1.0, ambient_of(road, t))
        if t >= log.clock[1]:
            note(t, rig, road, state, log, False, speed)
        t += 1
    state.east, state.north = 0.0, 0.0
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def steal(t: int, route: Route, state: Record, log: Log) -> None:
    """Take fuel out of the tank, as much as there is."""
    litres = min(route.theft_litres, max(0.0, state.litres - 1.0))
    state.litres -= litres
    log.totals.stolen += litres
    row = log.thefts[0]
    row.second, row.litres, row.kind = min(t, DAY - 1), litres, route.theft_kind
    log.counts[THEFTS] = 1


@njit(cache=True, nogil=True)  # pragma: no cover
def spend_night(
    t: int, until: int, rig: Rig, road: Road, route: Route, state: Record, log: Log
) -> int:
    """Park at the depot; a thief may come."""
    if route.theft_kind == Theft.NIGHT.value and t <= route.theft_at < min(until, DAY):
        t = park(t, route.theft_at, Standing.DEPOT.value, rig, road, state, log)
        steal(t, route, state, log)
    return park(t, until, Standing.DEPOT.value, rig, road, state, log)
