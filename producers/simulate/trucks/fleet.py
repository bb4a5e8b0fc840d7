"""The trucks: what each is like, in what state it is, and which of them can drive."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.dtypes import Records
from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings
from producers.simulate.trucks import components
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
)

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
    consumption_factor, idle_share, harsh_per_km, speed_factor
        What the engine burns relative to the design, and the driver's style.
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
    """

    depot: Ints
    consumption_factor: Floats
    idle_share: Floats
    harsh_per_km: Floats
    speed_factor: Floats
    clock_skew: Floats
    state: Records
    parts: components.Parts
    free_from: Floats
    kilometres_planned: Floats

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
    fleet = Fleet(
        depot=np.arange(count) % len(geography.names),
        consumption_factor=factor,
        idle_share=np.clip(kind.idle_share * np.exp(kind.style_spread * style[0]), 0, 1),
        harsh_per_km=kind.harsh_per_100km / 100 * np.exp(kind.style_spread * style[1]),
        speed_factor=np.clip(1 + kind.speed_spread * style[2], 0.8, 1.25),
        clock_skew=rng.normal(0, settings.imperfection.clock_skew_seconds, count),
        state=state,
        parts=components.Parts(np.zeros((count, 6)), np.zeros((count, 6))),
        free_from=np.zeros(count),
        kilometres_planned=np.zeros(count),
    )
    fleet.parts = components.used_parts(kind, fleet.use(0.0), rng)
    return fleet


def rig(settings: Settings, geography: Geography, fleet: Fleet, truck: int, day: int) -> Rig:
    """Return a truck's constants for a day."""
    kind, parts = settings.fleet, fleet.parts.of(truck)
    fails, width = parts.fails, parts.width(kind)
    weakness = components.severities(kind, parts, fleet.use(float(day), truck))[BATTERY]
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
        speed_factor=float(fleet.speed_factor[truck]),
        idle_share=float(fleet.idle_share[truck]),
        harsh_per_km=float(fleet.harsh_per_km[truck]),
        alternator_fails=float(fails[ALTERNATOR]) * 3600,
        alternator_width=float(width[ALTERNATOR]) * 3600,
        cooling_fails=float(fails[COOLING]) * 3600,
        cooling_width=float(width[COOLING]) * 3600,
        lubrication_fails=float(fails[LUBRICATION]) * 3600,
        lubrication_width=float(width[LUBRICATION]) * 3600,
        transmission_fails=float(fails[TRANSMISSION]),
        transmission_width=float(width[TRANSMISSION]),
        battery_weakness=float(weakness),
    )
