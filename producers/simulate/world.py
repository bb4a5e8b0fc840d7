"""The world: day after day of shop and trucks, as messages in the order of their sending."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producers.message import Message
from producers.simulate.ground import geography
from producers.simulate.ground.column_buffers import ColumnBuffer, Columns
from producers.simulate.ground.randomness import generator
from producers.simulate.ground.weather import Sky, Weather
from producers.simulate.hooks import Hooks
from producers.simulate.settings import Settings
from producers.simulate.shop import customers
from producers.simulate.shop.shop import Shop, ShopDay
from producers.simulate.trucks import sensors
from producers.simulate.trucks.diary import TruckDay
from producers.simulate.trucks.dispatch import Dispatch, Run
from producers.simulate.truth import ground_truth
from producers.simulate.truth.store import GroundTruth
from producers.simulate.wire import kinds as wire
from producers.simulate.wire import records
from producers.simulate.wire.records import Clock
from producers.simulate.wire.transport import HOUR_MS, Transport, fates, merged

Ints = NDArray[np.int64]


def messages(
    settings: Settings,
    truth: GroundTruth | None = None,
    processes: int = 1,
    hooks: Hooks | None = None,
) -> Iterator[Message]:
    """
    Yield all messages of a world, in the order of their sending.

    Parameters
    ----------
    settings
        Of the world: the same give the same bytes, and more days only go on from fewer.
    truth
        Where to write what is really so; None for nowhere.
    processes
        How many drive the trucks; any number gives the same.
    hooks
        Who decides in the world's stead.
    """
    with ExitStack() as stack:
        run: Run = map
        if processes > 1:
            pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
            stack.callback(pool.shutdown, cancel_futures=True)
            chunk = max(1, settings.trucks // (processes * 4))

            def run(function: Any, tasks: Any) -> Any:
                return pool.map(function, tasks, chunksize=chunk)

        world = World(settings, truth, run, hooks)
        for day in range(settings.days):
            yield from world.day(day)


class World:
    """
    A world as it runs.

    Parameters
    ----------
    run
        Maps a function over the trucks' days.
    """

    def __init__(
        self,
        settings: Settings,
        truth: GroundTruth | None,
        run: Run = map,
        hooks: Hooks | None = None,
    ) -> None:
        self.settings, self._truth = settings, truth
        self._hooks = hooks or Hooks()
        self.geography = geography.make(settings)
        self.customers = customers.make(settings, self.geography)
        self.shop = Shop(settings, self.customers, self._hooks)
        self.dispatch = Dispatch(settings, self.geography, self.customers, run, self._hooks)
        self._sky = Sky(settings, self.geography)
        self._clock = Clock(settings)
        name, catalogue = f"w{settings.world_id}", self.shop.catalogue
        wires = {
            "telemetry": wire.telemetry(name),
            "click": wire.click(name, catalogue, self.geography),
            "line": wire.order_line(name, catalogue),
            "delivery": wire.delivery(name),
            "service": wire.service(name),
            "product": wire.product(name, catalogue),
            "shift": wire.shift(name),
            "driving": wire.driving_event(name),
            "depot": wire.depot(name, self.geography),
            "truck": wire.truck(name, self.geography),
        }
        self._transports = {
            kind: Transport(made, settings.imperfection) for kind, made in wires.items()
        }
        if truth is not None:
            ground_truth.beginning(
                truth, settings, self.geography, self.dispatch.fleet, self.customers, catalogue
            )

    def day(self, day: int) -> Iterator[Message]:
        """Let a day happen, each in turn, and yield what is sent on it."""
        weather = self._sky.day(day)
        # The shop first: what the day's deliveries are like, its visitors learn tomorrow.
        sold = self.shop.day(day, self.dispatch.order_book.promises(day))
        driven = self.dispatch.day(day, weather)
        self.dispatch.order_book.add(sold.orders, day, driven.orders)
        fate, stuck = fates(), ColumnBuffer("truck", "sensor", "since", "until")
        self._post(day, driven, sold, fate)
        self._post_readings(day, driven, weather, fate, stuck)
        if self._truth is not None:
            ground_truth.day(self._truth, self.customers, self.shop.catalogue, day, driven, sold)
            self._truth.add("records", fate.columns())
            self._truth.add("stuck_sensors", ground_truth.named(stuck.columns()))
        midnight, sent = self._clock.start_ms + day * 24 * HOUR_MS, list[Message]()
        for hour in range(1, 25):
            for message in merged(list(self._transports.values()), midnight + hour * HOUR_MS):
                if self._hooks.listens:
                    sent.append(message)
                yield message
        self._hooks.sent = sent

    def _post(self, day: int, driven: TruckDay, sold: ShopDay, fate: ColumnBuffer) -> None:
        settings, clock = self.settings, self._clock
        steps = driven.orders.columns()
        made: dict[str, tuple[Columns, Ints]] = {
            "click": records.clicks(settings, self.customers, day, sold, clock),
            "line": records.order_lines(self.customers, day, sold, clock),
            "delivery": records.deliveries(
                settings, self.geography, self.customers, day, steps, clock
            ),
            "service": records.services(day, driven.services.columns(), clock),
            "product": records.products(day, sold.changes, clock),
            "shift": records.shifts(day, driven.shifts.columns(), clock),
            "driving": records.driving_events(
                self.geography, self.dispatch.fleet.depot, day, driven.events.columns(), clock
            ),
        }
        if day == 0 and settings.drivers.master_data:
            made["depot"] = records.depots(settings, self.geography, clock)
            made["truck"] = records.trucks(settings, self.dispatch.fleet.depot, clock)
        for kind, (columns, happened) in made.items():
            rng = generator(settings.seed, "sending", kind, day)
            self._transports[kind].put(rng, columns, happened, fate)

    def _post_readings(
        self, day: int, driven: TruckDay, weather: Weather, fate: ColumnBuffer, stuck: ColumnBuffer
    ) -> None:
        settings, fleet = self.settings, self.dispatch.fleet
        measured = [
            sensors.measure(
                settings, self.geography, fleet, weather, day, truck, readings,
                driven.broken_from[truck], stuck,
            )
            for truck, readings in enumerate(driven.readings)
        ]  # fmt: skip
        columns = {name: np.concatenate([m[name] for m in measured]) for name in measured[0]}
        happened = self._clock.ms(columns.pop("second"))
        skew = np.repeat(fleet.clock_skew, [len(r) for r in driven.readings])
        columns["at"] = happened + np.rint(skew * 1000).astype(np.int64)
        held = [self._outages(day, truck, len(r)) for truck, r in enumerate(driven.readings)]
        rng = generator(settings.seed, "sending", "telemetry", day)
        self._transports["telemetry"].put(rng, columns, happened, fate, np.concatenate(held))

    def _outages(self, day: int, truck: int, count: int) -> Ints:
        """Return until when (ms) each reading of a truck waits for coverage, 0 without."""
        imperfect = self.settings.imperfection
        rng = generator(self.settings.seed, "outages", truck, day)
        held = np.zeros(count, np.int64)
        interval = self.settings.interval_seconds
        for _ in range(int(rng.poisson(imperfect.outages_per_truck_day))):
            first = int(rng.random() * count)
            end = first + 1 + int(rng.exponential(imperfect.outage_minutes) * 60 / interval)
            over = self._clock.ms(np.array(day * 86_400.0 + min(end, count) * interval))
            held[first:end] = np.maximum(held[first:end], over)
        return held
