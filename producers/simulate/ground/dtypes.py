"""Records of named floats, in arrays that NumPy and numba read alike."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]
# One of them: its fields are attributes where numba compiled the code, items elsewhere.
Record = Any


def record(*names: str, **wheels: int) -> np.dtype[np.void]:
    """Return a record of floats: one a name, several where a number is given."""
    fields = [(name, np.float64) for name in names]
    return np.dtype([*fields, *((name, np.float64, count) for name, count in wheels.items())])
