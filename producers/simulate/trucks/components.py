"""What wears out in a truck: lives, symptoms, failures, and what the workshop makes new."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.groups import Trucks
from producers.simulate.settings import Settings

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
SILENT = 1e-9  # of its unit: how long a part shows symptoms that shows none
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
    width
        How long before its failure it begins to show it; next to nothing if it never does.
    exponent
        Of the curve along which what it shows grows from 0 to 1.
    number
        How many of its kind the truck has had before.
    """

    installed: Floats
    life: Floats
    width: Floats
    exponent: Floats
    number: Ints

    @property
    def fails(self) -> Floats:
        """The use at which each fails."""
        return self.installed + self.life

    def of(self, truck: int) -> "Parts":
        """Return the parts of one truck; shape ``(6,)``."""
        return Parts(
            self.installed[truck], self.life[truck], self.width[truck], self.exponent[truck],
            self.number[truck],
        )  # fmt: skip

    def renew(
        self, settings: Settings, truck: int, component: int, use: float, rng: np.random.Generator
    ) -> None:
        """Build a new one in."""
        place = truck, component
        self.installed[place] = use
        self.life[place] = draw_life(settings.fleet, component, rng)
        self.number[place] += 1
        self.width[place], self.exponent[place] = _symptoms(
            settings, truck, component, int(self.number[place]), float(self.life[place])
        )


def _symptoms(
    settings: Settings, truck: int, component: int, number: int, life: float
) -> tuple[float, float]:
    """Draw how long before its failure a part shows it, and the curve's exponent."""
    rng = generator(settings.seed, "symptoms", truck, component, number)
    wear, silent = settings.wear, rng.random() < settings.wear.silent_share
    share = settings.fleet.symptom_share * np.exp(wear.symptom_spread * rng.normal())
    exponent = float(rng.uniform(*wear.curve_exponents))
    return (SILENT if silent else float(life * min(1.0, share))), exponent


def no_parts(trucks: int) -> Parts:
    """Return the parts of trucks that have none yet."""
    none = np.zeros((trucks, AGEING))
    return Parts(none, none.copy(), none.copy(), none.copy(), none.astype(np.int64))


def used_parts(settings: Settings, use: Floats, rng: np.random.Generator) -> Parts:
    """
    Build parts into trucks that have run for long: each is somewhere in its life.

    Parameters
    ----------
    use
        Of each truck and component so far; shape ``(trucks, 6)``.
    """
    life = np.array(
        [[draw_life(settings.fleet, part, rng) for part in range(AGEING)] for _ in range(len(use))]
    )
    shown = np.array(
        [
            [_symptoms(settings, truck, part, 0, life[truck, part]) for part in range(AGEING)]
            for truck in range(len(use))
        ]
    )
    return Parts(
        installed=use - rng.random(life.shape) * life, life=life, width=shown[:, :, 0],
        exponent=shown[:, :, 1], number=np.zeros(life.shape, np.int64),
    )  # fmt: skip


def severities(parts: Parts, use: Floats) -> Floats:
    """Return how far each part's symptoms have come, 0 to 1; of the shape of the parts."""
    share: Floats = np.clip(1 - (parts.fails - use) / parts.width, 0, 1) ** parts.exponent
    return share
