"""A day of the shop and of its trucks as columns of the wire."""

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.column_buffers import Columns
from producers.simulate.ground.geography import Geography
from producers.simulate.settings import DAY, Settings
from producers.simulate.shop.browsing import Step
from producers.simulate.shop.customers import Customers
from producers.simulate.shop.sessions import REFERRER_URLS
from producers.simulate.shop.shop import Changes, ShopDay
from producers.simulate.trucks.planning import window_edges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_OPENS_BEFORE = 1.0  # hours before the trucks leave
SESSIONS_A_DAY = 10_000_000  # of a day's sessions, rows and so on: the days' numbers do not meet


class Clock:
    """Turns seconds since the world's start into milliseconds since 1970, UTC."""

    def __init__(self, settings: Settings) -> None:
        self.start_ms = round(settings.local_midnight.timestamp() * 1000)
        self.offset_ms = round(settings.logistics.utc_offset_hours * 3_600_000)

    def ms(self, seconds: Floats) -> Ints:
        """Return milliseconds since 1970."""
        return self.start_ms + np.rint(np.asarray(seconds) * 1000).astype(np.int64)


def session_numbers(day: int, session: Ints) -> Ints:
    """Return the numbers by which a day's sessions are known."""
    return day * SESSIONS_A_DAY + session


def clicks(
    settings: Settings, customers: Customers, day: int, shop: ShopDay, clock: Clock
) -> tuple[Columns, Ints]:
    """Return the day's clicks, and when they happened (ms)."""
    steps, visitors = shop.steps, shop.sessions
    session = steps["session"].astype(np.int64)
    who = visitors.customer[session]
    bought = steps["kind"] == Step.PURCHASE
    begins = np.searchsorted(session, session)  # steps come session by session
    ends = window_edges(settings.logistics)[:, 1]
    promised = shop.promised_day[session] * DAY + ends[customers.window[who]]
    happened = clock.ms(day * DAY + steps["second"])
    referrer = visitors.referrer[session]
    campaign = visitors.campaign[session]
    return {
        "session": session_numbers(day, session),
        "place": np.arange(len(steps)) - begins,
        "step": steps["kind"],
        "at": happened,
        "user": customers.number[who],
        "product": steps["product"],
        "device": visitors.device[session],
        "referrer": np.where(referrer < len(REFERRER_URLS), referrer, -1),
        "depot": customers.depot[who],
        "browser": customers.browser[who],
        "is_new": visitors.is_new[session],
        "pieces": np.where(bought, steps["pieces"], np.nan),
        "paid": np.where(bought, steps["price"], np.nan),
        "order": np.where(bought, steps["order"], np.nan),
        "campaign": np.where(campaign >= 0, campaign + 1, np.nan),
        "is_treated": visitors.is_treated[session],
        "price": steps["price"],
        "band": steps["band"],
        "promised_at": clock.ms(promised),
    }, happened


def order_lines(
    customers: Customers, day: int, shop: ShopDay, clock: Clock
) -> tuple[Columns, Ints]:
    """Return the day's order lines, and when they happened (ms)."""
    sold = shop.steps[shop.steps["kind"] == Step.PURCHASE]
    who = shop.sessions.customer[sold["session"].astype(np.int64)]
    happened = clock.ms(day * DAY + sold["second"])
    begins = np.searchsorted(sold["order"], sold["order"])  # orders are numbered as they come
    return {
        "order": sold["order"],
        "place": np.arange(len(sold)) - begins,
        "product": sold["product"],
        "pieces": sold["pieces"],
        "local_at": happened + clock.offset_ms,
        "price": sold["price"],
        "user": customers.number[who],
    }, happened


def deliveries(
    settings: Settings, geography: Geography, customers: Customers, day: int, steps: Columns,
    clock: Clock,
) -> tuple[Columns, Ints]:  # fmt: skip
    """Return the steps of deliveries that were written on a day."""
    who = steps["customer"].astype(np.int64)
    window = steps["window"].astype(np.int64)
    edges = window_edges(settings.logistics)
    midnight = steps["promised_day"] * DAY
    latitude, longitude = geography.degrees(
        customers.depot[who], customers.east[who], customers.north[who]
    )
    happened = clock.ms(steps["at"])
    return {
        "place": _places(day, len(who)),
        "order": steps["order"],
        "truck": np.where(steps["truck"] >= 0, steps["truck"] + 1, np.nan),
        "status": steps["status"],
        "at": happened,
        "promised_from": clock.ms(midnight + edges[window, 0]),
        "promised_until": clock.ms(midnight + edges[window, 1]),
        "latitude": latitude,
        "longitude": longitude,
        "weight_kg": steps["weight_kg"],
        "reason": steps["reason"],
    }, happened


def services(day: int, done: Columns, clock: Clock) -> tuple[Columns, Ints]:
    """Return the services of trucks that were written on a day."""
    happened = clock.ms(done["at"])
    columns = {name: done[name] for name in ("service", "component", "litres", "cost", "odometer")}
    columns |= {"place": _places(day, len(happened)), "truck": done["truck"] + 1, "at": happened}
    return columns, happened


def shifts(day: int, done: Columns, clock: Clock) -> tuple[Columns, Ints]:
    """Return the beginnings and ends of a day's shifts that are told."""
    told = done["told"] > 0
    begins, ends = clock.ms(done["since"][told]), clock.ms(done["until"][told])
    happened = np.concatenate([begins, ends])
    count = len(begins)
    return {
        "place": _places(day, 2 * count),
        "driver": np.tile(done["driver"][told] + 1, 2),
        "truck": np.tile(done["truck"][told] + 1, 2),
        "duty": np.repeat([0, 1], count),
        "at": happened,
    }, happened


def driving_events(
    geography: Geography, depot: Ints, day: int, done: Columns, clock: Clock
) -> tuple[Columns, Ints]:
    """Return the events of the telematics boxes of a day that are told; told when they end."""
    told = done["told"] > 0
    rows = {name: values[told] for name, values in done.items()}
    truck = rows["truck"].astype(np.int64)
    latitude, longitude = geography.degrees(depot[truck], rows["east"], rows["north"])
    columns = {name: rows[name] for name in ("kind", "kmh", "magnitude", "seconds")}
    columns |= {
        "place": _places(day, len(truck)), "truck": truck + 1, "at": clock.ms(rows["at"]),
        "latitude": latitude, "longitude": longitude,
    }  # fmt: skip
    return columns, clock.ms(rows["at"] + rows["seconds"])


def depots(settings: Settings, geography: Geography, clock: Clock) -> tuple[Columns, Ints]:
    """Return the depots as they are from the start."""
    count, logistics = len(geography.names), settings.logistics
    happened = clock.ms(np.zeros(count))
    return {
        "place": np.arange(count),
        "depot": np.arange(count),
        "at": happened,
        "latitude": geography.latitude,
        "longitude": geography.longitude,
        "opens": np.full(count, int((logistics.departure_hour - _OPENS_BEFORE) * 2)),
        "closes": np.full(count, int(np.ceil(logistics.latest_hour * 2))),
    }, happened


def trucks(settings: Settings, depot: Ints, clock: Clock) -> tuple[Columns, Ints]:
    """Return the trucks as they are from the start."""
    happened = clock.ms(np.zeros(len(depot)))
    return {
        "place": np.arange(len(depot)),
        "truck": np.arange(len(depot)) + 1,
        "at": happened,
        "depot": depot,
        "capacity_kg": np.full(len(depot), settings.logistics.payload_kg),
        "tank_litres": np.full(len(depot), settings.fleet.tank_litres),
    }, happened


def products(day: int, changes: Changes, clock: Clock) -> tuple[Columns, Ints]:
    """Return the changes of products of a day."""
    happened = clock.ms(changes.at)
    return {
        "place": _places(day, len(happened)),
        "product": changes.product,
        "at": happened,
        "price": changes.price,
        "band": changes.band,
        "withdrawn": changes.withdrawn,
    }, happened


def _places(day: int, count: int) -> Ints:
    return day * SESSIONS_A_DAY + np.arange(count)
