"""What a truck's day is given, roads and a route, and what it leaves: its log."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record, Records, record
from producers.simulate.trucks.physics import READING, TOTALS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY = 86_400  # whole seconds, as the compiled code counts them
MAX_HARSH = 16_384  # brakings of a truck and day; far beyond what the settings admit


class Outcome(IntEnum):
    """What became of a stop."""

    OPEN = 0
    DELIVERED = 1
    NOT_AT_HOME = 2


# Of a stop: what became of it, and the day's totals when the truck came.
VISIT = record(
    "arrived", "left", "outcome", "kilometres", "lost_congestion", "lost_rain", "lost_lights",
    "service_seconds", "break_seconds", "waited_seconds",
)  # fmt: skip
REFUEL = record("second", "litres", "odometer")
HARSH = record("second", "kmh_before")
MARKS = record("burnt", "kilometres")


class Road(NamedTuple):
    """A depot's day: limits in m/s, factors per class and quarter-hour, rain and °C per hour."""

    limits: Floats
    congestion: Floats
    rain: Floats
    temperature: Floats
    lights_per_km: float
    light_seconds: float
    stations: Floats


class Route(NamedTuple):
    """What a truck is to do: stops in their order; places in km, times in s of the day."""

    east: Floats
    north: Floats
    earliest: Floats
    service: Floats
    at_home: Ints
    weight: Floats
    departure: int
    home_by: float
    plan_speed: float  # m/s
    break_after: float
    break_takes: int
    pump_takes: int
    refuel_below: float
    fail_engine: float  # engine seconds at which the truck breaks down
    fail_odometer: float


class Log(NamedTuple):
    """Filled by :func:`drive`."""

    readings: Records  # of READING
    visits: Records  # of VISIT, one a stop
    totals: Record  # of TOTALS
    refuels: Records  # of REFUEL
    harsh: Records  # of HARSH
    counts: Ints  # refuels, harsh brakings, second of the breakdown or -1
    clock: Ints  # seconds between readings, second of the next, its number
    since: Record  # of MARKS: litres burnt and km driven at the last reading


def empty_log(stops: int, interval: int, first: int) -> Log:
    """
    Return a log to be filled.

    Parameters
    ----------
    interval, first
        Seconds between two readings, second of the first.
    """
    return Log(
        readings=np.empty(DAY // interval, READING),
        visits=np.zeros(stops, VISIT),
        totals=np.zeros((), TOTALS)[()],
        refuels=np.zeros(stops + 2, REFUEL),  # at most one before each leg
        harsh=np.zeros(MAX_HARSH, HARSH),
        counts=np.array([0, 0, -1], np.int64),
        clock=np.array([interval, first, 0], np.int64),
        since=np.zeros((), MARKS)[()],
    )
