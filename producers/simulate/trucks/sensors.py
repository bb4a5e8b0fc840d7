"""From a truck's truth to what its sensors say: noise, places, words, gaps, stuck needles."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.ground.column_buffers import ColumnBuffer, Columns
from producers.simulate.ground.dtypes import Records
from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.ground.weather import Weather
from producers.simulate.settings import Settings
from producers.simulate.trucks.fleet import Fleet
from producers.simulate.trucks.journey import DAY

Floats = NDArray[np.float64]

METRES_PER_DEGREE = 111_195.0
# Standard deviation of each sensor at noise 1: its unit is that of the column.
NOISE = {
    "altitude": 2.0, "gps_speed": 0.4, "speed": 0.15, "rpm": 9.0, "temperature": 0.25, "oil": 2.5,
    "volts": 0.03, "tyre_0": 0.8, "tyre_1": 0.8, "tyre_2": 0.8, "tyre_3": 0.8, "ambient": 0.2,
    "humidity": 0.8, "pressure": 0.25,
}  # fmt: skip
GPS_METRES = 3.0
SLOSH, STILL = 0.9, 0.12  # % of the tank, driving and standing
METER = 0.01  # of the consumption and of the rate
WORN, CRITICAL = 0.6, 0.82  # of the brakes' life
COUNTER_STEP = 0.5  # litres
SLIPPING = 0.35  # of the transmission's symptoms
GROUPS = (
    ("latitude", "longitude", "altitude", "gps_speed"),
    ("rpm", "fuel_level", "temperature", "oil", "volts"),
    ("tyre_0", "tyre_1", "tyre_2", "tyre_3"),
    ("ambient", "humidity", "pressure"),
)
STICKY = ("fuel_level", "temperature", "oil", "volts", "ambient")
STUCK_HOURS = (1.0, 6.0)


def measure(
    settings: Settings, geography: Geography, fleet: Fleet, weather: Weather, day: int, truck: int,
    readings: Records, broken_from: int, stuck: ColumnBuffer,
) -> Columns:  # fmt: skip
    """
    Return a truck's readings of a day as its sensors give them.

    Parameters
    ----------
    readings
        The truth, a record of ``READING`` each.
    broken_from
        Second of the day from which the transmission reports a fault, -1 for never.
    stuck
        Rows are added for needles that stick: truck, sensor, from, until.
    """
    rng = generator(settings.seed, "sensors", truck, day)
    interval, count = settings.interval_seconds, len(readings)
    second = truck % interval + interval * np.arange(count)
    columns = _columns(settings, geography, fleet, truck, readings)
    columns |= _air(weather, int(fleet.depot[truck]), second)
    running = readings["rpm"] > 0
    noise = settings.imperfection.noise
    for column, deviation in NOISE.items():
        if noise > 0:
            columns[column] = columns[column] + rng.normal(0, deviation * noise, count)
    columns["speed"] = np.where(readings["moving"] > 0, np.maximum(columns["speed"], 0), 0.0)
    for column, offset in fleet.units.offsets.items():
        columns[column] = columns[column] + offset[truck]
    still = readings["gps_speed"] == 0
    columns["gps_speed"] = np.where(still, 0.0, np.maximum(columns["gps_speed"], 0))
    for column in ("rpm", "oil"):
        columns[column] = np.where(running, np.maximum(columns[column], 0), 0.0)
    slosh = np.where(readings["moving"] > 0, SLOSH, STILL) * noise
    level = columns["fuel_level"] + slosh * _sloshing(settings, rng.normal(0, 1, count))
    if step := settings.sensors.gauge_step:
        level = np.rint(level / step) * step
    columns["fuel_level"] = np.clip(level, 0, 100)
    metered = 1 + METER * noise * rng.normal(0, 1, count)
    for column in ("consumption", "fuel_rate"):
        columns[column] = np.clip(columns[column] * metered, 0, 9_999)
    columns["humidity"] = np.clip(columns["humidity"], 0, 100)
    for wheel in range(4):
        columns[f"tyre_{wheel}"] = np.maximum(columns[f"tyre_{wheel}"], 0)
    for column in ("latitude", "longitude"):
        metres = GPS_METRES * noise * rng.normal(0, 1, count)
        columns[column] = columns[column] + metres / METRES_PER_DEGREE
    if broken_from >= 0:
        columns["transmission"] = np.where(second >= broken_from, 2, columns["transmission"])
    broken = day * DAY + second < fleet.ailments.fault_until[truck] * (broken_from < 0)
    columns["transmission"] = np.where(broken, 2, columns["transmission"])
    _spoil(settings, rng, columns, day, truck, stuck)
    columns["truck"] = np.full(count, truck + 1)
    columns["place"] = day * (DAY // interval) + np.arange(count)
    columns["second"] = day * DAY + second
    return columns


def _columns(
    settings: Settings, geography: Geography, fleet: Fleet, truck: int, readings: Records
) -> Columns:
    latitude, longitude = geography.degrees(
        int(fleet.depot[truck]), readings["east"], readings["north"]
    )
    wear, sensors = readings["brake_wear"], fleet.units
    metered = readings["burnt"] * sensors.meter_scale[truck]
    if not settings.sensors.meter_sees_idling:
        metered = (readings["burnt"] - readings["idle_burnt"]) * sensors.meter_scale[truck]
    return {
        "latitude": latitude,
        "longitude": longitude,
        "altitude": readings["altitude"],
        "gps_speed": readings["gps_speed"],
        "speed": readings["speed"],
        "rpm": readings["rpm"],
        "fuel_level": readings["litres"]
        / settings.fleet.tank_litres
        * 100
        * sensors.gauge_scale[truck],
        "temperature": readings["temperature"],
        "oil": readings["oil"],
        "volts": readings["volts"],
        "odometer": readings["odometer"],
        "consumption": readings["consumption"] * sensors.meter_scale[truck],
        "fuel_rate": metered * 3600 / settings.interval_seconds,
        "fuel_used": _counter(fleet, truck, metered),
        "ignition": (readings["rpm"] > 0).astype(np.int64),
        "brakes": (wear > WORN).astype(np.int64) + (wear > CRITICAL),
        "transmission": (readings["slipping"] > SLIPPING).astype(np.int64),
        "ambient": readings["ambient"],
        **{f"tyre_{wheel}": readings["tyre"][:, wheel] for wheel in range(4)},
    }


def _counter(fleet: Fleet, truck: int, metered: Floats) -> Floats:
    """Return the litres used in the truck's life, in steps of half a litre; NaN without counter."""
    if not fleet.units.has_counter[truck]:
        return np.full(len(metered), np.nan)
    used = fleet.units.used_before[truck] + np.cumsum(metered)
    fleet.units.used_before[truck] = used[-1]
    steps: Floats = np.floor(used / COUNTER_STEP) * COUNTER_STEP
    return steps


def _sloshing(settings: Settings, fresh: Floats) -> Floats:
    """Let waves in the tank last: each reading's depends on the one before."""
    minutes = settings.sensors.slosh_minutes
    if not minutes:
        return fresh
    return _remembered(fresh, float(np.exp(-settings.interval_seconds / (60 * minutes))))


@njit(cache=True)  # pragma: no cover
def _remembered(fresh: Floats, kept: float) -> Floats:
    waves, news = fresh.copy(), np.sqrt(1 - kept**2)
    for place in range(1, len(waves)):
        waves[place] = kept * waves[place - 1] + news * fresh[place]
    return waves


def _air(weather: Weather, depot: int, second: NDArray[np.int64]) -> Columns:
    hours = np.arange(25) * 3600
    return {
        "humidity": np.interp(second, hours, weather.humidity[depot]),
        "pressure": np.interp(second, hours, weather.pressure[depot]),
    }


def _spoil(
    settings: Settings, rng: np.random.Generator, columns: Columns, day: int, truck: int,
    stuck: ColumnBuffer,
) -> None:  # fmt: skip
    """Let a needle stick for some hours, and groups of sensors fall silent."""
    imperfect, count = settings.imperfection, len(columns["speed"])
    sticks, which = rng.random() < imperfect.stuck_per_truck_day, rng.integers(len(STICKY))
    begin, hours = rng.random(), rng.uniform(*STUCK_HOURS)
    if sticks:
        first = int(begin * count)
        end = min(count, first + int(hours * 3600 / settings.interval_seconds))
        column = columns[STICKY[which]]
        column[first:end] = column[first]
        since = day * DAY + truck % settings.interval_seconds + first * settings.interval_seconds
        stuck.add(
            truck=truck, sensor=STICKY[which], since=since,
            until=since + (end - first) * settings.interval_seconds,
        )  # fmt: skip
    for group in GROUPS:
        silent = rng.random(count) < imperfect.dropout
        for name in group:
            columns[name] = np.where(silent, np.nan, columns[name])
