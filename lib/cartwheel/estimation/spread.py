"""Spreads that a few values far off do not move."""

import numpy as np
import pandas as pd

_PER_DEVIATION = 1.4826  # median absolute deviation -> standard deviation, if normal


def robust(away: "pd.Series[float]") -> float:
    """Return the standard deviation of values around zero, by their median absolute value."""
    return _PER_DEVIATION * float(away.abs().median())


def from_step_to_step(values: "pd.Series[float]", unit: "pd.Series[str]") -> float:
    """Return the noise of a signal, by how much it differs from a unit's one row to the next."""
    return robust(values.groupby(unit, sort=False).diff()) / float(np.sqrt(2))
