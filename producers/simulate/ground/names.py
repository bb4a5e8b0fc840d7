"""What the wire calls the things that the world counts from 0."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Names = NDArray[np.str_]


def trucks(places: NDArray[Any]) -> Names:
    """Return trucks' ids; empty for a place below 0."""
    names = np.char.mod("T%04d", places.astype(np.int64) + 1)
    return np.where(places >= 0, names, "")


def drivers(places: NDArray[Any]) -> Names:
    """Return drivers' ids."""
    return np.asarray(np.char.mod("D%04d", places.astype(np.int64) + 1))


def orders(numbers: NDArray[Any]) -> Names:
    """Return the ids of orders by their numbers."""
    return np.asarray(np.char.mod("O%09d", numbers.astype(np.int64)))


def depots(count: int) -> list[str]:
    """Return the ids of so many depots."""
    return [f"DEPOT-{number}" for number in range(1, count + 1)]
