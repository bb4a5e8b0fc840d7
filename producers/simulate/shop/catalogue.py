"""What the shop sells: some 200 mobile phones, laptops, cameras and their accessories."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producers.simulate.ground.randomness import generator
from producers.simulate.settings import Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CATEGORIES = ("phone", "laptop", "camera", "accessory")
ACCESSORY = 3
COMPANIONS = 3
# Share of the catalogue, median price, kg with packing, of each category.
_SHARES = (0.2, 0.2, 0.15)
_PRICES = (620.0, 1150.0, 780.0, 42.0)
_WEIGHTS = (0.6, 3.4, 1.6, 0.4)
_BRANDS = ("Alder", "Birch", "Cedar", "Doran", "Elm", "Fable", "Grove", "Holm")
_KINDS = (
    ("Phone",), ("Laptop",), ("Camera",),
    ("Case", "Charger", "Memory Card", "Lens", "Dock", "Bag", "Tripod", "Headphones"),
)  # fmt: skip


@dataclass(frozen=True)
class Catalogue:
    """
    The products, one place each.

    Attributes
    ----------
    ids, names
        As they stand on the wire.
    category
        Place in ``CATEGORIES``.
    list_price, weight_kg
        In the shop's currency; with packing.
    popularity
        Shares of the views by Zipf's law; they sum to 1.
    companions
        Accessories that go with a product; -1 for an accessory, which has none. Shape
        ``(products, 3)``.
    """

    ids: list[str]
    names: list[str]
    category: Ints
    list_price: Floats
    weight_kg: Floats
    popularity: Floats
    companions: Ints

    @property
    def categories(self) -> list[str]:
        """The name of each product's category."""
        return [CATEGORIES[place] for place in self.category.tolist()]


def make(settings: Settings) -> Catalogue:
    """Make the catalogue of a world."""
    rng = generator(settings.seed, "catalogue")
    count = settings.commerce.products
    sizes = [max(1, round(share * count)) for share in _SHARES]
    category = np.repeat(np.arange(4), [*sizes, count - sum(sizes)])
    medians = np.array(_PRICES)[category]
    price = medians * np.exp(rng.normal(0, 0.45, count))
    weight = np.array(_WEIGHTS)[category] * np.exp(rng.normal(0, 0.2, count))
    rank = rng.permutation(count) + 1
    popularity = rank**-settings.commerce.zipf_exponent
    accessories = np.flatnonzero(category == ACCESSORY)
    companions = np.where(
        (category == ACCESSORY)[:, None], -1, rng.choice(accessories, (count, COMPANIONS))
    )
    ids, names = _names(category)
    return Catalogue(
        ids, names, category, np.maximum(np.round(price) - 0.01, 4.99), np.round(weight, 2),
        popularity / popularity.sum(), companions,
    )  # fmt: skip


def _names(category: Ints) -> tuple[list[str], list[str]]:
    ids, names, seen = [], [], [0, 0, 0, 0]
    for place in category.tolist():
        number = seen[place]
        seen[place] += 1
        kinds = _KINDS[place]
        brand = _BRANDS[number // len(kinds) % len(_BRANDS)]
        model = 1 + number // (len(kinds) * len(_BRANDS))
        ids.append(f"{CATEGORIES[place][:3].upper()}-{number + 1:03d}")
        names.append(f"{brand} {kinds[number % len(kinds)]} {model}")
    return ids, names
