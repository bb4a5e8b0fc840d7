"""
One second of a truck, and the readings it would show: compiled, and free of chance.

A truck's state is a record of floats; so are a day's totals and a reading. Speeds are m/s and
km/h as said, places are km around the depot.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record, record

Floats = NDArray[np.float64]


# Of a truck; kPa at 15 °C and kPa a second for each of four tyres.
STATE = record(
    "east", "north", "speed", "litres", "odometer", "engine_seconds", "brake_wear", "temperature",
    "warmth", "load", tyre=4, leak=4,
)  # fmt: skip
# Of a truck's day.
TOTALS = record(
    "burnt", "kilometres", "idle_seconds", "moving_seconds", "harsh", "speeding_seconds",
    "lost_congestion", "lost_rain", "lost_lights", "idle_burnt", "leaked", "stolen",
)  # fmt: skip
# Of a moment, before any sensor spoils it.
READING = record(
    "east", "north", "altitude", "gps_speed", "speed", "rpm", "litres", "temperature", "oil",
    "volts", "odometer", "consumption", "burnt", "idle_burnt", "brake_wear", "slipping", "ambient",
    "moving",
    tyre=4,
)  # fmt: skip

GRAVITY, AIR = 9.81, 1.2
DIESEL_JOULES = 35.8e6  # a litre
COLD_TYRE, COLD_CELSIUS, SEA_KPA = 760.0, 15.0, 101.3
WARM_CELSIUS = 20.0  # from which the cold costs no fuel
THERMOSTAT, RUNNING_TAU, COOLING_TAU = 88.0, 420.0, 5400.0  # °C, s, s
TYRE_RISE, TYRE_TAU = 18.0, 900.0  # °C at 90 km/h, s
IDLE_RPM, SHIFT_RPM = 650.0, 1900.0
HILL_EAST, HILL_NORTH = 1.6, 1.3  # km a radian
HIGHEST_OF_GEAR = np.array([12.0, 22.0, 36.0, 54.0, 78.0, 130.0])  # km/h


class Symptoms(NamedTuple):
    """How a part shows that it fails: from ``width`` before, along a curve; at least ``false``."""

    fails: float
    width: float
    exponent: float
    false: float


class Rig(NamedTuple):
    """A truck's and its driver's constants for a day."""

    tank: float
    tare: float
    drag_area: float
    rolling: float
    efficiency: float
    idle_litres: float  # a second
    consumption_factor: float
    brake_joules: float
    hills: float  # m
    altitude: float  # m
    speed_factor: float
    idle_share: float
    brake_per_km: float  # harsh events on a road of factor 1
    acceleration_per_km: float
    corner_per_km: float
    harsh_by_road: Floats  # factors by class of road
    speeding_from: float  # times the limit
    cold_share: float  # more fuel a degree below WARM_CELSIUS
    leak: float  # litres a second
    alternator: "Symptoms"  # in engine seconds
    cooling: "Symptoms"
    lubrication: "Symptoms"
    transmission: "Symptoms"  # in km
    battery_weakness: float  # 0 to 1


@njit(cache=True)  # pragma: no cover
def severity(use: float, part: Symptoms) -> float:
    """Return how far a component's symptoms have come: 0 without, 1 when it fails."""
    share = min(1.0, max(0.0, 1.0 - (part.fails - use) / part.width))
    return max(part.false, share**part.exponent)


@njit(cache=True)  # pragma: no cover
def altitude(rig: Rig, east: float, north: float) -> float:
    """Return metres above the sea: rolling hills around the depot's height."""
    return rig.altitude + rig.hills * (np.sin(east / HILL_EAST) + np.sin(north / HILL_NORTH))


@njit(cache=True)  # pragma: no cover
def burn(
    rig: Rig, state: Record, totals: Record, acceleration: float, slope: float, ambient: float
) -> None:
    """
    Let one second pass with the engine running, at the state's speed.

    The engine gives what rolling, air, slope and acceleration take; braking wears the brakes.
    """
    speed = state.speed
    mass = rig.tare + state.load
    force = mass * (acceleration + GRAVITY * (rig.rolling + slope))
    force += 0.5 * AIR * rig.drag_area * speed * speed
    power = force * speed
    litres = rig.idle_litres + max(0.0, power) / (rig.efficiency * DIESEL_JOULES)
    cold = 1.0 + rig.cold_share * max(0.0, WARM_CELSIUS - ambient)
    litres = min(litres * rig.consumption_factor * cold, state.litres)
    state.litres -= litres
    totals.burnt += litres
    _leak(rig, state, totals, 1.0)
    state.engine_seconds += 1.0
    if power < 0.0 and acceleration < 0.0:
        state.brake_wear = min(1.0, state.brake_wear - power / rig.brake_joules)
    hot = severity(state.engine_seconds, rig.cooling)
    target = THERMOSTAT + 28.0 * hot * hot + 0.08 * (ambient - 15.0)
    state.temperature += (target - state.temperature) / RUNNING_TAU
    state.warmth += (TYRE_RISE * speed / 25.0 - state.warmth) / TYRE_TAU
    for wheel in range(4):
        state.tyre[wheel] = max(0.0, state.tyre[wheel] - state.leak[wheel])
    if speed > 0.0:
        state.odometer += speed / 1000.0
        totals.kilometres += speed / 1000.0
        totals.moving_seconds += 1.0
    else:
        totals.idle_seconds += 1.0
        totals.idle_burnt += litres


@njit(cache=True)  # pragma: no cover
def _leak(rig: Rig, state: Record, totals: Record, seconds: float) -> None:
    leaked = min(rig.leak * seconds, state.litres)
    state.litres -= leaked
    totals.leaked += leaked


@njit(cache=True)  # pragma: no cover
def rest(rig: Rig, state: Record, totals: Record, seconds: float, ambient: float) -> None:
    """Let time pass with the engine off, in closed form."""
    state.speed = 0.0
    _leak(rig, state, totals, seconds)
    cooled = np.exp(-seconds / COOLING_TAU)
    state.temperature = ambient + (state.temperature - ambient) * cooled
    state.warmth *= np.exp(-seconds / TYRE_TAU)
    for wheel in range(4):
        leaked = state.leak[wheel] * seconds
        state.tyre[wheel] = max(0.0, state.tyre[wheel] - leaked)


@njit(cache=True)  # pragma: no cover
def revolutions(speed: float, slipping: float) -> float:
    """Return the engine's revolutions a minute at a speed in km/h."""
    gear = 0
    while gear < HIGHEST_OF_GEAR.shape[0] - 1 and speed > 0.95 * HIGHEST_OF_GEAR[gear]:
        gear += 1
    turning = SHIFT_RPM * speed / HIGHEST_OF_GEAR[gear] * (1.0 + 0.1 * slipping)
    return max(IDLE_RPM, turning)


@njit(cache=True)  # pragma: no cover
def read(
    row: Record, rig: Rig, state: Record, ambient: float, running: bool, gps_speed: float,
    litres: float, idle_litres: float, kilometres: float,
) -> None:  # fmt: skip
    """
    Fill a reading with the truth.

    Parameters
    ----------
    row
        Filled; of the type ``READING``.
    litres, idle_litres, kilometres
        Burnt, burnt at a standstill, and driven since the last reading.
    """
    row.east, row.north = state.east, state.north
    row.altitude = altitude(rig, state.east, state.north)
    row.speed = state.speed * 3.6
    row.gps_speed = max(gps_speed, row.speed)
    use = state.engine_seconds
    slipping = severity(state.odometer, rig.transmission)
    row.rpm = revolutions(row.speed, slipping) if running else 0.0
    row.litres = state.litres
    row.temperature = state.temperature
    worn = severity(use, rig.lubrication)
    oil = (110.0 + 0.17 * row.rpm) * (1.0 - 0.0035 * (state.temperature - THERMOSTAT))
    row.oil = oil * (1.0 - 0.6 * worn) if running else 0.0
    charge = 28.1 - 3.4 * severity(use, rig.alternator)
    still = 25.5 + 0.012 * (ambient - 15.0) - 2.4 * rig.battery_weakness
    row.volts = charge if running else still
    row.odometer = state.odometer
    row.burnt = litres
    row.idle_burnt = idle_litres
    row.consumption = 100.0 * litres / kilometres if kilometres > 0.05 else np.nan
    row.brake_wear = state.brake_wear
    warm = (ambient + state.warmth + 273.15) / (COLD_CELSIUS + 273.15)
    for wheel in range(4):
        row.tyre[wheel] = max(0.0, (state.tyre[wheel] + SEA_KPA) * warm - SEA_KPA)
    row.slipping = slipping
    row.ambient = ambient
    row.moving = 1.0 if state.speed > 0.0 else 0.0
