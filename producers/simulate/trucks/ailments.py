"""What befalls a truck besides wear: leaks, symptoms without a failure, thieves."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.column_buffers import ColumnBuffer
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import DAY, Settings
from producers.simulate.trucks.components import COMPONENTS
from producers.simulate.trucks.journey import Theft

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FALSE_PEAK = (0.25, 0.8)
_CAN_SEEM_TO_FAIL = 5  # the ageing components but the tyres
_EVENING, _MORNING = 22 * 3600, 5 * 3600


@dataclass
class Ailments:
    """
    What befalls each truck now.

    Attributes
    ----------
    leak, leak_until
        Litres a day, and the day on which the leak is mended.
    false_component, false_peak, false_from, false_until
        The part that seems to fail, how much at most, and on which days.
    fault_until
        Second of the world until which a broken transmission reports its fault.
    """

    leak: Floats
    leak_until: Ints
    false_component: Ints
    false_peak: Floats
    false_from: Ints
    false_until: Ints
    fault_until: Floats

    def false_symptoms(self, truck: int, day: int) -> Floats:
        """Return how far each part of a truck seems to fail on a day; shape ``(6,)``."""
        shown = np.zeros(_CAN_SEEM_TO_FAIL + 1)
        begin, end = self.false_from[truck], self.false_until[truck]
        if begin <= day < end:
            along = (day - begin + 0.5) / (end - begin)
            shown[self.false_component[truck]] = self.false_peak[truck] * np.sin(np.pi * along)
        return shown


class Plot(NamedTuple):
    """A theft that is to happen: its kind, its second of the night or its stop, its litres."""

    kind: int
    at: int
    litres: float


NO_THEFT = Plot(-1, -1, 0.0)


def healthy(trucks: int) -> Ailments:
    """Return that nothing befalls anybody."""
    none = np.zeros(trucks)
    days = np.zeros(trucks, np.int64)
    return Ailments(none, days, days.copy(), none.copy(), days.copy(), days.copy(), none.copy())


def leaks() -> ColumnBuffer:
    """Begin a day's leaks; times are seconds since the world's start."""
    return ColumnBuffer("truck", "since", "until", "litres_per_day")


def false_symptoms() -> ColumnBuffer:
    """Begin a day's symptoms that no failure follows; times as above."""
    return ColumnBuffer("truck", "component", "since", "until", "peak")


def midnight(
    settings: Settings, ailments: Ailments, day: int, leaking: ColumnBuffer, seeming: ColumnBuffer
) -> None:
    """Let leaks and false symptoms begin."""
    losses, wear = settings.losses, settings.wear
    for truck in range(settings.trucks):
        rng = generator(settings.seed, "ailments", truck, day)
        leaks_now, seems_now = rng.random(2)
        if leaks_now < losses.leaks_per_truck_day and ailments.leak_until[truck] <= day:
            ailments.leak[truck] = rng.uniform(*losses.leak_litres_per_day)
            until = day + 1 + int(rng.exponential(losses.leak_days))
            ailments.leak_until[truck] = until
            leaking.add(
                truck=truck, since=day * DAY, until=until * DAY, litres_per_day=ailments.leak[truck]
            )
        if seems_now < wear.false_per_truck_day and ailments.false_until[truck] <= day:
            part = int(rng.integers(_CAN_SEEM_TO_FAIL))
            ailments.false_component[truck] = part
            ailments.false_peak[truck] = rng.uniform(*_FALSE_PEAK)
            until = day + max(1, round(rng.uniform(*wear.false_days)))
            ailments.false_from[truck], ailments.false_until[truck] = day, until
            seeming.add(
                truck=truck, component=COMPONENTS[part], since=day * DAY, until=until * DAY,
                peak=ailments.false_peak[truck],
            )  # fmt: skip
    ailments.leak[ailments.leak_until <= day] = 0.0


def theft(settings: Settings, truck: int, day: int, stops: int) -> Plot:
    """Draw whether a thief comes to a truck on a day, when, and what for."""
    rng, losses = generator(settings.seed, "thefts", truck, day), settings.losses
    if rng.random() >= losses.thefts_per_truck_day:
        return NO_THEFT
    kind = int(rng.integers(len(Theft)))
    litres = float(rng.uniform(*losses.theft_litres))
    if kind == Theft.STOP and stops:
        return Plot(kind, int(rng.integers(stops)), litres)
    if kind == Theft.FUELLING:
        return Plot(kind, -1, litres)
    second = rng.uniform(_EVENING, DAY + _MORNING) % DAY
    return Plot(Theft.NIGHT.value, int(second), litres)
