"""A depot's morning for a planner from outside, and its routes, refused where they cannot be."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from cartwheel.errors import UsageError
from numpy.typing import NDArray

from producers.message import Message
from producers.simulate.ground import names
from producers.simulate.ground.geography import Geography
from producers.simulate.groups import Logistics
from producers.simulate.hooks import Morning, require_known
from producers.simulate.settings import DAY, Settings
from producers.simulate.trucks.order_book import OrderBook
from producers.simulate.trucks.planning import Plan, plan_of, window_edges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def morning(
    settings: Settings, geography: Geography, day: int, depot: int, able: Ints, book: OrderBook,
    due: Ints, east: Floats, north: Floats, window: Ints, weight: Floats,
    sent: Sequence[Message],
) -> Morning:  # fmt: skip
    """Return what a depot's planner is given; the orders are those that are due."""
    logistics, midnight = settings.logistics, settings.local_midnight + timedelta(days=day)
    latitude, longitude = geography.degrees(depot, east, north)
    edges = window_edges(logistics)[window]
    promised = book.open["promised_day"][due] * DAY
    orders = pd.DataFrame({
        "order_id": names.orders(book.open["number"][due]),
        "latitude": latitude,
        "longitude": longitude,
        "weight_kg": weight,
        "promised_from": _instants(settings, promised + edges[:, 0]),
        "promised_until": _instants(settings, promised + edges[:, 1]),
        "attempts": book.open["attempts"][due],
    })  # fmt: skip
    trucks = pd.DataFrame({
        "truck_id": names.trucks(able),
        "capacity_kg": np.full(len(able), logistics.payload_kg),
        "stops": np.full(len(able), logistics.stops_per_route),
    })  # fmt: skip
    return Morning(
        day, names.depots(depot + 1)[-1], float(geography.latitude[depot]),
        float(geography.longitude[depot]), midnight + timedelta(hours=logistics.departure_hour),
        midnight + timedelta(hours=logistics.latest_hour), orders, trucks, sent,
    )  # fmt: skip


def _instants(settings: Settings, seconds: Floats) -> list[datetime]:
    begin = settings.local_midnight.astimezone(UTC)
    return [begin + timedelta(seconds=float(each)) for each in seconds]


def decided(
    settings: Logistics, given: Morning, found: Mapping[str, Sequence[str]], able: Ints,
    east: Floats, north: Floats, window: Ints, weight: Floats,
) -> list[Plan]:  # fmt: skip
    """
    Return the plans of the routes that a planner found.

    Raises
    ------
    UsageError
        Naming the truck or the order that cannot be, and the limit.
    """
    where = f"--planner, day {given.day}, {given.depot_id}"
    order_ids = given.orders["order_id"].tolist()
    require_known(found, given.trucks["truck_id"].tolist(), "truck", where)
    place = {name: number for number, name in enumerate(order_ids)}
    truck = dict(zip(given.trucks["truck_id"], able.tolist(), strict=True))
    taken: dict[str, str] = {}
    plans = []
    for name, route in found.items():
        _require_fits(settings, where, name, route, place, taken, weight)
        stops = np.array([place[order] for order in route], np.int64)
        if len(stops):
            plans.append(plan_of(settings, truck[name], stops, east, north, window))
    return plans


def _require_fits(
    settings: Logistics, where: str, truck: str, route: Any, place: dict[str, int],
    taken: dict[str, str], weight: Floats,
) -> None:  # fmt: skip
    for order in route:
        if order not in place:
            raise UsageError(f"{where}, {truck}: {order!r} is no order that is due.")
        if order in taken:
            raise UsageError(f"{where}, {truck}: {order} rides with {taken[order]} already.")
        taken[order] = truck
    if len(route) > settings.stops_per_route:
        raise UsageError(
            f"{where}, {truck}: {len(route)} stops, {settings.stops_per_route} are allowed "
            "(logistics.stops_per_route)."
        )
    load = float(sum(weight[place[order]] for order in route))
    if load > settings.payload_kg:
        raise UsageError(
            f"{where}, {truck}: {load:,.0f} kg, {settings.payload_kg:,.0f} are allowed "
            "(logistics.payload_kg)."
        )
