"""Differences of shares, with intervals."""

from typing import NamedTuple

from scipy.stats import norm

from cartwheel.estimation.intervals import WITHIN_95, wilson


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
    one = successes / count if count else 0.5
    other = other_successes / other_count if other_count else 0.5
    low, high = map(float, wilson(one, count, deviations))
    other_low, other_high = map(float, wilson(other, other_count, deviations))
    down = ((one - low) ** 2 + (other_high - other) ** 2) ** 0.5
    up = ((high - one) ** 2 + (other - other_low) ** 2) ** 0.5
    return Difference(one - other, one - other - down, one - other + up)
