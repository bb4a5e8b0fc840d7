"""The order book: which orders are open, what is promised, and each order's steps as events."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.column_buffers import ColumnBuffer, Columns
from producers.simulate.ground.randomness import generator
from producers.simulate.ground.words import Word
from producers.simulate.settings import DAY, Settings
from producers.simulate.shop.customers import Customers
from producers.simulate.shop.shop import Orders
from producers.simulate.trucks.planning import window_edges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Status(Word):
    """A step of an order's way."""

    LOADED = 0
    OUT = 1
    DELIVERED = 2
    FAILED = 3
    CANCELLED = 4


class Reason(Word):
    """Why an order was not delivered."""

    NOT_AT_HOME = 0
    BREAKDOWN = 1
    OUT_OF_HOURS = 2
    BY_CUSTOMER = 3
    UNDELIVERABLE = 4
    OVERBOOKED = 5


_BOOKABLE = 0.9  # of a depot's stops, so that failed ones find room
_HORIZON = 60  # days that are looked ahead for a free one
_FIELDS = (
    "number", "customer", "placed", "weight_kg", "promised_day", "window", "attempts", "reason",
)  # fmt: skip


def steps() -> ColumnBuffer:
    """Begin a day's steps of orders; times are seconds since the world's start."""
    return ColumnBuffer(
        "order", "customer", "status", "at", "truck", "promised_day", "window", "weight_kg",
        "reason",
    )  # fmt: skip


class OrderBook:
    """
    All open orders.

    Parameters
    ----------
    settings, customers
        Of the world; customers learn here whether their last delivery was late.
    depots
        How many trucks each has.
    """

    def __init__(self, settings: Settings, customers: Customers, depots: Ints) -> None:
        self._settings, self._customers, self._depots = settings, customers, depots
        self.open: Columns = {name: np.zeros(0, np.int64) for name in _FIELDS}
        for name in ("placed", "weight_kg"):
            self.open[name] = np.zeros(0)

    def delivers_on(self, day: int) -> bool:
        """Tell whether trucks drive on a day of the world."""
        sunday = (self._settings.start.weekday() + day) % 7 == 6
        return self._settings.logistics.delivers_on_sunday or not sunday

    def next_delivery_day(self, day: int) -> int:
        """Return the first day after one on which trucks drive."""
        day += 1
        return day if self.delivers_on(day) else day + 1

    def window_ends(self, promised_day: Ints, window: Ints) -> Floats:
        """Return until when an order was promised, seconds since the world's start."""
        until: Floats = promised_day * DAY + window_edges(self._settings.logistics)[window, 1]
        return until

    def promises(self, day: int) -> Ints:
        """
        Return the delivery days that each depot promises to who orders on a day.

        Returns
        -------
        ndarray
            Before and after the cut-off; shape ``(depots, 2)``.
        """
        depot = self._customers.depot[self.open["customer"]]
        room = self._depots * self._settings.logistics.stops_per_route * _BOOKABLE
        promised = np.empty((len(self._depots), 2), np.int64)
        for place in range(len(self._depots)):
            days = self.open["promised_day"][depot == place] - day
            days = days[days > 0]  # the others ride today
            booked = np.bincount(np.clip(days, 1, _HORIZON - 1), minlength=_HORIZON)
            for late in (0, 1):
                promised[place, late] = self._free_day(day + late, day, booked, room[place])
        return promised

    def _free_day(self, after: int, today: int, booked: Ints, room: float) -> int:
        free = self.next_delivery_day(after)
        while free - today < _HORIZON and booked[free - today] >= room:
            free = self.next_delivery_day(free)
        return free

    def add(self, orders: Orders, day: int, happened: ColumnBuffer) -> None:
        """Take a day's orders in; some are cancelled by the customer before midnight."""
        new: Columns = {name: getattr(orders, name) for name in _FIELDS[:6]}
        new["attempts"] = np.zeros(len(orders.number), np.int64)
        new["reason"] = np.full(len(orders.number), -1)
        rng = generator(self._settings.seed, "cancelling", day)
        gone = rng.random(len(orders.number)) < self._settings.commerce.cancel_share
        midnight = (day + 1) * DAY
        wait = rng.random(len(gone)) * np.maximum(0, midnight - orders.placed)
        at = (orders.placed + wait)[gone]
        self._tell(happened, new, gone, Status.CANCELLED, at, -1, Reason.BY_CUSTOMER)
        for name in _FIELDS:
            self.open[name] = np.concatenate([self.open[name], new[name][~gone]])

    def due(self, day: int, depot: int) -> Ints:
        """Return the places of a depot's orders to be delivered on a day, most urgent first."""
        chosen = np.flatnonzero(
            (self.open["promised_day"] <= day)
            & (self._customers.depot[self.open["customer"]] == depot)
        )
        keys = (self.open["placed"][chosen], self.open["promised_day"][chosen])
        return chosen[np.lexsort(keys)]

    def _tell(
        self,
        happened: ColumnBuffer,
        orders: Columns,
        chosen: NDArray[np.bool_] | Ints,
        status: int,
        at: NDArray[Any],
        truck: int,
        reason: int,
    ) -> None:
        if not len(orders["number"][chosen]):
            return
        happened.add(
            order=orders["number"][chosen], customer=orders["customer"][chosen], status=status,
            at=at, truck=truck, promised_day=orders["promised_day"][chosen],
            window=orders["window"][chosen], weight_kg=orders["weight_kg"][chosen], reason=reason,
        )  # fmt: skip

    def loaded(
        self, places: Ints, truck: int, at: float, out: float, happened: ColumnBuffer
    ) -> None:
        """Note that a truck's orders are loaded, and that it is out with them."""
        loading = at + (out - at) * np.arange(len(places)) / max(1, len(places))
        self._tell(happened, self.open, places, Status.LOADED, loading, truck, -1)
        self._tell(happened, self.open, places, Status.OUT, np.full(len(places), out), truck, -1)

    def delivered(self, places: Ints, truck: int, at: Floats, happened: ColumnBuffer) -> None:
        """Note deliveries; whoever got theirs late will remember it."""
        self._tell(happened, self.open, places, Status.DELIVERED, at, truck, -1)
        until = self.window_ends(self.open["promised_day"][places], self.open["window"][places])
        self._customers.last_late[self.open["customer"][places]] = at > until

    def failed(
        self, places: Ints, truck: int, at: Floats, reason: int, happened: ColumnBuffer
    ) -> NDArray[np.bool_]:
        """Note failed attempts; return for which of the orders it was the last one."""
        self._tell(happened, self.open, places, Status.FAILED, at, truck, reason)
        self.open["attempts"][places] += 1
        self.open["reason"][places] = reason
        ended = self.open["attempts"][places] >= self._settings.logistics.attempts
        self._tell(
            happened,
            self.open,
            places[ended],
            Status.CANCELLED,
            at[ended] + 60,
            -1,
            Reason.UNDELIVERABLE,
        )
        return np.asarray(ended)

    def postpone(self, places: Ints) -> None:
        """Remember that there was no room for these orders on their day."""
        fresh = places[self.open["reason"][places] < 0]
        self.open["reason"][fresh] = Reason.OVERBOOKED

    def close(self, places: Ints) -> None:
        """Take orders out of the book that are delivered or cancelled."""
        kept = np.ones(len(self.open["number"]), bool)
        kept[places] = False
        self.open = {name: values[kept] for name, values in self.open.items()}
