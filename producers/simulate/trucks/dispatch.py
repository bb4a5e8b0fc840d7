"""The trucks' day: routes are planned, trucks drive them, and what follows is written down."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Record
from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.ground.weather import Weather
from producers.simulate.hooks import Hooks
from producers.simulate.settings import DAY, Settings
from producers.simulate.shop.customers import Customers
from producers.simulate.trucks import ailments, delays, fleet, roster
from producers.simulate.trucks.components import (
    AGEING,
    ALTERNATOR,
    BATTERY,
    COMPONENTS,
    COOLING,
    LUBRICATION,
    TRANSMISSION,
)
from producers.simulate.trucks.deciding import decided, morning
from producers.simulate.trucks.diary import (
    LOADING_SECONDS,
    Diary,
    TruckDay,
    empty_day,
    totals,
)
from producers.simulate.trucks.driving import HOME_KM, drive
from producers.simulate.trucks.fleet import Fleet
from producers.simulate.trucks.journey import (
    BROKE,
    Log,
    Outcome,
    Road,
    Route,
    empty_log,
)
from producers.simulate.trucks.order_book import OrderBook, Reason
from producers.simulate.trucks.physics import Rig
from producers.simulate.trucks.planning import Plan, plan_depot, window_edges
from producers.simulate.trucks.workshop import Workshop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_STARTER_SECONDS = 300  # until a truck that does not start is given up


class Task(NamedTuple):
    """A truck's day to be driven: everything that it depends on."""

    name: tuple[int, int, int]  # seed, truck, day
    rig: Rig
    road: Road
    route: Route
    state: Record
    interval: int


class Driven(NamedTuple):
    """A truck's day as it was: the next midnight's state, the log, whether it began outside."""

    state: Record
    log: Log
    strayed: bool


Run = Callable[[Callable[[Task], Driven], Iterable[Task]], Iterable[Driven]]


def drive_day(task: Task) -> Driven:
    """Let a truck's day happen; depends on the task alone."""
    seed, truck, day = task.name
    log = empty_log(len(task.route.east), task.interval, truck % task.interval)
    state = task.state.copy()
    rng = generator(seed, "drive", truck, day)
    drive(rng, task.rig, task.road, task.route, state, log)
    return Driven(state, log, bool(abs(task.state["east"]) + abs(task.state["north"]) > HOME_KM))


class Dispatch:
    """
    Moves the orders.

    Parameters
    ----------
    run
        Maps a function over tasks, in order: ``map``, or a pool's.
    hooks
        Who plans the routes and calls trucks to the workshop, if not the world itself.
    """

    def __init__(
        self, settings: Settings, geography: Geography, customers: Customers, run: Run, hooks: Hooks
    ) -> None:
        self._settings, self._geography, self._customers = settings, geography, customers
        self.fleet: Fleet = fleet.make(settings, geography)
        self.order_book = OrderBook(
            settings, customers, np.bincount(self.fleet.depot, minlength=len(geography.names))
        )
        self._workshop = Workshop(settings, self.fleet)
        self._diary = Diary(settings)
        self._run, self._hooks = run, hooks

    def day(self, day: int, weather: Weather) -> TruckDay:
        """Let the trucks' day happen, each in turn."""
        result = empty_day()
        self._workshop.midnight(day, result.services, result.failures)
        if self._hooks.workshop is not None:
            self._workshop.call(day, self._hooks, result.services, result.failures)
        ailments.midnight(
            self._settings, self.fleet.ailments, day, result.leaks, result.false_symptoms
        )
        drivers = roster.on_duty(self._settings, self.fleet.drivers, day)
        routes = self._plan(day) if self.order_book.delivers_on(day) else {}
        roads = [self._road(depot, weather) for depot in range(len(self._geography.names))]
        silent = self._silent(day, routes)
        tasks = [
            Task(
                (self._settings.seed, truck, day),
                fleet.rig(
                    self._settings, self._geography, self.fleet, truck, int(drivers[truck]), day
                ),
                roads[int(self.fleet.depot[truck])],
                self._route(day, truck, None if truck in silent else routes.get(truck)),
                self.fleet.state[truck],
                self._settings.interval_seconds,
            )
            for truck in range(self._settings.trucks)
        ]
        closed: list[Ints] = []
        for truck, driven in enumerate(self._run(drive_day, tasks)):
            route = routes.get(truck)
            self._write(day, truck, int(drivers[truck]), route, driven, result)
            out = (route is not None and truck not in silent) or driven.strayed
            self._diary.write(day, truck, int(drivers[truck]), driven.log, out, result)
            if route is not None:
                places, plan = route
                closed.append(self._deliver(day, truck, places, plan, driven.log, result))
            self._mishaps(day, truck, driven.log, truck in silent, result)
        self.order_book.close(np.concatenate(closed) if closed else np.zeros(0, np.int64))
        return result

    def _plan(self, day: int) -> dict[int, tuple[Ints, Plan]]:
        """Return the places in the book and the plan of each truck that is to drive."""
        planned: dict[int, tuple[Ints, Plan]] = {}
        settings, customers = self._settings.logistics, self._customers
        departs = day * DAY + settings.departure_hour * 3600 - LOADING_SECONDS
        for depot in range(len(self._geography.names)):
            able = np.flatnonzero((self.fleet.depot == depot) & (self.fleet.free_from <= departs))
            able = able[np.argsort(self.fleet.kilometres_planned[able], kind="stable")]
            due = self.order_book.due(day, depot)
            who = self.order_book.open["customer"][due]
            orders = (
                customers.east[who], customers.north[who], self.order_book.open["window"][due],
                self.order_book.open["weight_kg"][due],
            )  # fmt: skip
            if self._hooks.planner is None:
                plans = plan_depot(settings, able, *orders)
            else:
                given = morning(
                    self._settings, self._geography, day, depot, able, self.order_book, due,
                    *orders, self._hooks.sent,
                )  # fmt: skip
                plans = decided(settings, given, self._hooks.planner(given), able, *orders)
            for plan in plans:
                planned[plan.truck] = (due[plan.stops], plan)
                self.fleet.kilometres_planned[plan.truck] += plan.kilometres
            taken = [plan.stops for plan in plans]
            left = np.setdiff1d(np.arange(len(due)), np.concatenate(taken)) if taken else due[:0]
            self.order_book.postpone(due[left] if taken else due)
        return planned

    def _silent(self, day: int, routes: dict[int, tuple[Ints, Plan]]) -> set[int]:
        """Return the trucks that will not start: their battery's life is over."""
        morning = day + self._settings.logistics.departure_hour / 24
        dead = self.fleet.parts.fails[:, BATTERY] <= morning
        return {truck for truck in routes if dead[truck]}

    def _road(self, depot: int, weather: Weather) -> Road:
        logistics = self._settings.logistics
        quarters = np.arange(96) / 4
        factors = np.ones((3, 96))
        for begin, end in logistics.peak_hours:
            factors[:, (quarters >= begin) & (quarters < end)] = np.array(logistics.peak_factors)[
                :, None
            ]
        wet = weather.rain[depot]
        return Road(
            np.array(logistics.speed_limits) / 3.6, factors,
            np.where(wet > 0, logistics.rain_factor, 1.0), weather.temperature[depot],
            logistics.lights_per_km, logistics.light_seconds, self._geography.stations[depot],
        )  # fmt: skip

    def _route(self, day: int, truck: int, planned: tuple[Ints, Plan] | None) -> Route:
        logistics = self._settings.logistics
        places = planned[0] if planned else np.zeros(0, np.int64)
        who = self.order_book.open["customer"][places]
        rng = generator(self._settings.seed, "stops", truck, day)
        spread = logistics.service_spread
        service = np.exp(rng.normal(-(spread**2) / 2, spread, len(who)))
        begins = window_edges(logistics)[:, 0]
        fails = self.fleet.parts.of(truck).fails
        plot = ailments.theft(self._settings, truck, day, len(who))
        return Route(
            east=self._customers.east[who],
            north=self._customers.north[who],
            earliest=begins[self.order_book.open["window"][places]],
            service=np.ceil(service * logistics.service_minutes * 60),
            at_home=(rng.random(len(who)) >= logistics.not_at_home_share).astype(np.int64),
            weight=self.order_book.open["weight_kg"][places],
            departure=int(logistics.departure_hour * 3600),
            home_by=logistics.latest_hour * 3600,
            plan_speed=logistics.plan_speed_kmh / 3.6,
            break_after=logistics.break_after_hours * 3600,
            break_takes=int(logistics.break_minutes * 60),
            pump_takes=int(logistics.pump_seconds),
            refuel_below=self._settings.fleet.refuel_below,
            fail_engine=float(fails[[ALTERNATOR, COOLING, LUBRICATION]].min()) * 3600,
            fail_odometer=float(fails[TRANSMISSION]),
            theft_kind=plot.kind,
            theft_at=plot.at,
            theft_litres=plot.litres,
        )

    def _deliver(
        self, day: int, truck: int, places: Ints, plan: Plan, log: Log, result: TruckDay
    ) -> Ints:
        """Tell the book what became of a truck's orders; return those that are closed."""
        midnight, visits = day * DAY, log.visits
        out = midnight + self._settings.logistics.departure_hour * 3600
        self.order_book.loaded(places, truck, out - LOADING_SECONDS, out, result.orders)
        outcome = visits["outcome"] if len(visits) else np.zeros(len(places))
        left = visits["left"] if len(visits) else np.zeros(len(places))
        until = self.order_book.window_ends(
            self.order_book.open["promised_day"][places], self.order_book.open["window"][places]
        )
        service = self._settings.logistics.service_minutes * 60
        done = outcome == Outcome.DELIVERED
        if len(visits):
            result.stops.add(
                truck=truck, day=day, sequence=np.arange(len(places)), outcome=outcome,
                order=self.order_book.open["number"][places], planned_arrival=plan.arrives,
                arrived=visits["arrived"], left=left, kilometres=visits["kilometres"],
                lost_congestion=visits["lost_congestion"], lost_rain=visits["lost_rain"],
                lost_lights=visits["lost_lights"], service_seconds=visits["service_seconds"],
                break_seconds=visits["break_seconds"], waited_seconds=visits["waited_seconds"],
                promised_until=until - midnight,
                late_seconds=np.where(done, left - until + midnight, np.nan),
                cause=delays.causes(
                    visits, until - midnight, plan.arrives + service,
                    self.order_book.open["reason"][places], service,
                ),
            )  # fmt: skip
        self.order_book.delivered(places[done], truck, midnight + left[done], result.orders)
        away = outcome == Outcome.NOT_AT_HOME
        ended = [places[done]]
        missed = places[away]
        lost = self.order_book.failed(
            missed, truck, midnight + left[away], Reason.NOT_AT_HOME, result.orders
        )
        ended.append(missed[lost])
        open_still = places[outcome == Outcome.OPEN]
        broke = int(log.counts[BROKE])
        stuck = broke >= 0 or not len(visits)
        at = broke if broke >= 0 else out - midnight + _STARTER_SECONDS
        at = at if stuck else max(float(left.max(initial=0.0)), out - midnight) + 60
        lost = self.order_book.failed(
            open_still, truck, np.full(len(open_still), midnight + at),
            Reason.BREAKDOWN if stuck else Reason.OUT_OF_HOURS, result.orders,
        )  # fmt: skip
        return np.concatenate([*ended, open_still[lost]])

    def _mishaps(self, day: int, truck: int, log: Log, silent: bool, result: TruckDay) -> None:
        """Let the tyres lose air, and bring what broke down to the workshop."""
        rng = generator(self._settings.seed, "mishaps", truck, day)
        self._workshop.puncture(truck, rng)
        result.broken_from.append(-1)
        if silent:
            at = day * DAY + self._settings.logistics.departure_hour * 3600 + _STARTER_SECONDS
            self._workshop.broke_down(
                truck, BATTERY, at, at + 3600, result.services, result.failures, rng
            )
        elif log.counts[BROKE] >= 0:
            fails = self.fleet.parts.of(truck).fails
            state = self.fleet.state[truck]
            component = TRANSMISSION
            if state["engine_seconds"] / 3600 >= fails[[ALTERNATOR, COOLING, LUBRICATION]].min():
                component = int(np.argmin(fails[[ALTERNATOR, COOLING, LUBRICATION]]))
            else:
                result.broken_from[-1] = int(log.counts[BROKE])
            at = day * DAY + int(log.counts[BROKE])
            brought = min(at + 3 * 3600, (day + 1) * DAY)
            self._workshop.broke_down(
                truck, component, at, brought, result.services, result.failures, rng
            )

    def _write(
        self, day: int, truck: int, driver: int, route: tuple[Ints, Plan] | None, driven: Driven,
        result: TruckDay,
    ) -> None:  # fmt: skip
        """Take a truck's day over: its state, its readings, its totals."""
        before, after, log = self.fleet.state[truck].copy(), driven.state, driven.log
        self.fleet.state[truck] = after
        result.readings.append(log.readings)
        seen = fleet.shown(self.fleet, truck, day, day + 1.0)
        planned, stops = (route[1].kilometres, len(route[0])) if route else (0.0, 0)
        result.days.add(
            truck=truck, driver=driver, day=day, **totals(before, after, log, planned, stops),
            **{f"severity_{n}": s for n, s in zip(COMPONENTS[:AGEING], seen, strict=True)},
        )  # fmt: skip
