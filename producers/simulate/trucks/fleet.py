"""The trucks: what each is like, in what state it is, and which of them can drive."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Records
from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import DAY, Settings
from producers.simulate.trucks import ailments, components, roster, units
from producers.simulate.trucks.ailments import Ailments
from producers.simulate.trucks.components import (
    ALTERNATOR,
    BATTERY,
    COOLING,
    LUBRICATION,
    TRANSMISSION,
)
from producers.simulate.trucks.physics import (
    COLD_TYRE,
    STATE,
    Rig,
    Symptoms,
)
from producers.simulate.trucks.roster import Drivers
from producers.simulate.trucks.units import Units

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ENGINE_HOURS_PER_KM = 1 / 24


@dataclass
class Fleet:
    """
    The trucks, an entry each.

    Attributes
    ----------
    depot
        Place in the geography's depots.
    consumption_factor
        What the engine burns relative to the design.
    drivers
        The people, with their style.
    units
        The sensors' own errors.
    clock_skew
        Seconds by which the truck's clock runs ahead.
    state
        A record of :data:`~producers.simulate.trucks.physics.STATE` a truck.
    parts
        The components.
    free_from
        Second of the world from which it is out of the workshop.
    kilometres_planned
        What it was given to drive so far: the least used is preferred.
    ailments
        Leaks and the like.
    """

    depot: Ints
    consumption_factor: Floats
    drivers: Drivers
    units: Units
    clock_skew: Floats
    state: Records
    parts: components.Parts
    free_from: Floats
    kilometres_planned: Floats
    ailments: Ailments

    def use(self, day: float, truck: int | slice = slice(None)) -> Floats:
        """Return the use of each ageing component; shape ``(trucks, 6)``, of one truck ``(6,)``."""
        hours, km = self.state["engine_seconds"][truck] / 3600, self.state["odometer"][truck]
        return np.stack([hours, hours, hours, km, np.full_like(km, day), km], axis=-1)


def make(settings: Settings, geography: Geography) -> Fleet:
    """Make the fleet of a world, with trucks of every age."""
    rng = generator(settings.seed, "fleet")
    kind, count = settings.fleet, settings.trucks
    factor = np.exp(rng.normal(0, kind.consumption_spread, count))
    factor[rng.random(count) < kind.high_consumption_share] *= kind.high_consumption_factor
    style = rng.normal(0, 1, (3, count))
    state = np.zeros(count, STATE)
    state["odometer"] = rng.uniform(15_000, 320_000, count)
    state["engine_seconds"] = state["odometer"] * _ENGINE_HOURS_PER_KM * 3600
    state["litres"] = kind.tank_litres * rng.uniform(0.45, 0.97, count)
    state["temperature"] = 15.0
    state["brake_wear"] = rng.uniform(0, 0.85, count)
    state["tyre"] = COLD_TYRE * rng.uniform(0.96, 1.03, (count, 4))
    depot = np.arange(count) % len(geography.names)
    fleet = Fleet(
        depot=depot,
        consumption_factor=factor,
        drivers=roster.make(settings, depot, style),
        units=units.make(settings, state["odometer"]),
        clock_skew=rng.normal(0, settings.imperfection.clock_skew_seconds, count),
        state=state,
        parts=components.no_parts(count),
        free_from=np.zeros(count),
        kilometres_planned=np.zeros(count),
        ailments=ailments.healthy(count),
    )
    fleet.parts = components.used_parts(settings, fleet.use(0.0), rng)
    return fleet


def shown(fleet: Fleet, truck: int, day: int, now: float) -> Floats:
    """Return how far each part of a truck seems to fail, false symptoms included."""
    real = components.severities(fleet.parts.of(truck), fleet.use(now, truck))
    seen: Floats = np.maximum(real, fleet.ailments.false_symptoms(truck, day))
    return seen


def rig(
    settings: Settings, geography: Geography, fleet: Fleet, truck: int, driver: int, day: int
) -> Rig:
    """Return a truck's and its driver's constants for a day."""
    kind, parts, drivers = settings.fleet, fleet.parts.of(truck), fleet.drivers
    false = fleet.ailments.false_symptoms(truck, day)

    def symptoms(part: int, unit: float = 1.0) -> Symptoms:
        return Symptoms(
            float(parts.fails[part]) * unit, float(parts.width[part]) * unit,
            float(parts.exponent[part]), float(false[part]),
        )  # fmt: skip

    return Rig(
        tank=kind.tank_litres,
        tare=kind.tare_kg,
        drag_area=kind.drag_area_m2,
        rolling=kind.rolling,
        efficiency=kind.engine_efficiency,
        idle_litres=kind.idle_litres_per_hour / 3600,
        consumption_factor=float(fleet.consumption_factor[truck]),
        brake_joules=kind.brake_life_mj * 1e6,
        hills=kind.altitude_metres,
        altitude=float(geography.altitude[fleet.depot[truck]]),
        speed_factor=float(drivers.speed_factor[driver]),
        idle_share=float(drivers.idle_share[driver]),
        brake_per_km=float(drivers.brake_per_km[driver]),
        acceleration_per_km=float(drivers.acceleration_per_km[driver]),
        corner_per_km=float(drivers.corner_per_km[driver]),
        harsh_by_road=np.array(settings.drivers.harsh_by_road),
        speeding_from=settings.drivers.speeding_from,
        cold_share=settings.losses.cold_share_per_degree,
        leak=float(fleet.ailments.leak[truck]) / DAY,
        alternator=symptoms(ALTERNATOR, 3600),
        cooling=symptoms(COOLING, 3600),
        lubrication=symptoms(LUBRICATION, 3600),
        transmission=symptoms(TRANSMISSION),
        battery_weakness=float(shown(fleet, truck, day, float(day))[BATTERY]),
    )
