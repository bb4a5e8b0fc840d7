"""
Rates and shares of many units, each drawn towards all of them by how little is known of it.

Empirical Bayes: the units' true values have a common distribution, whose parameters are
those under which the counts are most likely. Source: Casella (1985), An Introduction to
Empirical Bayes Data Analysis; Morris (1983), Parametric Empirical Bayes Inference.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, special, stats

Floats = NDArray[np.float64]

LEVEL = 0.8  # of the intervals
SURE = 0.975  # that a unit is above ``least``
ENOUGH = 3  # units of which a common distribution can be learned
RANKED = 10  # units of which one can be among a tenth
_DRAWS = 4000
_WIDEST = 12.0  # of the logarithm of a parameter


class Shrunk(NamedTuple):
    """
    Estimates of units, an entry each.

    Attributes
    ----------
    middle, low, high
        Mean and 80 % interval; null where nothing can be said.
    least
        The unit is above it with a probability of 97.5 %.
    worst
        Probability to be among the highest tenth; null of fewer than ten units.
    """

    middle: Floats
    low: Floats
    high: Floats
    least: Floats
    worst: Floats


def rates(counts: Any, expected: Any, dispersion: float = 1.0) -> Shrunk:
    """
    Estimate how many times the expected each unit's rate is.

    Counts are Poisson around the expected times a factor, and the factors gamma distributed.

    Parameters
    ----------
    counts, expected
        Of each unit; what is expected is what all units together would have had in its place.
    dispersion
        Variance of a unit's counts over their mean, of :func:`dispersion`.
    """
    seen, due = _floats(counts) / dispersion, _floats(expected) / dispersion
    known = due > 0
    if known.sum() < ENOUGH or not seen[known].sum():
        return _nothing(len(seen))

    def unlikely(logs: Floats) -> float:
        shape, rate = np.exp(np.clip(logs, -_WIDEST, _WIDEST))
        x, e = seen[known], due[known]
        return float(
            -np.sum(
                special.gammaln(x + shape) - special.gammaln(shape)
                + shape * np.log(rate / (rate + e)) + x * np.log(e / (rate + e))
            )
        )  # fmt: skip

    shape, rate = _most_likely(unlikely, np.zeros(2))
    return _estimates(stats.gamma(shape + seen, scale=1 / (rate + np.where(known, due, 0.0))))


def shares(successes: Any, trials: Any, dispersion: float = 1.0) -> Shrunk:
    """
    Estimate the share of each unit, whose shares are beta distributed.

    Parameters
    ----------
    successes, trials
        Counts of each unit.
    dispersion
        Variance of a unit's successes over that of independent trials.
    """
    hits, tried = _floats(successes) / dispersion, _floats(trials) / dispersion
    known = tried > 0
    if known.sum() < ENOUGH or not hits[known].sum():
        return _nothing(len(hits))
    misses = tried - hits

    def unlikely(logs: Floats) -> float:
        a, b = np.exp(np.clip(logs, -_WIDEST, _WIDEST))
        gain = special.betaln(a + hits[known], b + misses[known]) - special.betaln(a, b)
        return float(-np.sum(gain))

    whole = hits[known].sum() / tried[known].sum()
    start = np.log([max(whole, 1e-6) * 10, max(1 - whole, 1e-6) * 10])
    a, b = _most_likely(unlikely, start)
    return _estimates(stats.beta(a + hits, b + misses))


def dispersion(
    units: "pd.Series[Any]", counts: "pd.Series[Any]", exposure: "pd.Series[Any]", share: bool
) -> float:
    """
    Return how much more than by chance the parts of a unit differ, at least 1.

    Pearson's statistic around each unit's own rate, over its degrees of freedom. Source:
    McCullagh and Nelder (1989), Generalized Linear Models, 4.5 and 6.2.

    Parameters
    ----------
    units, counts, exposure
        Of each part, such as a day of a driver.
    share
        Are the counts successes of so many trials?
    """
    parts = pd.DataFrame({"unit": units, "count": counts, "due": exposure})
    parts = parts[parts["due"] > 0]
    whole = parts.groupby("unit")[["count", "due"]].transform("sum")
    rate = whole["count"] / whole["due"]
    variance = rate * parts["due"] * ((1 - rate) if share else 1.0)
    told = variance > 0
    freedom = int(told.sum()) - parts.loc[told, "unit"].nunique()
    if freedom < 1:
        return 1.0
    off = (parts["count"] - rate * parts["due"])[told] ** 2 / variance[told]
    return float(max(1.0, off.sum() / freedom))


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _most_likely(unlikely: Any, start: Floats) -> Floats:
    found = optimize.minimize(unlikely, start, method="Nelder-Mead", options={"maxiter": 2000})
    return np.asarray(np.exp(np.clip(found.x, -_WIDEST, _WIDEST)), dtype=np.float64)


def _estimates(posterior: Any) -> Shrunk:
    """Return the moments of the units' posteriors, and how often each draw is among the worst."""
    middle = np.asarray(posterior.mean(), dtype=np.float64)
    ends = ((1 - LEVEL) / 2, (1 + LEVEL) / 2, 1 - SURE)
    low, high, least = (np.asarray(posterior.ppf(p)) for p in ends)
    count = len(middle)
    if count < RANKED:
        return Shrunk(middle, low, high, least, np.full(count, np.nan))
    # The same seed, so that a page says the same of the same rows.
    draws = posterior.rvs((_DRAWS, count), random_state=np.random.default_rng(0))
    tenth = math.ceil(count / 10)
    limit = np.partition(draws, count - tenth, axis=1)[:, count - tenth]
    return Shrunk(middle, low, high, least, np.mean(draws >= limit[:, None], axis=0))


def _nothing(count: int) -> Shrunk:
    return Shrunk(*(np.full(count, np.nan) for _ in Shrunk._fields))
