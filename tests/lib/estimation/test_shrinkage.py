"""Rates and shares drawn towards all: against values computed otherwise, and by coverage."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.estimation import shrinkage

ALIKE = np.full(12, 10.0)


def test_units_of_one_rate_are_drawn_together_and_those_of_many_are_left() -> None:
    """The factors of equal units are all near 1; those of distinct ones stay what they are."""
    chance = np.random.default_rng(1).poisson(ALIKE)
    found = shrinkage.rates(chance, ALIKE)
    assert np.ptp(found.middle) < 0.3 * np.ptp(chance / ALIKE)
    apart = np.array([1000.0, 2000.0, 4000.0])
    found = shrinkage.rates(apart, np.full(3, 2000.0))
    assert found.middle == pytest.approx(apart / 2000, rel=0.02)
    # A Poisson count of 1000 has 80 % within 1.28 times its root, 97.5 % above 1.96 times it.
    assert found.high[0] - found.low[0] == pytest.approx(2 * 1.28 * 1000**0.5 / 2000, rel=0.03)
    assert found.middle[0] - found.least[0] == pytest.approx(1.96 * 1000**0.5 / 2000, rel=0.04)


def test_a_unit_without_exposure_is_all_of_them_and_one_with_little_is_near_it() -> None:
    """Nothing known: the common mean, as wide as the units differ; little known: close to it."""
    found = shrinkage.rates([50, 100, 200, 0, 4], [100, 100, 100, 0, 1])
    common = found.middle[3]
    assert common == pytest.approx(1.16, abs=0.35)
    assert found.low[3] < 0.8 and found.high[3] > 1.6
    assert common < found.middle[4] < 3  # counted: 4 times the expected


def test_shares_are_drawn_as_rates_are() -> None:
    """Of one trial a share is near the others'; of thousands it is what was counted."""
    found = shrinkage.shares([1, 100, 300, 200], [1, 1000, 1000, 1000])
    assert found.middle[1:] == pytest.approx([0.1, 0.3, 0.2], abs=0.003)
    assert 0.1 < found.middle[0] < 0.6
    assert (found.low >= 0).all() and (found.high <= 1).all()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([], []), ([3], [2]), ([3, 4], [2, 5]), ([0, 0, 0], [1, 2, 3]), ([1, 1, 0], [1, 1, 0])],
)
def test_of_too_little_nothing_is_said(counts: list[int], expected: list[int]) -> None:
    """None, one or two units, or no event at all: every number is null."""
    for found in (shrinkage.rates(counts, expected), shrinkage.shares(counts, expected)):
        assert all(np.isnan(each).all() and len(each) == len(counts) for each in found)


def test_the_probability_of_the_worst_tenth_sums_to_a_tenth() -> None:
    """Of 20 units two are the worst in each draw; below ten units nobody can be of a tenth."""
    counts = np.arange(20) * 10
    found = shrinkage.rates(counts, np.full(20, 95.0))
    assert found.worst.sum() == pytest.approx(2.0)
    assert found.worst[-1] > 0.7 and found.worst[:10].max() == 0
    assert np.isnan(shrinkage.rates(counts[:9], np.full(9, 95.0)).worst).all()


@pytest.mark.parametrize("seed", range(3))
def test_intervals_hold_the_truth_as_often_as_they_say(seed: int) -> None:
    """Of 600 units whose factors are log-normal, as drivers' are, 80 % within 4 points."""
    rng = np.random.default_rng(seed)
    truth = np.exp(rng.normal(0, 0.5, 600))
    due = rng.uniform(5, 200, 600)
    found = shrinkage.rates(rng.poisson(truth * due), due)
    assert np.mean((found.low <= truth) & (truth <= found.high)) == pytest.approx(0.80, abs=0.04)
    share = rng.beta(2, 6, 600)
    tried = rng.integers(5, 400, 600)
    told = shrinkage.shares(rng.binomial(tried, share), tried)
    assert np.mean((told.low <= share) & (share <= told.high)) == pytest.approx(0.80, abs=0.04)


def test_days_that_differ_more_than_by_chance_widen_the_intervals() -> None:
    """Counts in clumps of five have five times the variance; Poisson counts have their own."""
    rng = np.random.default_rng(4)
    units = pd.Series(np.repeat(np.arange(40), 50))
    due = pd.Series(rng.uniform(5, 15, 2000))
    clumped = pd.Series(5 * rng.poisson(due / 5))
    spread = shrinkage.dispersion(units, clumped, due, share=False)
    assert spread == pytest.approx(5, rel=0.1)
    plain = shrinkage.dispersion(units, pd.Series(rng.poisson(due)), due, share=False)
    assert plain == pytest.approx(1, abs=0.06)
    narrow, wide = (shrinkage.rates([20, 40, 80], [40, 40, 40], s) for s in (1.0, spread))
    assert (wide.high - wide.low > 1.5 * (narrow.high - narrow.low)).all()


def test_without_a_second_day_the_counts_are_taken_as_chance() -> None:
    """One part a unit, or no event: the dispersion is 1; days without exposure do not count."""
    ones = pd.Series([1, 1, 1])
    assert shrinkage.dispersion(pd.Series(["A", "B", "C"]), ones, ones, share=False) == 1
    assert shrinkage.dispersion(pd.Series(["A"] * 3), 0 * ones, ones, share=False) == 1
    assert shrinkage.dispersion(pd.Series(["A"] * 3), ones, ones, share=True) == 1
    parts = pd.Series([4, 0, 7]), pd.Series([2, 2, 0])
    # Around 2: (4-2)²/2 + (0-2)²/2, of one degree of freedom.
    assert shrinkage.dispersion(pd.Series(["A"] * 3), *parts, share=False) == pytest.approx(4)
