"""A truck's day, second by second: legs, stops, breaks, fuel."""

import numpy as np
from numba import njit

from producers.simulate.ground.dtypes import Record
from producers.simulate.trucks.journey import (
    BROKE,
    DAY,
    HOME,
    REFUELS,
    THEFTS,
    Log,
    Outcome,
    Road,
    Route,
    Standing,
    Theft,
)
from producers.simulate.trucks.legs import leg
from producers.simulate.trucks.physics import Rig
from producers.simulate.trucks.standing import idle, park, spend_night, steal, tow

REFILL = 0.97
SIPHON_SECONDS = 240
HOME_KM = 0.01  # nearer to its depot a truck is there


@njit(cache=True, nogil=True)  # pragma: no cover
def _refuel(
    rng: np.random.Generator, t: int, rig: Rig, road: Road, route: Route, state: Record, log: Log
) -> int:
    """Go to the nearest filling station if the tank asks for it."""
    if state.litres >= route.refuel_below * rig.tank:
        return t
    best, nearest = 0, 1e12
    for station in range(road.stations.shape[0]):
        east, north = road.stations[station, 0], road.stations[station, 1]
        distance = abs(east - state.east) + abs(north - state.north)
        if distance < nearest:
            best, nearest = station, distance
    t = leg(
        rng, t, road.stations[best, 0], road.stations[best, 1], True, rig, road, route, state, log
    )
    if log.counts[BROKE] >= 0 or t >= DAY:
        return t
    t = park(t, t + route.pump_takes, Standing.FUEL.value, rig, road, state, log)
    litres = REFILL * rig.tank - state.litres
    row = log.refuels[log.counts[REFUELS]]
    row.second, row.litres, row.odometer = min(t, DAY - 1), litres, state.odometer
    log.counts[REFUELS] += 1
    state.litres += litres
    if route.theft_kind == Theft.FUELLING.value and log.counts[THEFTS] == 0:
        t = park(t, t + SIPHON_SECONDS, Standing.FUEL.value, rig, road, state, log)
        steal(t, route, state, log)
        t = park(t, t + SIPHON_SECONDS, Standing.FUEL.value, rig, road, state, log)
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def _in_reach(t: int, stop: int, route: Route, state: Record) -> bool:
    """Tell whether the truck can serve a stop and be home in time, by the planned speed."""
    there = abs(route.east[stop] - state.east) + abs(route.north[stop] - state.north)
    back = abs(route.east[stop]) + abs(route.north[stop])
    arrives = max(t + there * 1000.0 / route.plan_speed, route.earliest[stop])
    return arrives + route.service[stop] + back * 1000.0 / route.plan_speed < route.home_by


@njit(cache=True, nogil=True)  # pragma: no cover
def _serve(
    rng: np.random.Generator, t: int, stop: int, rig: Rig, road: Road, route: Route,
    state: Record, log: Log,
) -> int:  # fmt: skip
    """Wait for the window, hand over, and note what became of the stop."""
    visit = log.visits[stop]
    visit.arrived, visit.kilometres = t, log.totals.kilometres
    visit.lost_congestion, visit.lost_rain = log.totals.lost_congestion, log.totals.lost_rain
    visit.lost_lights = log.totals.lost_lights
    begins = max(t, int(route.earliest[stop]))
    ends = begins + int(route.service[stop])
    visit.waited_seconds, visit.service_seconds = begins - t, ends - begins
    t = park(t, begins, Standing.WAIT.value, rig, road, state, log)
    if rng.random() < rig.idle_share:
        t = idle(t, ends, Standing.SERVICE.value, rig, road, state, log)
    else:
        t = park(t, ends, Standing.SERVICE.value, rig, road, state, log)
    if route.theft_kind == Theft.STOP.value and stop == route.theft_at:
        steal(t, route, state, log)
    visit.left = t
    at_home = route.at_home[stop]
    visit.outcome = Outcome.DELIVERED.value if at_home else Outcome.NOT_AT_HOME.value
    if at_home:
        state.load = max(0.0, state.load - route.weight[stop])
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def drive(
    rng: np.random.Generator, rig: Rig, road: Road, route: Route, state: Record, log: Log
) -> None:
    """
    Let a truck's day happen, from midnight to midnight.

    Parameters
    ----------
    state
        Of the truck, a record of ``STATE``; changed to that at the next midnight.
    log
        Filled.
    """
    t, on_duty_since, rested = 0, route.departure, False
    stops = route.east.shape[0]
    strayed = abs(state.east) + abs(state.north) > HOME_KM
    if stops > 0 or strayed:
        t = spend_night(t, route.departure, rig, road, route, state, log)
    if strayed:  # caught by midnight on the road: home first
        t = leg(rng, t, 0.0, 0.0, True, rig, road, route, state, log)
    state.load = route.weight.sum()
    for stop in range(stops):
        if log.counts[BROKE] >= 0 or not _in_reach(t, stop, route, state):
            continue
        if not rested and t - on_duty_since > route.break_after:
            log.visits[stop].break_seconds = route.break_takes
            t = park(t, t + route.break_takes, Standing.BREAK.value, rig, road, state, log)
            rested = True
        t = _refuel(rng, t, rig, road, route, state, log)
        if log.counts[BROKE] >= 0:
            continue
        t = leg(
            rng, t, route.east[stop], route.north[stop], stop % 2 == 0, rig, road, route, state, log
        )
        if log.counts[BROKE] < 0 and t < DAY:
            t = _serve(rng, t, stop, rig, road, route, state, log)
    if stops > 0 and log.counts[BROKE] < 0:
        t = _refuel(rng, t, rig, road, route, state, log)
    if stops > 0 and log.counts[BROKE] < 0:
        t = leg(rng, t, 0.0, 0.0, True, rig, road, route, state, log)
    if log.counts[BROKE] >= 0:
        state.speed = 0.0
        t = tow(t, rig, road, state, log)
    state.load = 0.0
    log.counts[HOME] = t
    spend_night(t, DAY, rig, road, route, state, log)
