"""What the truth says of a world, table by table."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground import names
from producers.simulate.ground.column_buffers import Columns
from producers.simulate.ground.geography import Geography
from producers.simulate.settings import Settings
from producers.simulate.shop.catalogue import Catalogue
from producers.simulate.shop.customers import Customers
from producers.simulate.shop.shop import ShopDay
from producers.simulate.trucks.components import COMPONENTS, mean_lives
from producers.simulate.trucks.diary import TruckDay
from producers.simulate.trucks.fleet import Fleet
from producers.simulate.trucks.journey import Event
from producers.simulate.trucks.order_book import Status
from producers.simulate.truth.store import GroundTruth
from producers.simulate.wire.records import session_numbers


def beginning(
    truth: GroundTruth,
    settings: Settings,
    geography: Geography,
    fleet: Fleet,
    people: Customers,
    goods: Catalogue,
) -> None:
    """Tell what is so from the start: coefficients, trucks, customers, products."""
    truth.add("settings", _flat(msgspec.to_builtins(settings)))
    truth.add(
        "trucks",
        {
            "truck_id": names.trucks(np.arange(settings.trucks)),
            "depot": np.array(geography.names)[fleet.depot],
            "consumption_factor": fleet.consumption_factor,
            "gauge_scale": fleet.units.gauge_scale,
            "meter_scale": fleet.units.meter_scale,
            "has_counter": fleet.units.has_counter,
            "clock_skew_seconds": fleet.clock_skew,
            **{f"offset_{name}": values for name, values in fleet.units.offsets.items()},
        },
    )
    drivers = fleet.drivers
    truth.add(
        "drivers",
        {
            "driver_id": names.drivers(np.arange(len(drivers.depot))),
            "depot": np.array(geography.names)[drivers.depot],
            "idle_share": drivers.idle_share,
            "speed_factor": drivers.speed_factor,
            "brake_per_km": drivers.brake_per_km,
            "acceleration_per_km": drivers.acceleration_per_km,
            "corner_per_km": drivers.corner_per_km,
        },
    )
    truth.add(
        "customers",
        {
            "user_id": np.char.mod("C%07d", people.number),
            "is_bot": np.arange(len(people.number)) >= len(people.number) - people.bots,
            "depot": np.array(geography.names)[people.depot],
            "east_km": people.east,
            "north_km": people.north,
            "loyalty": people.loyalty,
            "taste": people.taste,
            "in_treatment": people.in_treatment == 1,
        },
    )
    truth.add(
        "products",
        {
            "product_id": np.array(goods.ids),
            "list_price": goods.list_price,
            "weight_kg": goods.weight_kg,
            "popularity": goods.popularity,
            "companions": np.array([_listed(goods.ids, row) for row in goods.companions]),
        },
    )
    lives = mean_lives(settings.fleet)
    truth.add("mean_lives", {"component": np.array(COMPONENTS[: len(lives)]), "mean_life": lives})


def day(
    truth: GroundTruth,
    people: Customers,
    goods: Catalogue,
    day: int,
    driven: TruckDay,
    sold: ShopDay,
) -> None:
    """Tell what was so on a day."""
    visitors = sold.sessions
    count = len(visitors.start)
    truth.add(
        "sessions",
        {
            "session_id": np.char.mod("S%010d", session_numbers(day, np.arange(count))),
            "day": np.full(count, day),
            "is_bot": visitors.is_bot == 1,
            "is_treated": visitors.is_treated == 1,
            "is_new": visitors.is_new == 1,
            "last_late": visitors.last_late == 1,
            "takes_cart_up": visitors.taken_up >= 0,
            "promised_days": sold.promised_day - day,
            "purchase_odds": sold.purchase_odds,
        },
    )
    products = np.array(goods.ids)
    truth.add(
        "demand",
        {
            "day": np.full(len(products), day),
            "product_id": products,
            "bought": sold.bought,
            "lost": sold.lost,
            "stock": sold.stock,
        },
    )
    for name, rows in (
        ("truck_days", driven.days),
        ("stops", driven.stops),
        ("failures", driven.failures),
        ("shifts", driven.shifts),
        ("receipts", driven.receipts),
        ("thefts", driven.thefts),
        ("leaks", driven.leaks),
        ("false_symptoms", driven.false_symptoms),
        ("standings", driven.standings),
    ):
        truth.add(name, named(rows.columns()))
    events = driven.events.columns()
    events["kind"] = np.array(Event.words())[events["kind"].astype(np.int64)]
    truth.add("driving_events", named(events))
    truth.add("order_steps", _orders(driven.orders.columns()))
    truth.add(
        "orders",
        named(
            {
                "order": sold.orders.number,
                "user_id": np.char.mod("C%07d", people.number[sold.orders.customer]),
                "session_id": np.char.mod("S%010d", session_numbers(day, sold.orders.session)),
                "placed": sold.orders.placed,
                "weight_kg": sold.orders.weight_kg,
                "promised_day": sold.orders.promised_day,
            }
        ),
    )


def _orders(steps: Columns) -> Columns:
    steps = dict(steps)
    steps["status"] = np.array(Status.words())[steps["status"].astype(np.int64)]
    return named(steps)


def named(columns: Columns) -> Columns:
    """Put the names of the wire where the world counts places."""
    named = dict(columns)
    if "truck" in named:
        named["truck_id"] = names.trucks(named.pop("truck"))
    if "driver" in named:
        named["driver_id"] = names.drivers(named.pop("driver"))
    if "order" in named:
        named["order_id"] = names.orders(named.pop("order"))
    return named


def _listed(ids: list[str], places: NDArray[np.int64]) -> str:
    return ",".join(ids[place] for place in places.tolist() if place >= 0)


def _flat(values: object, prefix: str = "") -> Columns:
    """Return nested settings as rows of name and value."""
    keys: list[str] = []
    told: list[str] = []

    def walk(value: object, name: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{name}.{key}" if name else str(key))
        else:
            keys.append(name)
            told.append(str(value))

    walk(values, prefix)
    return {"name": np.array(keys), "value": np.array(told)}
