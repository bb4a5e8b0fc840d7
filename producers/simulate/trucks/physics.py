"""
One second of a truck, and the readings it would show: compiled, and free of chance.

A truck's state is one row of floats, named by the constants below; so are a day's totals
and the columns of a reading. Speeds are m/s and km/h as said, places are km around the depot.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# State of a truck; TYRE and LEAK have four places each (kPa at 15 °C, kPa a second).
(EAST, NORTH, SPEED, LITRES, ODOMETER, ENGINE_SECONDS, BRAKE_WEAR, TEMPERATURE, WARMTH, LOAD,
 TYRE) = range(11)  # fmt: skip
LEAK = TYRE + 4
STATE = LEAK + 4

# Totals of a day.
(BURNT, KILOMETRES, IDLE_SECONDS, MOVING_SECONDS, HARSH, SPEEDING_SECONDS, LOST_CONGESTION,
 LOST_RAIN, LOST_LIGHTS) = range(9)  # fmt: skip
TOTALS = 9

# Columns of a reading, before any sensor spoils it.
(R_EAST, R_NORTH, R_ALTITUDE, R_GPS_SPEED, R_SPEED, R_RPM, R_LITRES, R_TEMPERATURE, R_OIL,
 R_VOLTS, R_ODOMETER, R_CONSUMPTION, R_BRAKE, R_TYRE) = range(14)  # fmt: skip
R_TRANSMISSION = R_TYRE + 4
R_AMBIENT = R_TRANSMISSION + 1
R_MOVING = R_AMBIENT + 1
READING = R_MOVING + 1

GRAVITY, AIR = 9.81, 1.2
DIESEL_JOULES = 35.8e6  # a litre
COLD_TYRE, COLD_CELSIUS, SEA_KPA = 760.0, 15.0, 101.3
THERMOSTAT, RUNNING_TAU, COOLING_TAU = 88.0, 420.0, 5400.0  # °C, s, s
TYRE_RISE, TYRE_TAU = 18.0, 900.0  # °C at 90 km/h, s
IDLE_RPM, SHIFT_RPM = 650.0, 1900.0
HILL_EAST, HILL_NORTH = 1.6, 1.3  # km a radian
HIGHEST_OF_GEAR = np.array([12.0, 22.0, 36.0, 54.0, 78.0, 130.0])  # km/h


class Rig(NamedTuple):
    """A truck's constants for a day; fails and widths are those of its components' symptoms."""

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
    harsh_per_km: float
    alternator_fails: float  # engine seconds, and how long before it shows
    alternator_width: float
    cooling_fails: float
    cooling_width: float
    lubrication_fails: float
    lubrication_width: float
    transmission_fails: float  # km
    transmission_width: float
    battery_weakness: float  # 0 to 1


@njit(cache=True)  # pragma: no cover
def severity(use: float, fails: float, width: float) -> float:
    """Return how far a component's symptoms have come: 0 without, 1 when it fails."""
    return min(1.0, max(0.0, 1.0 - (fails - use) / width))


@njit(cache=True)  # pragma: no cover
def altitude(rig: Rig, east: float, north: float) -> float:
    """Return metres above the sea: rolling hills around the depot's height."""
    return rig.altitude + rig.hills * (np.sin(east / HILL_EAST) + np.sin(north / HILL_NORTH))


@njit(cache=True)  # pragma: no cover
def burn(
    rig: Rig, state: Floats, totals: Floats, acceleration: float, slope: float, ambient: float
) -> None:
    """
    Let one second pass with the engine running, at the state's speed.

    The engine gives what rolling, air, slope and acceleration take; braking wears the brakes.
    """
    speed = state[SPEED]
    mass = rig.tare + state[LOAD]
    force = mass * (acceleration + GRAVITY * (rig.rolling + slope))
    force += 0.5 * AIR * rig.drag_area * speed * speed
    power = force * speed
    litres = rig.idle_litres + max(0.0, power) / (rig.efficiency * DIESEL_JOULES)
    litres = min(litres * rig.consumption_factor, state[LITRES])
    state[LITRES] -= litres
    totals[BURNT] += litres
    state[ENGINE_SECONDS] += 1.0
    if power < 0.0 and acceleration < 0.0:
        state[BRAKE_WEAR] = min(1.0, state[BRAKE_WEAR] - power / rig.brake_joules)
    hot = severity(state[ENGINE_SECONDS], rig.cooling_fails, rig.cooling_width)
    target = THERMOSTAT + 28.0 * hot * hot + 0.08 * (ambient - 15.0)
    state[TEMPERATURE] += (target - state[TEMPERATURE]) / RUNNING_TAU
    state[WARMTH] += (TYRE_RISE * speed / 25.0 - state[WARMTH]) / TYRE_TAU
    for wheel in range(4):
        state[TYRE + wheel] = max(0.0, state[TYRE + wheel] - state[LEAK + wheel])
    if speed > 0.0:
        state[ODOMETER] += speed / 1000.0
        totals[KILOMETRES] += speed / 1000.0
        totals[MOVING_SECONDS] += 1.0
    else:
        totals[IDLE_SECONDS] += 1.0


@njit(cache=True)  # pragma: no cover
def rest(state: Floats, seconds: float, ambient: float) -> None:
    """Let time pass with the engine off, in closed form."""
    state[SPEED] = 0.0
    cooled = np.exp(-seconds / COOLING_TAU)
    state[TEMPERATURE] = ambient + (state[TEMPERATURE] - ambient) * cooled
    state[WARMTH] *= np.exp(-seconds / TYRE_TAU)
    for wheel in range(4):
        leaked = state[LEAK + wheel] * seconds
        state[TYRE + wheel] = max(0.0, state[TYRE + wheel] - leaked)


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
    row: Floats, rig: Rig, state: Floats, ambient: float, running: bool, gps_speed: float,
    litres: float, kilometres: float,
) -> None:  # fmt: skip
    """
    Fill a reading with the truth.

    Parameters
    ----------
    row
        Filled; shape ``(READING,)``.
    litres, kilometres
        Burnt and driven since the last reading.
    """
    row[R_EAST], row[R_NORTH] = state[EAST], state[NORTH]
    row[R_ALTITUDE] = altitude(rig, state[EAST], state[NORTH])
    row[R_SPEED] = state[SPEED] * 3.6
    row[R_GPS_SPEED] = max(gps_speed, row[R_SPEED])
    use = state[ENGINE_SECONDS]
    slipping = severity(state[ODOMETER], rig.transmission_fails, rig.transmission_width)
    row[R_RPM] = revolutions(row[R_SPEED], slipping) if running else 0.0
    row[R_LITRES] = state[LITRES]
    row[R_TEMPERATURE] = state[TEMPERATURE]
    worn = severity(use, rig.lubrication_fails, rig.lubrication_width)
    oil = (110.0 + 0.17 * row[R_RPM]) * (1.0 - 0.0035 * (state[TEMPERATURE] - THERMOSTAT))
    row[R_OIL] = oil * (1.0 - 0.6 * worn) if running else 0.0
    charge = 28.1 - 3.4 * severity(use, rig.alternator_fails, rig.alternator_width)
    still = 25.5 + 0.012 * (ambient - 15.0) - 2.4 * rig.battery_weakness
    row[R_VOLTS] = charge if running else still
    row[R_ODOMETER] = state[ODOMETER]
    row[R_CONSUMPTION] = 100.0 * litres / kilometres if kilometres > 0.05 else np.nan
    row[R_BRAKE] = state[BRAKE_WEAR]
    warm = (ambient + state[WARMTH] + 273.15) / (COLD_CELSIUS + 273.15)
    for wheel in range(4):
        row[R_TYRE + wheel] = max(0.0, (state[TYRE + wheel] + SEA_KPA) * warm - SEA_KPA)
    row[R_TRANSMISSION] = slipping
    row[R_AMBIENT] = ambient
    row[R_MOVING] = 1.0 if state[SPEED] > 0.0 else 0.0
