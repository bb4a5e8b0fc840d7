"""Differences of shares, with intervals."""

from typing import NamedTuple

from scipy.stats import norm

from cartwheel.estimation.intervals import WITHIN_95


class Difference(NamedTuple):
    """A difference of two shares and its interval."""

    value: float
    low: float
    high: float

    @property
    def is_seen(self) -> bool:
        """Does the interval leave zero out?"""
        return self.low > 0 or self.high < 0


def of_shares(
    successes: int, count: int, other_successes: int, other_count: int, comparisons: int = 1
) -> Difference:
    """
    Return by how much a share is above another one.

    The interval is Newcombe's hybrid of the two Wilson intervals, at 95 % over all comparisons
    (Bonferroni). Source: Newcombe (1998), Interval estimation for the difference between
    independent proportions, method 10.

    Parameters
    ----------
    comparisons
        How many are made at the same time.
    """
    deviations = float(norm.isf(0.025 / comparisons)) if comparisons > 1 else WITHIN_95
    one, low, high = _wilson(successes, count, deviations)
    other, other_low, other_high = _wilson(other_successes, other_count, deviations)
    down = ((one - low) ** 2 + (other_high - other) ** 2) ** 0.5
    up = ((high - one) ** 2 + (other - other_low) ** 2) ** 0.5
    return Difference(one - other, one - other - down, one - other + up)


def _wilson(successes: int, count: int, deviations: float) -> tuple[float, float, float]:
    """Return a share and its interval; of no cases a half, and 0 to 1."""
    if not count:
        return 0.5, 0.0, 1.0
    share, width = successes / count, deviations**2 / count
    middle = (share + width / 2) / (1 + width)
    half = width**0.5 / (1 + width) * (share * (1 - share) + width / 4) ** 0.5
    return share, max(0.0, middle - half), min(1.0, middle + half)
