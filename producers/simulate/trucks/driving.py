"""A truck's day, second by second: legs on a grid of streets, stops, lights, breaks, fuel."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record
from producers.simulate.trucks.journey import DAY, Log, Outcome, Road, Route
from producers.simulate.trucks.physics import HILL_EAST, HILL_NORTH, Rig, burn, read, rest

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

URBAN, RURAL, MOTORWAY = range(3)
ACCESS_METRES = 1500.0  # urban at both ends of a leg
MOTORWAY_METRES = 12_000.0  # a longer leg runs on it between them
COMFORT, BRISK, HARSH_BRAKE = 1.1, 2.2, 4.2  # m/s²
ACCELERATION = 0.8
CORNER = 4.0  # m/s
HARSH_SECONDS = 2
MEMORY, FLUTTER = 0.92, 0.016  # of the speed around its target, from second to second
TOW_AFTER, TOW_TAKES = 7200, 3600
REFILL = 0.97


@njit(cache=True, nogil=True)  # pragma: no cover
def _ambient(road: Road, t: int) -> float:
    hour = t // 3600
    share = (t - hour * 3600) / 3600.0
    return road.temperature[hour] * (1.0 - share) + road.temperature[hour + 1] * share


@njit(cache=True, nogil=True)  # pragma: no cover
def _note(t: int, rig: Rig, road: Road, state: Record, log: Log, running: bool, gps: float) -> None:
    """Take the reading that is due in this second."""
    litres = log.totals.burnt - log.since.burnt
    driven = log.totals.kilometres - log.since.kilometres
    row = log.readings[log.clock[2]]
    read(row, rig, state, _ambient(road, t), running, gps, litres, driven)
    log.since.burnt, log.since.kilometres = log.totals.burnt, log.totals.kilometres
    log.clock[1] += log.clock[0]
    log.clock[2] += 1


@njit(cache=True, nogil=True)  # pragma: no cover
def _park(t: int, until: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Stand with the engine off: in closed form from reading to reading."""
    until = min(until, DAY)
    while t < until:
        upto = min(until, max(t + 1, log.clock[1] + 1))
        rest(state, upto - t, _ambient(road, t))
        t = upto
        if t - 1 >= log.clock[1]:
            _note(t - 1, rig, road, state, log, False, 0.0)
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def _idle(t: int, until: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Stand with the engine running."""
    state.speed = 0.0
    while t < min(until, DAY):
        burn(rig, state, log.totals, 0.0, 0.0, _ambient(road, t))
        if t >= log.clock[1]:
            _note(t, rig, road, state, log, True, 0.0)
        t += 1
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def _tow(t: int, rig: Rig, road: Road, state: Record, log: Log) -> int:
    """Wait for the tow truck and be brought home before midnight; the odometer stands still."""
    t = _park(t, min(t + TOW_AFTER, max(t, DAY - TOW_TAKES)), rig, road, state, log)
    east, north, begin = state.east, state.north, t
    takes = min(TOW_TAKES, DAY - begin)
    speed = np.hypot(east, north) / (max(takes, 1) / 3600.0)
    while t < begin + takes:
        left = 1.0 - (t + 1 - begin) / takes
        state.east, state.north = east * left, north * left
        rest(state, 1.0, _ambient(road, t))
        if t >= log.clock[1]:
            _note(t, rig, road, state, log, False, speed)
        t += 1
    state.east, state.north = 0.0, 0.0
    return t


@njit(cache=True, nogil=True)  # pragma: no cover
def _class_of(done: float, length: float) -> int:
    if min(done, length - done) < ACCESS_METRES:
        return URBAN
    return MOTORWAY if length > MOTORWAY_METRES else RURAL


class Way(NamedTuple):
    """A leg: from a place to another, along one axis and then along the other; metres."""

    from_east: float
    from_north: float
    toward_east: float
    toward_north: float
    east_first: bool
    first: float
    length: float


@njit(cache=True, nogil=True)  # pragma: no cover
def _way(state: Record, east: float, north: float, east_first: bool) -> Way:
    by_east, by_north = east - state.east, north - state.north
    first = abs(by_east) if east_first else abs(by_north)
    return Way(
        state.east, state.north, 1.0 if by_east > 0 else -1.0, 1.0 if by_north > 0 else -1.0,
        east_first, first * 1000.0, (abs(by_east) + abs(by_north)) * 1000.0,
    )  # fmt: skip


@njit(cache=True, nogil=True)  # pragma: no cover
def _safe(way: Way, done: float, to_light: float) -> float:
    """Return the highest speed from which end, corner and light can be reached gently."""
    speed = np.sqrt(2.0 * COMFORT * (way.length - done))
    if done < way.first:
        speed = min(speed, np.sqrt(CORNER * CORNER + 2.0 * COMFORT * (way.first - done)))
    return min(speed, np.sqrt(2.0 * COMFORT * max(0.0, to_light)) + 0.5)


@njit(cache=True, nogil=True)  # pragma: no cover
def _advance(way: Way, done: float, rig: Rig, state: Record) -> float:
    """Put the truck where it is after so many metres; return the slope there."""
    if way.east_first:
        along = min(done, way.first)
        across = done - along
    else:
        across = min(done, way.first)
        along = done - across
    state.east = way.from_east + way.toward_east * along / 1000.0
    state.north = way.from_north + way.toward_north * across / 1000.0
    if (done <= way.first) == way.east_first:
        slope = way.toward_east * np.cos(state.east / HILL_EAST) / HILL_EAST
    else:
        slope = way.toward_north * np.cos(state.north / HILL_NORTH) / HILL_NORTH
    return slope * rig.hills / 1000.0


@njit(cache=True, nogil=True)  # pragma: no cover
def _until(rng: np.random.Generator, per_km: float) -> float:
    """Draw the metres until something happens that does so many times a kilometre."""
    return rng.exponential(1000.0 / per_km) if per_km > 0 else 1e12


@njit(cache=True, nogil=True)  # pragma: no cover
def _leg(
    rng: np.random.Generator, t: int, east: float, north: float, east_first: bool,
    rig: Rig, road: Road, route: Route, state: Record, log: Log,
) -> int:  # fmt: skip
    """Drive to a place along the grid; return the second of arrival, or of the breakdown."""
    way = _way(state, east, north, east_first)
    done, speed, flutter, braking = 0.0, 0.0, 0.0, 0
    to_light, to_harsh = _until(rng, road.lights_per_km), _until(rng, rig.harsh_per_km)
    while way.length - done > 0.01 and t < DAY:
        if state.engine_seconds >= route.fail_engine or state.odometer >= route.fail_odometer:
            log.counts[2] = t
            return t
        kind = _class_of(done, way.length)
        if kind == URBAN and to_light <= 0.0:
            red = min(DAY, t + int(rng.exponential(road.light_seconds)))
            log.totals.lost_lights += red - t
            t = _idle(t, red, rig, road, state, log)
            speed, to_light = 0.0, _until(rng, road.lights_per_km)
            continue
        congestion, rain = road.congestion[kind, t // 900], road.rain[t // 3600]
        flutter = MEMORY * flutter + FLUTTER * rng.standard_normal()
        wanted = road.limits[kind] * rig.speed_factor * congestion * rain * (1.0 + flutter)
        wanted = min(wanted, _safe(way, done, to_light if kind == URBAN else 1e12))
        before = speed
        if braking > 0:
            braking, speed = braking - 1, max(0.0, speed - HARSH_BRAKE)
        else:
            speed = min(max(wanted, before - BRISK), before + ACCELERATION)
        speed = min(max(speed, 1.0), way.length - done)
        done += speed
        to_harsh -= speed
        if to_harsh <= 0.0 and before > 9.0:
            row = log.harsh[log.counts[1] % log.harsh.shape[0]]
            row.second, row.kmh_before = t, before * 3.6
            log.counts[1] += 1
            log.totals.harsh += 1.0
            to_harsh, braking = _until(rng, rig.harsh_per_km), HARSH_SECONDS
        to_light -= speed if kind == URBAN else 0.0
        slope = _advance(way, done, rig, state)
        state.speed = speed
        burn(rig, state, log.totals, speed - before, slope, _ambient(road, t))
        log.totals.lost_congestion += 1.0 - congestion
        log.totals.lost_rain += congestion * (1.0 - rain)
        log.totals.speeding_seconds += speed > road.limits[kind] * 1.03
        if t >= log.clock[1]:
            _note(t, rig, road, state, log, True, 0.0)
        t += 1
    state.speed = 0.0
    return t


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
    t = _leg(
        rng, t, road.stations[best, 0], road.stations[best, 1], True, rig, road, route, state, log
    )
    if log.counts[2] >= 0 or t >= DAY:
        return t
    t = _park(t, t + route.pump_takes, rig, road, state, log)
    litres = REFILL * rig.tank - state.litres
    row = log.refuels[log.counts[0]]
    row.second, row.litres, row.odometer = min(t, DAY - 1), litres, state.odometer
    log.counts[0] += 1
    state.litres += litres
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
    t = _park(t, begins, rig, road, state, log)
    if rng.random() < rig.idle_share:
        t = _idle(t, ends, rig, road, state, log)
    else:
        t = _park(t, ends, rig, road, state, log)
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
    strayed = abs(state.east) + abs(state.north) > 0.01
    if stops > 0 or strayed:
        t = _park(t, route.departure, rig, road, state, log)
    if strayed:  # caught by midnight on the road: home first
        t = _leg(rng, t, 0.0, 0.0, True, rig, road, route, state, log)
    state.load = route.weight.sum()
    for stop in range(stops):
        if log.counts[2] >= 0 or not _in_reach(t, stop, route, state):
            continue
        if not rested and t - on_duty_since > route.break_after:
            log.visits[stop].break_seconds = route.break_takes
            t = _park(t, t + route.break_takes, rig, road, state, log)
            rested = True
        t = _refuel(rng, t, rig, road, route, state, log)
        if log.counts[2] >= 0:
            continue
        t = _leg(
            rng, t, route.east[stop], route.north[stop], stop % 2 == 0, rig, road, route, state, log
        )
        if log.counts[2] < 0 and t < DAY:
            t = _serve(rng, t, stop, rig, road, route, state, log)
    if stops > 0 and log.counts[2] < 0:
        t = _refuel(rng, t, rig, road, route, state, log)
    if stops > 0 and log.counts[2] < 0:
        t = _leg(rng, t, 0.0, 0.0, True, rig, road, route, state, log)
    if log.counts[2] >= 0:
        state.speed = 0.0
        t = _tow(t, rig, road, state, log)
    state.load = 0.0
    _park(t, DAY, rig, road, state, log)
