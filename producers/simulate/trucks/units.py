"""The sensors' own errors: each truck's gauge, meter and offsets, for as long as it lives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings

Floats = NDArray[np.float64]

# Standard deviation of each sensor's offset between trucks at 1, in the unit of its column.
OFFSETS = {
    "temperature": 1.2, "oil": 8.0, "volts": 0.12, "ambient": 0.8,
    "tyre_0": 6.0, "tyre_1": 6.0, "tyre_2": 6.0, "tyre_3": 6.0,
}  # fmt: skip
_LITRES_PER_KM = 0.17  # of the past, for where a counter begins


@dataclass(frozen=True)
class Units:
    """
    The sensors' errors, an entry a truck.

    Attributes
    ----------
    gauge_scale, meter_scale
        What the tank gauge and the flow meter show of a litre.
    offsets
        What each sensor adds; by column.
    has_counter
        Whether the truck sends the litres that it has used in its life.
    used_before
        What that counter showed at the world's start, litres.
    """

    gauge_scale: Floats
    meter_scale: Floats
    offsets: dict[str, Floats]
    has_counter: NDArray[np.bool_]
    used_before: Floats


def make(settings: Settings, odometer: Floats) -> Units:
    """Make the sensors of a fleet, given the kilometres of its trucks."""
    rng, kind, count = generator(settings.seed, "units"), settings.sensors, settings.trucks
    scale = np.exp(rng.normal(0, 1, (2, count)) * [[kind.gauge_spread], [kind.meter_spread]])
    return Units(
        gauge_scale=scale[0],
        meter_scale=scale[1],
        offsets={
            name: rng.normal(0, 1, count) * deviation * kind.offsets
            for name, deviation in OFFSETS.items()
        },
        has_counter=rng.random(count) < kind.counter_share,
        used_before=np.floor(odometer * _LITRES_PER_KM),
    )
