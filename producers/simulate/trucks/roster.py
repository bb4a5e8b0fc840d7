"""The drivers: what each is like, and who drives which truck on which day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WEEK = 7


@dataclass(frozen=True)
class Drivers:
    """
    The drivers, an entry each: as many as trucks, the stand-ins behind them.

    Attributes
    ----------
    depot
        Place in the geography's depots.
    idle_share, speed_factor
        Of the stops with the engine running; on the limits.
    brake_per_km, acceleration_per_km, corner_per_km
        Harsh events on a road of factor 1.
    """

    depot: Ints
    idle_share: Floats
    speed_factor: Floats
    brake_per_km: Floats
    acceleration_per_km: Floats
    corner_per_km: Floats


def make(settings: Settings, depot: Ints, style: Floats) -> Drivers:
    """
    Make the drivers of a fleet.

    Parameters
    ----------
    depot
        Of each truck.
    style
        Standard normal: idling, harshness, speed of the driver of each truck; shape
        ``(3, trucks)``.
    """
    kind, people = settings.fleet, settings.drivers
    extra = generator(settings.seed, "stand-ins").normal(0, 1, (3, people.stand_ins))
    idling, harshness, speed = np.concatenate([style, extra], axis=1)
    harsh = np.exp(kind.style_spread * harshness) / 100
    depots = int(depot.max()) + 1
    return Drivers(
        depot=np.concatenate([depot, np.arange(people.stand_ins) % depots]),
        idle_share=np.clip(kind.idle_share * np.exp(kind.style_spread * idling), 0, 1),
        speed_factor=np.clip(1 + kind.speed_spread * speed, 0.8, 1.25),
        brake_per_km=kind.harsh_per_100km / 100 * np.exp(kind.style_spread * harshness),
        acceleration_per_km=people.harsh_acceleration_per_100km * harsh,
        corner_per_km=people.harsh_corner_per_100km * harsh,
    )


def on_duty(settings: Settings, drivers: Drivers, day: int) -> Ints:
    """
    Return the driver of each truck on a day, should it go out.

    A depot's drivers move on by one truck every ``rota_days``; the first ``fixed_pairs`` trucks
    of the fleet keep theirs; a stand-in takes a truck for a day now and then.
    """
    people, count = settings.drivers, settings.trucks
    driver = np.arange(count)
    moved = day // people.rota_days if people.rota_days else 0
    for depot in range(int(drivers.depot.max()) + 1):
        trucks = np.flatnonzero(drivers.depot[:count] == depot)
        trucks = trucks[trucks >= people.fixed_pairs]
        driver[trucks] = np.roll(trucks, moved)
    for number in range(people.stand_ins):
        rng = generator(settings.seed, "stand-in", number)
        begins = int(rng.integers(1, people.stand_in_every_days))
        if (settings.start.weekday() + begins) % WEEK == WEEK - 1:  # nobody drives on Sunday
            begins += 1
        trucks = np.flatnonzero(drivers.depot[:count] == drivers.depot[count + number])
        trucks = trucks[trucks >= people.fixed_pairs]
        if len(trucks) and day % people.stand_in_every_days == begins:
            driver[trucks[int(rng.integers(len(trucks)))]] = count + number
    return driver
