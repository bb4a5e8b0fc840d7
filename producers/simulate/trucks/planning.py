"""A depot's plan for a day: which truck takes which orders, in which sequence, arriving when."""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from producers.simulate.settings import Logistics

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
def _sequence(
    east: Floats, north: Floats, begins: Floats, window: Ints, departure: float,
    speed: float, service: float, break_after: float, break_takes: float,
) -> tuple[Ints, Floats, float]:  # fmt: skip
    """Order stops window by window, each time to the nearest next; one break is planned in."""
    count = east.shape[0]
    sequence, arrives = np.empty(count, np.int64), np.empty(count)
    left = np.ones(count, np.bool_)
    x, y, t, driven = 0.0, 0.0, departure, 0.0
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
        if break_after < t - departure:
            t, break_after = t + break_takes, 1e12
        driven += nearest
        t = max(t + nearest * 1000.0 / speed, begins[best])
        sequence[place], arrives[place] = best, t
        t += service
        x, y = east[best], north[best]
    return sequence, arrives, driven + abs(x) + abs(y)


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
    begins = window_edges(settings)[:, 0]
    plans = []
    for truck, part in zip(trucks[:used].tolist(), np.array_split(by_angle, used), strict=True):
        kept = part[np.cumsum(weight[part]) <= settings.payload_kg]
        sequence, arrives, kilometres = _sequence(
            east[kept], north[kept], begins[window[kept]], window[kept],
            settings.departure_hour * 3600, settings.plan_speed_kmh / 3.6,
            settings.service_minutes * 60, settings.break_after_hours * 3600,
            settings.break_minutes * 60,
        )  # fmt: skip
        plans.append(Plan(truck, kept[sequence], arrives, float(kilometres)))
    return plans
