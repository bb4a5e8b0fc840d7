"""A leg of a truck's day, second by second, on a grid of streets."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record
from producers.simulate.trucks.journey import BROKE, DAY, EVENTS, Event, Log, Road, Route, Standing
from producers.simulate.trucks.physics import HILL_EAST, HILL_NORTH, Rig, burn
from producers.simulate.trucks.standing import ambient_of, idle, note

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

URBAN, RURAL, MOTORWAY = range(3)
ACCESS_METRES = 1500.0  # urban at both ends of a leg
MOTORWAY_METRES = 12_000.0  # a longer leg runs on it between them
COMFORT, BRISK, HARSH_BRAKE = 1.1, 2.2, 4.2  # m/s²
ACCELERATION, HARSH_ACCELERATION, HARSH_LATERAL = 0.8, 2.8, 4.0
CORNER = 4.0  # m/s
HARSH_SECONDS, SPEEDING_SECONDS = 2, 5
MEMORY, FLUTTER = 0.92, 0.016  # of the speed around its target, from second to second


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
    return float(min(speed, np.sqrt(2.0 * COMFORT * max(0.0, to_light)) + 0.5))


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
    return float(slope * rig.hills / 1000.0)


@njit(cache=True, nogil=True)  # pragma: no cover
def _until(rng: np.random.Generator, per_km: float) -> float:
    """Draw the metres until something happens that does so many times a kilometre."""
    return rng.exponential(1000.0 / per_km) if per_km > 0 else 1e12


class Spell(NamedTuple):
    """A spell of speeding under way: first second, seconds; highest speed and limit in m/s."""

    since: int
    seconds: int
    top: float
    limit: float


NO_SPELL = Spell(0, 0, 0.0, 0.0)


@njit(cache=True, nogil=True)  # pragma: no cover
def _tell(
    t: int, kind: int, speed: float, magnitude: float, seconds: float, state: Record, log: Log
) -> None:
    """Log what the telematics box notices; speed in m/s."""
    row = log.events[log.counts[EVENTS] % log.events.shape[0]]
    row.second, row.kind, row.kmh = t, kind, speed * 3.6
    row.magnitude, row.seconds = magnitude, seconds
    row.east, row.north = state.east, state.north
    log.counts[EVENTS] += 1


@njit(cache=True, nogil=True)  # pragma: no cover
def _over(spell: Spell, state: Record, log: Log) -> Spell:
    """End a spell of speeding, and log it if it was long enough."""
    if spell.seconds >= SPEEDING_SECONDS:
        above = (spell.top - spell.limit) * 3.6
        _tell(spell.since, Event.SPEEDING.value, spell.top, above, spell.seconds, state, log)
    return NO_SPELL


@njit(cache=True, nogil=True)  # pragma: no cover
def _speeding(t: int, spell: Spell, speed: float, limit: float, rig: Rig, state: Record,
              log: Log) -> Spell:  # fmt: skip
    """Begin a spell of speeding, go on with it, or end it: at the latest with the limit."""
    if spell.seconds > 0 and (limit != spell.limit or speed <= limit * rig.speeding_from):
        spell = _over(spell, state, log)
    if speed <= limit * rig.speeding_from:
        return spell
    if spell.seconds == 0:
        return Spell(t, 1, speed, limit)
    return Spell(spell.since, spell.seconds + 1, max(spell.top, speed), limit)


class Temper(NamedTuple):
    """How far a driver is from the next harsh event, and what is left of the one under way."""

    ahead: Floats  # weighted metres to a brake, an acceleration, a corner
    left: Ints  # seconds of braking, of accelerating


@njit(cache=True, nogil=True)  # pragma: no cover
def _paced(wanted: float, before: float, temper: Temper) -> float:
    """Return the speed that a driver takes who wants one."""
    if temper.left[0] > 0:
        temper.left[0] -= 1
        return max(0.0, before - HARSH_BRAKE)
    if temper.left[1] > 0 and wanted > before + HARSH_ACCELERATION:
        temper.left[1] -= 1
        return before + HARSH_ACCELERATION
    return min(max(wanted, before - BRISK), before + ACCELERATION)


@njit(cache=True, nogil=True)  # pragma: no cover
def _harsh(
    rng: np.random.Generator, t: int, before: float, risked: float, rig: Rig,
    temper: Temper, state: Record, log: Log,
) -> None:  # fmt: skip
    """Let harsh events come by the metres driven, where the driving admits them."""
    ahead = temper.ahead
    for kind in range(3):
        ahead[kind] -= risked
    if ahead[0] <= 0.0 and before > 9.0:
        _tell(t, Event.HARSH_BRAKE.value, before, HARSH_BRAKE, HARSH_SECONDS, state, log)
        log.totals.harsh += 1.0
        ahead[0], temper.left[0] = _until(rng, rig.brake_per_km), HARSH_SECONDS
    if ahead[1] <= 0.0 and before > CORNER:
        push = Event.HARSH_ACCELERATION.value
        _tell(t, push, before, HARSH_ACCELERATION, HARSH_SECONDS, state, log)
        ahead[1], temper.left[1] = _until(rng, rig.acceleration_per_km), HARSH_SECONDS
    if ahead[2] <= 0.0 and before > CORNER:
        _tell(t, Event.HARSH_CORNER.value, before, HARSH_LATERAL, HARSH_SECONDS, state, log)
        ahead[2] = _until(rng, rig.corner_per_km)


@njit(cache=True, nogil=True)  # pragma: no cover
def leg(
    rng: np.random.Generator, t: int, east: float, north: float, east_first: bool,
    rig: Rig, road: Road, route: Route, state: Record, log: Log,
) -> int:  # fmt: skip
    """Drive to a place along the grid; return the second of arrival, or of the breakdown."""
    way, done, speed, flutter = _way(state, east, north, east_first), 0.0, 0.0, 0.0
    to_light, to_brake = _until(rng, road.lights_per_km), _until(rng, rig.brake_per_km)
    push, turn = _until(rng, rig.acceleration_per_km), _until(rng, rig.corner_per_km)
    temper = Temper(np.array([to_brake, push, turn]), np.zeros(2, np.int64))
    spell = NO_SPELL
    while way.length - done > 0.01 and t < DAY:
        if state.engine_seconds >= route.fail_engine or state.odometer >= route.fail_odometer:
            log.counts[BROKE] = t
            return t
        kind = _class_of(done, way.length)
        limit = road.limits[kind]
        if kind == URBAN and to_light <= 0.0:
            spell = _over(spell, state, log)
            red = min(DAY, t + int(rng.exponential(road.light_seconds)))
            log.totals.lost_lights += red - t
            t = idle(t, red, Standing.LIGHT.value, rig, road, state, log)
            speed, to_light = 0.0, _until(rng, road.lights_per_km)
            continue
        congestion, rain = road.congestion[kind, t // 900], road.rain[t // 3600]
        flutter = MEMORY * flutter + FLUTTER * rng.standard_normal()
        wanted = limit * rig.speed_factor * congestion * rain * (1.0 + flutter)
        wanted = min(wanted, _safe(way, done, to_light if kind == URBAN else 1e12))
        before = speed
        speed = min(max(_paced(wanted, before, temper), 1.0), way.length - done)
        done += speed
        _harsh(rng, t, before, speed * rig.harsh_by_road[kind], rig, temper, state, log)
        to_light -= speed if kind == URBAN else 0.0
        slope = _advance(way, done, rig, state)
        state.speed = speed
        burn(rig, state, log.totals, speed - before, slope, ambient_of(road, t))
        log.totals.lost_congestion += 1.0 - congestion
        log.totals.lost_rain += congestion * (1.0 - rain)
        log.totals.speeding_seconds += speed > limit * 1.03
        spell = _speeding(t, spell, speed, limit, rig, state, log)
        if t >= log.clock[1]:
            note(t, rig, road, state, log, True, 0.0)
        t += 1
    _over(spell, state, log)
    state.speed = 0.0
    return t
