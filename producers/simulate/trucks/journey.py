"""What a truck's day is given, roads and a route, and what it leaves: its log."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record, Records, record
from producers.simulate.ground.words import Word
from producers.simulate.trucks.physics import READING, TOTALS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY = 86_400  # whole seconds, as the compiled code counts them
# Harsh events, spells of speeding, and spells of standing of a truck and day: far beyond what
# the settings admit.
MAX_EVENTS = 16_384
# Places in Log.counts.
REFUELS, EVENTS, BROKE, HOME, THEFTS, SPELLS = range(6)


class Outcome(IntEnum):
    """What became of a stop."""

    OPEN = 0
    DELIVERED = 1
    NOT_AT_HOME = 2


class Standing(Word):
    """Why a truck stands."""

    DEPOT = 0
    SERVICE = 1
    BREAK = 2
    FUEL = 3
    LIGHT = 4
    BREAKDOWN = 5
    WAIT = 6


class Event(Word):
    """What a telematics box tells of the driving."""

    HARSH_BRAKE = 0
    HARSH_ACCELERATION = 1
    HARSH_CORNER = 2
    SPEEDING = 3


class Theft(Word):
    """When fuel is stolen."""

    NIGHT = 0
    STOP = 1
    FUELLING = 2


# Of a stop: what became of it, and the day's totals when the truck came.
VISIT = record(
    "arrived", "left", "outcome", "kilometres", "lost_congestion", "lost_rain", "lost_lights",
    "service_seconds", "break_seconds", "waited_seconds",
)  # fmt: skip
REFUEL = record("second", "litres", "odometer")
STOLEN = record("second", "litres", "kind")
EVENT = record("second", "kind", "kmh", "magnitude", "seconds", "east", "north")
SPELL = record("since", "until", "kind", "running")  # of standing; seconds with the engine on
MARKS = record("burnt", "idle_burnt", "kilometres")


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
    theft_kind: int  # of Theft, -1 for none
    theft_at: int  # second of the night, or number of the stop
    theft_litres: float


class Log(NamedTuple):
    """Filled by :func:`drive`."""

    readings: Records  # of READING
    visits: Records  # of VISIT, one a stop
    totals: Record  # of TOTALS
    refuels: Records  # of REFUEL
    thefts: Records  # of STOLEN
    events: Records  # of EVENT
    spells: Records  # of SPELL
    counts: Ints  # how many of these; seconds of the breakdown and of coming home, or -1
    clock: Ints  # seconds between readings, second of the next, its number
    since: Record  # of MARKS: of the last reading


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
        thefts=np.zeros(1, STOLEN),
        events=np.zeros(MAX_EVENTS, EVENT),
        spells=np.zeros(MAX_EVENTS, SPELL),
        counts=np.array([0, 0, -1, -1, 0, 0], np.int64),
        clock=np.array([interval, first, 0], np.int64),
        since=np.zeros((), MARKS)[()],
    )
