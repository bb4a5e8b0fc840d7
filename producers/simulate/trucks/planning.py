"""A depot's plan for a day: which truck takes which orders, in which sequence, arriving when."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.groups import Logistics

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A truck goes out when the others are filled so far.
FILLED = 0.75


def window_edges(settings: Logistics) -> Floats:
    """Return when each delivery window begins and ends, seconds of the day; shape ``(n, 2)``."""
    return np.array(settings.windows) * 3600


@dataclass(frozen=True)
class Plan:
    """
    A truck's planned day.

    Attributes
    ----------
    truck
        Which one.
    stops
        Places among the orders that were to be planned, in the sequence of the route.
    arrives
        Planned arrival at each, seconds of the day.
    kilometres
        Of the whole route, back to the depot.
    """

    truck: int
    stops: Ints
    arrives: Floats
    kilometres: float


@njit(cache=True)  # pragma: no cover
def _sequence(east: Floats, north: Floats, window: Ints) -> Ints:
    """Order stops window by window, each time to the nearest next."""
    count = east.shape[0]
    sequence, left = np.empty(count, np.int64), np.ones(count, np.bool_)
    x, y = 0.0, 0.0
    for place in range(count):
        earliest, best, nearest = 1 << 30, -1, 1e12
        for stop in range(count):
            if left[stop]:
                earliest = min(earliest, window[stop])
        for stop in range(count):
            distance = abs(east[stop] - x) + abs(north[stop] - y)
            if left[stop] and window[stop] == earliest and distance < nearest:
                best, nearest = stop, distance
        left[best] = False
        sequence[place] = best
        x, y = east[best], north[best]
    return sequence


@njit(cache=True)  # pragma: no cover
def _timed(
    east: Floats, north: Floats, begins: Floats, departure: float, speed: float, service: float,
    break_after: float, break_takes: float,
) -> tuple[Floats, float]:  # fmt: skip
    """Return when the stops of a route are reached, and its kilometres; one break is planned in."""
    arrives = np.empty(east.shape[0])
    x, y, t, driven = 0.0, 0.0, departure, 0.0
    for stop in range(east.shape[0]):
        if break_after < t - departure:
            t, break_after = t + break_takes, 1e12
        distance = abs(east[stop] - x) + abs(north[stop] - y)
        driven += distance
        t = max(t + distance * 1000.0 / speed, begins[stop])
        arrives[stop] = t
        t += service
        x, y = east[stop], north[stop]
    return arrives, driven + abs(x) + abs(y)


def plan_of(
    settings: Logistics, truck: int, stops: Ints, east: Floats, north: Floats, window: Ints
) -> Plan:
    """
    Return the plan of a truck that takes orders in a given sequence.

    Parameters
    ----------
    stops
        Places among the orders, in the sequence of the route.
    east, north, window
        Of all orders.
    """
    begins = window_edges(settings)[:, 0]
    arrives, kilometres = _timed(
        east[stops], north[stops], begins[window[stops]],
        settings.departure_hour * 3600, settings.plan_speed_kmh / 3.6,
        settings.service_minutes * 60, settings.break_after_hours * 3600,
        settings.break_minutes * 60,
    )  # fmt: skip
    return Plan(truck, stops, arrives, float(kilometres))


def plan_depot(
    settings: Logistics,
    trucks: Ints,
    east: Floats,
    north: Floats,
    window: Ints,
    weight: Floats,
) -> list[Plan]:
    """
    Plan a depot's day by a sweep: orders by their angle, cut into routes of equal size.

    Parameters
    ----------
    trucks
        Those that can drive, the one to be preferred first.
    east, north, window, weight
        Of the orders, the most urgent first: what exceeds the trucks stays for a later day.

    Returns
    -------
    list[Plan]
        A plan a truck that drives.
    """
    largest = len(trucks) * settings.stops_per_route
    fits = np.cumsum(weight) <= len(trucks) * settings.payload_kg
    taken = np.flatnonzero(fits)[:largest]
    if not len(taken):
        return []
    used = min(len(trucks), -(-len(taken) // max(1, int(FILLED * settings.stops_per_route))))
    by_angle = taken[np.argsort(np.arctan2(north[taken], east[taken]), kind="stable")]
    plans = []
    for truck, part in zip(trucks[:used].tolist(), np.array_split(by_angle, used), strict=True):
        kept = part[np.cumsum(weight[part]) <= settings.payload_kg]
        sequence = kept[_sequence(east[kept], north[kept], window[kept])]
        plans.append(plan_of(settings, truck, sequence, east, north, window))
    return plans
