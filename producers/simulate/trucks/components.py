"""What wears out in a truck: lives, symptoms, failures, and what the workshop makes new."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.settings import Trucks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALTERNATOR, COOLING, LUBRICATION, TRANSMISSION, BATTERY, TYRE, BRAKES = range(7)
COMPONENTS = (
    "alternator", "cooling", "lubrication", "transmission", "battery", "tyre", "brakes",
)  # fmt: skip
UNITS = ("engine hours", "engine hours", "engine hours", "km", "days", "km", "share")
# What a workshop visit costs on average, in the shop's currency.
COSTS = (780.0, 640.0, 1150.0, 4200.0, 390.0, 310.0, 560.0)
COST_SPREAD = 0.15
AGEING = 6  # the components with a life of their own; brakes wear by braking


def mean_lives(settings: Trucks) -> Floats:
    """Return the mean life of each ageing component, in its unit."""
    return np.array(
        [
            settings.alternator_hours,
            settings.cooling_hours,
            settings.lubrication_hours,
            settings.transmission_km,
            settings.battery_days,
            settings.puncture_km,
        ]
    )


def draw_life(settings: Trucks, component: int, rng: np.random.Generator) -> float:
    """
    Draw a life, in the component's unit.

    Weibull with the settings' shape and the mean of the component; punctures come by chance
    and do not age: exponential.
    """
    mean = float(mean_lives(settings)[component])
    if component == TYRE:
        return float(rng.exponential(mean))
    shape = settings.weibull_shape
    return float(mean / math.gamma(1 + 1 / shape) * rng.weibull(shape))


@dataclass
class Parts:
    """
    The ageing components of all trucks; shape ``(trucks, 6)``, in their units.

    Attributes
    ----------
    installed
        The use at which each was built in.
    life
        How long it lasts from there.
    """

    installed: Floats
    life: Floats

    @property
    def fails(self) -> Floats:
        """The use at which each fails."""
        return self.installed + self.life

    def of(self, truck: int) -> "Parts":
        """Return the parts of one truck; shape ``(6,)``."""
        return Parts(self.installed[truck], self.life[truck])

    def width(self, settings: Trucks) -> Floats:
        """Return how long before its failure each begins to show it."""
        return self.life * settings.symptom_share

    def renew(
        self, settings: Trucks, truck: int, component: int, use: float, rng: np.random.Generator
    ) -> None:
        """Build a new one in."""
        self.installed[truck, component] = use
        self.life[truck, component] = draw_life(settings, component, rng)


def used_parts(settings: Trucks, use: Floats, rng: np.random.Generator) -> Parts:
    """
    Build parts into trucks that have run for long: each is somewhere in its life.

    Parameters
    ----------
    use
        Of each truck and component so far; shape ``(trucks, 6)``.
    """
    life = np.array(
        [[draw_life(settings, part, rng) for part in range(AGEING)] for _ in range(len(use))]
    )
    return Parts(installed=use - rng.random(life.shape) * life, life=life)


def severities(settings: Trucks, parts: Parts, use: Floats) -> Floats:
    """Return how far each part's symptoms have come, 0 to 1; of the shape of the parts."""
    share: Floats = np.clip(1 - (parts.fails - use) / parts.width(settings), 0, 1)
    return share
