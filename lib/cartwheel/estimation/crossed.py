"""
Effects of two kinds of things that meet in pairs, such as drivers and trucks, told apart.

Both effects are normal around zero (random effects); their variances are those of the
highest restricted likelihood. Source: Searle, Casella, McCulloch (1992), Variance
Components, 6 and 7.
"""

import itertools
import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg, optimize

from cartwheel.estimation.intervals import WITHIN_80, WITHIN_95

Floats = NDArray[np.float64]
_LOWEST = 1e-12  # of a variance
_FAR = 12.0  # of the logarithm of a ratio of variances


class Effects(NamedTuple):
    """By name, of each kind: ``effect``, ``low``, ``high`` (80 %), ``least``, ``is_apart``."""

    first: pd.DataFrame
    second: pd.DataFrame


def apart(pairs: pd.DataFrame, first: str, second: str, value: str, weight: str) -> Effects:
    """
    Tell apart what the first and the second of each pair add to a value.

    Parameters
    ----------
    pairs
        A row a pair; a value's variance is inverse to its weight.

    Returns
    -------
    Effects
        An effect is above ``least`` with a probability of 97.5 %;
        ``is_apart`` is false where one thing was only ever seen with one other, which was seen
        with nothing else: what both add together is then shared out, not found out.
    """
    marks = [pd.get_dummies(pairs[name]).astype(float) for name in (first, second)]
    y = pairs[value].to_numpy(dtype=float)
    w = pairs[weight].to_numpy(dtype=float)
    w = w / w.mean() if len(w) else w
    designs = [each.to_numpy() for each in marks]
    if len(y) < 2:
        effects = [(np.full(len(m.columns), np.nan),) * 2 for m in marks]
    else:
        effects = _solved(designs, y, w)
    alone = _alone(pairs, first, second)
    frames = [
        pd.DataFrame(
            {
                "effect": middle,
                "low": middle - WITHIN_80 * deviation,
                "high": middle + WITHIN_80 * deviation,
                "least": middle - WITHIN_95 * deviation,
                "is_apart": ~mark.columns.isin(alone[place]),
            },
            index=mark.columns,
        )
        for place, (mark, (middle, deviation)) in enumerate(zip(marks, effects, strict=True))
    ]
    return Effects(*frames)


def _alone(pairs: pd.DataFrame, first: str, second: str) -> tuple[set[Any], set[Any]]:
    """Return the things that were only ever seen with each other."""
    partners = [pairs.groupby(a)[b].nunique() for a, b in ((first, second), (second, first))]
    single = (pairs[first].map(partners[0]) == 1) & (pairs[second].map(partners[1]) == 1)
    return set(pairs.loc[single, first]), set(pairs.loc[single, second])


def _solved(designs: list[Floats], y: Floats, w: Floats) -> list[tuple[Floats, Floats]]:
    """Return the best linear unbiased predictions, and the deviations of their errors."""
    every = np.hstack([np.ones((len(y), 1)), *designs])
    counts = [design.shape[1] for design in designs]
    whole, right = every.T @ (w[:, None] * every), every.T @ (w * y)
    size = float(y @ (w * y))

    def equations(logs: Floats) -> tuple[Any, Floats, float]:
        """Return Henderson's mixed model equations, solved, and the variance of the rest."""
        held = np.repeat(np.exp(-np.clip(logs, -_FAR, _FAR)), counts)
        factor = linalg.cho_factor(whole + np.diag(np.concatenate([[0.0], held])))
        found = linalg.cho_solve(factor, right)
        return factor, found, max(size - float(right @ found), _LOWEST) / (len(y) - 1)

    def unlikely(logs: Floats) -> float:
        factor, _, rest = equations(logs)
        log_size = 2.0 * float(np.log(np.diag(factor[0])).sum())
        return (
            log_size
            + float(np.dot(counts, np.clip(logs, -_FAR, _FAR)))
            + (len(y) - 1) * math.log(rest)
        )

    # The variances of both effects over that of the rest, as logarithms.
    start = np.zeros(2)
    logs = optimize.minimize(unlikely, start, method="Nelder-Mead", options={"maxiter": 400}).x
    factor, found, rest = equations(logs)
    spread = np.sqrt(rest * np.diag(linalg.cho_solve(factor, np.eye(len(whole)))))
    ends = np.cumsum([1, *counts])
    return [(found[begin:end], spread[begin:end]) for begin, end in itertools.pairwise(ends)]
