"""Intervals of a normal distribution, and of a share."""

from typing import Any

import numpy as np

WITHIN_80 = 1.2815515655446004  # standard deviations to each side
WITHIN_95 = 1.959963984540054


def wilson(share: Any, count: Any, deviations: float = WITHIN_95) -> tuple[Any, Any]:
    """
    Return the interval of a share of so many cases, numbers or columns; of none 0 to 1.

    Source: Wilson (1927), Probable Inference, the Law of Succession, and Statistical Inference.

    Parameters
    ----------
    deviations
        Standard deviations to each side; by default those of 95 %.
    """
    cases = np.asarray(count, float)
    width = deviations**2 / np.maximum(cases, 1.0)
    known = np.where(cases > 0, np.asarray(share, float), 0.5)
    middle = (known + width / 2) / (1 + width)
    half = np.sqrt(width) / (1 + width) * np.sqrt(known * (1 - known) + width / 4)
    low, high = np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)
    return np.where(cases > 0, low, 0.0), np.where(cases > 0, high, 1.0)
