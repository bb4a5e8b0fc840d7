"""Breakdowns, checks and repairs; every service of a truck as an event."""

from typing import Any

import numpy as np
import pandas as pd
from cartwheel.errors import UsageError

from producers.simulate.ground import names
from producers.simulate.ground.column_buffers import ColumnBuffer
from producers.simulate.ground.randomness import generator
from producers.simulate.ground.words import Word
from producers.simulate.hooks import Hooks, Night, require_known
from producers.simulate.settings import DAY, Settings
from producers.simulate.trucks.components import (
    BATTERY,
    BRAKES,
    COMPONENTS,
    COST_SPREAD,
    COSTS,
    SILENT,
    TRANSMISSION,
    TYRE,
    UNITS,
)
from producers.simulate.trucks.fleet import Fleet
from producers.simulate.trucks.physics import COLD_TYRE


class Service(Word):
    """What was done to a truck."""

    REFUEL = 0
    WORKSHOP_IN = 1
    WORKSHOP_OUT = 2
    IN_SERVICE = 3
    OUT_OF_SERVICE = 4


CALLED = "called"  # the cause of a visit that somebody outside decided
FLAT, WORN = 0.72, 0.9  # of the pressure, of the brakes' life: to the workshop
DURATION_SPREAD = 0.35
_LEAK_SPREAD = 0.4


def services() -> ColumnBuffer:
    """Begin a day's services; times are seconds since the world's start."""
    return ColumnBuffer("truck", "at", "service", "component", "litres", "cost", "odometer")


def failures() -> ColumnBuffer:
    """Begin a day's failures: what failed, when it first showed, what came of it."""
    return ColumnBuffer(
        "truck", "component", "unit", "cause", "installed_use", "life", "symptoms_from_use",
        "is_silent", "failed_use", "failed_at", "workshop_in", "workshop_out",
    )  # fmt: skip


class Workshop:
    """Sees to the trucks of a fleet."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        self._settings, self._fleet = settings, fleet

    def midnight(self, day: int, done: ColumnBuffer, failed: ColumnBuffer) -> None:
        """Take trucks with flat tyres or worn brakes in, before the day begins."""
        fleet = self._fleet
        if day == 0:
            everyone = np.arange(len(fleet.depot))
            self._tell(done, everyone, 0.0, Service.IN_SERVICE, odometer=fleet.state["odometer"])
        at = day * DAY
        here = fleet.free_from <= at
        flat = fleet.state["tyre"].min(axis=1) < FLAT * COLD_TYRE
        worn = fleet.state["brake_wear"] >= WORN
        for truck in np.flatnonzero(here & (flat | worn)).tolist():
            component, cause = (TYRE, "puncture") if flat[truck] else (BRAKES, "wear")
            rng = generator(self._settings.seed, "workshop", day, truck)
            self._tell(done, truck, at, Service.OUT_OF_SERVICE, component)
            self._repair(truck, component, at, at, cause, done, failed, rng)

    def call(self, day: int, hooks: Hooks, done: ColumnBuffer, failed: ColumnBuffer) -> None:
        """Take in whom somebody outside calls, before the day begins."""
        assert hooks.workshop is not None
        fleet, at, where = self._fleet, day * DAY, f"--workshop, day {day}"
        here = np.flatnonzero(fleet.free_from <= at)
        depots = names.depots(int(fleet.depot.max()) + 1)
        known = dict(zip(names.trucks(here).tolist(), here.tolist(), strict=True))
        frame = pd.DataFrame({
            "truck_id": list(known), "depot_id": [depots[fleet.depot[place]] for place in here],
        })  # fmt: skip
        found = hooks.workshop(Night(day, frame, hooks.sent))
        require_known(found, list(known), "truck", where)
        for name, part in found.items():
            if part not in COMPONENTS:
                raise UsageError(
                    f"{where}, {name}: no component {part!r}; there are {', '.join(COMPONENTS)}."
                )
            truck, component = known[name], COMPONENTS.index(part)
            rng = generator(self._settings.seed, "called", day, truck)
            self._tell(done, truck, at, Service.OUT_OF_SERVICE, component)
            self._repair(truck, component, at, at, CALLED, done, failed, rng)

    def broke_down(
        self, truck: int, component: int, at: float, brought: float, done: ColumnBuffer,
        failed: ColumnBuffer, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        """Repair what failed on the road at one time and was brought in at another."""
        self._tell(done, truck, at, Service.OUT_OF_SERVICE, component)
        self._repair(truck, component, at, brought, "wear", done, failed, rng)

    def puncture(self, truck: int, rng: np.random.Generator) -> None:
        """Let a tyre lose air from now on, if its distance has come."""
        fleet, kind = self._fleet, self._settings.fleet
        if fleet.state["odometer"][truck] < fleet.parts.of(truck).fails[TYRE]:
            return
        wheel = int(rng.integers(4))
        rate = kind.leak_kpa_per_day / DAY * np.exp(rng.normal(0, _LEAK_SPREAD))
        fleet.state["leak"][truck, wheel] += rate
        fleet.parts.renew(self._settings, truck, TYRE, float(fleet.state["odometer"][truck]), rng)

    def _repair(
        self, truck: int, component: int, at: float, brought: float, cause: str, done: ColumnBuffer,
        failed: ColumnBuffer, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        fleet, kind = self._fleet, self._settings.fleet
        spread = rng.normal(0, DURATION_SPREAD)
        out = brought + kind.workshop_hours * 3600 * np.exp(spread - DURATION_SPREAD**2 / 2)
        cost = round(COSTS[component] * float(np.exp(rng.normal(0, COST_SPREAD))), 2)
        self._tell(done, truck, brought, Service.WORKSHOP_IN, component)
        self._tell(done, truck, out, Service.WORKSHOP_OUT, component, cost=cost)
        self._tell(done, truck, out + 60, Service.IN_SERVICE)
        fleet.free_from[truck] = out + 60
        use, parts = self._use(truck, component, at), fleet.parts
        aged = component not in (TYRE, BRAKES)
        failed.add(
            truck=truck, component=COMPONENTS[component], unit=UNITS[component], cause=cause,
            installed_use=parts.installed[truck, component] if aged else np.nan,
            life=parts.life[truck, component] if aged else np.nan,
            symptoms_from_use=(parts.fails - parts.width)[truck, component] if aged else np.nan,
            is_silent=bool(aged and parts.width[truck, component] <= SILENT),
            failed_use=use, failed_at=at, workshop_in=brought, workshop_out=out,
        )  # fmt: skip
        if (
            component == TRANSMISSION
            and cause != CALLED
            and self._settings.wear.fault_until_repaired
        ):
            fleet.ailments.fault_until[truck] = out
        if component == BRAKES:
            fleet.state["brake_wear"][truck] = 0.0
        elif component == TYRE:
            fleet.state["tyre"][truck] = COLD_TYRE
            fleet.state["leak"][truck] = 0.0
        else:
            parts.renew(self._settings, truck, component, use, rng)

    def _use(self, truck: int, component: int, at: float) -> float:
        state = self._fleet.state[truck]
        if component == BATTERY:
            return at / DAY
        if component in (TRANSMISSION, TYRE):
            return float(state["odometer"])
        return float(state["brake_wear"] if component == BRAKES else state["engine_seconds"] / 3600)

    def _tell(
        self, done: ColumnBuffer, truck: Any, at: float, service: int, component: int = -1,
        cost: float = np.nan, odometer: Any = None,
    ) -> None:  # fmt: skip
        if odometer is None:
            odometer = self._fleet.state["odometer"][truck]
        done.add(
            truck=truck, at=at, service=service, component=component, litres=np.nan, cost=cost,
            odometer=odometer,
        )  # fmt: skip
