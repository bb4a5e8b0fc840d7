"""Who shops: where they live, what they use and like, how often they come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.geography import Geography
from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings
from producers.simulate.shop.catalogue import CATEGORIES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DEVICES = ("desktop", "mobile", "tablet")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge", "Samsung Internet")
_DEVICE_SHARES = (0.38, 0.54, 0.08)
_BROWSER_SHARES = (
    (0.6, 0.14, 0.1, 0.16, 0.0),
    (0.52, 0.38, 0.02, 0.0, 0.08),
    (0.4, 0.5, 0.0, 0.0, 0.1),
)
_TASTES = (0.36, 0.26, 0.16, 0.22)
BOTS_PER_CUSTOMER = 0.01


@dataclass
class Customers:
    """
    The customers, one place each; the last ``bots`` are no people.

    Attributes
    ----------
    depot, east, north
        The depot that serves them and where they live, km from it.
    device, browser, taste, window
        Places in ``DEVICES``, ``BROWSERS``, ``CATEGORIES`` and the delivery windows.
    loyalty
        How often they come, relative to others; 0 for bots.
    visits
        Sessions so far.
    in_treatment
        Whether the experiment treats them.
    last_late
        1 if their last delivery came late, as the shop knows it.
    number
        What their user id says; shuffled, so that a bot's is like any other.
    """

    bots: int
    depot: Ints
    east: Floats
    north: Floats
    device: Ints
    browser: Ints
    taste: Ints
    window: Ints
    loyalty: Floats
    visits: Ints
    in_treatment: Ints
    last_late: Floats
    number: Ints


def make(settings: Settings, geography: Geography) -> Customers:
    """Make the customers of a world, and its bots behind them."""
    rng = generator(settings.seed, "customers")
    bots = max(1, round(settings.customers * BOTS_PER_CUSTOMER))
    count = settings.customers + bots
    radius = settings.logistics.customer_radius_km
    device = rng.choice(len(DEVICES), count, p=_DEVICE_SHARES)
    browser = np.zeros(count, np.int64)
    for place, shares in enumerate(_BROWSER_SHARES):
        chosen = device == place
        browser[chosen] = rng.choice(len(BROWSERS), int(chosen.sum()), p=shares)
    loyalty = rng.gamma(1.2, 1.0, count)
    loyalty[settings.customers :] = 0.0
    distance = np.minimum(radius * np.sqrt(rng.exponential(0.7, count)), 3 * radius)
    angle = rng.uniform(0, 2 * np.pi, count)
    return Customers(
        bots=bots,
        depot=rng.integers(0, len(geography.names), count),
        east=distance * np.cos(angle),
        north=distance * np.sin(angle),
        device=device,
        browser=browser,
        taste=rng.choice(len(CATEGORIES), count, p=_TASTES),
        window=rng.integers(0, len(settings.logistics.windows), count),
        loyalty=loyalty,
        visits=(rng.random(count) < settings.commerce.returning_share).astype(np.int64),
        in_treatment=(rng.random(count) < settings.commerce.treatment_share).astype(np.int64),
        last_late=np.zeros(count),
        number=rng.permutation(count) + 1,
    )
