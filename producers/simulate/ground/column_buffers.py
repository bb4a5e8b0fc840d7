"""Rows gathered one by one or in blocks, given out as columns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]


class ColumnBuffer:
    """
    Columns that grow.

    Parameters
    ----------
    names
        Of the columns; each block must bring all of them.
    """

    def __init__(self, *names: str) -> None:
        self._blocks: dict[str, list[NDArray[Any]]] = {name: [] for name in names}

    def add(self, **values: Any) -> None:
        """Add a row or a block of rows; single values are repeated as often as needed."""
        arrays = np.broadcast_arrays(*(np.atleast_1d(values[name]) for name in self._blocks))
        for blocks, array in zip(self._blocks.values(), arrays, strict=True):
            blocks.append(np.array(array))

    def columns(self) -> Columns:
        """Return what was gathered; columns without a row are empty floats."""
        return {
            name: np.concatenate(blocks) if blocks else np.zeros(0)
            for name, blocks in self._blocks.items()
        }
