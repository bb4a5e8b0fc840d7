"""How well something was foreseen: by value."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.estimation import foresight
from cartwheel.estimation.intervals import wilson


def cases(*happened: int) -> "pd.Series[bool]":
    return pd.Series([bool(each) for each in happened])


def test_the_scores_are_those_of_the_definitions() -> None:
    """Of six pairs five are ranked rightly; the interval is that of Hanley and McNeil."""
    told = foresight.scores(cases(0, 0, 1, 0, 1), np.array([0.1, 0.2, 0.3, 0.4, 0.9]))
    assert told is not None
    assert told.auc == pytest.approx(5 / 6)
    assert told.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert told.brier == pytest.approx((0.01 + 0.04 + 0.49 + 0.16 + 0.01) / 5)
    assert told.base_rate == 0.4 and told.skill == pytest.approx(1 - 0.142 / 0.24)
    one, two = (5 / 6) / (7 / 6), 2 * (25 / 36) / (11 / 6)
    spread = 5 / 36 + (one - 25 / 36) + 2 * (two - 25 / 36)
    assert told.auc_low == pytest.approx(5 / 6 - 1.959964 * (spread / 6) ** 0.5, rel=1e-5)
    assert told.auc_high == 1.0


def test_what_always_or_never_happens_cannot_be_scored() -> None:
    """Nor can nothing."""
    for happened in (cases(1, 1), cases(0, 0), cases()):
        assert foresight.scores(happened, np.full(len(happened), 0.5)) is None


def test_the_interval_of_the_auc_holds_the_true_one() -> None:
    """Of 300 draws of two normal groups whose true AUC is 0.714 it misses about 15."""
    missed = 0
    for seed in range(300):
        draw = np.random.default_rng(seed)
        value = np.r_[draw.normal(0, 1, 150), draw.normal(0.8, 1, 60)]
        told = foresight.scores(pd.Series([False] * 150 + [True] * 60), value_of(value))
        assert told is not None
        missed += not told.auc_low <= 0.7142 <= told.auc_high
    assert 4 <= missed <= 28


def value_of(values: foresight.Floats) -> foresight.Floats:
    """Return probabilities that rank as the values do."""
    return np.asarray(1 / (1 + np.exp(-values)))


def test_tenths_set_what_was_foreseen_beside_what_happened() -> None:
    """Twenty cases are ten pairs; of equal probabilities there is one part."""
    chance = np.linspace(0.05, 1.0, 20)
    happened = cases(*[0, 1] * 10)
    rows = foresight.tenths(happened, chance)
    assert rows["predicted"].tolist() == pytest.approx(np.linspace(0.075, 0.975, 10).tolist())
    assert rows["observed"].tolist() == [0.5] * 10 and rows["count"].tolist() == [2] * 10
    low, high = wilson(0.5, 2)
    assert rows["low"].tolist() == [low] * 10 and rows["high"].tolist() == [high] * 10
    alike = foresight.tenths(cases(0, 0, 1), np.full(3, 0.2))
    assert alike[["predicted", "observed", "count"]].values.tolist() == [
        [pytest.approx(0.2), pytest.approx(1 / 3), 3]
    ]
    assert foresight.tenths(cases(), np.empty(0)).columns.tolist() == foresight.TENTHS
