"""Intervals of a share, and spreads that a few values far off do not move: by value."""

import numpy as np
import pandas as pd
import pytest
from cartwheel.estimation import spread
from cartwheel.estimation.intervals import wilson


def test_a_share_s_interval_is_wilson_s() -> None:
    """Of 10 one, none, all; of one; of none nothing is known."""
    low, high = wilson([0.1, 0.0, 1.0, 0.0, np.nan], [10, 10, 10, 1, 0])
    assert low == pytest.approx([0.017876, 0.0, 0.722467, 0.0, 0.0], abs=1e-6)
    assert high == pytest.approx([0.404150, 0.277533, 1.0, 0.793450, 1.0], abs=1e-6)


def test_a_few_values_far_off_do_not_move_a_spread() -> None:
    """The median of 1, 1, 2, 3 and 1,000 is 2; of nothing it is null."""
    assert spread.robust(pd.Series([1.0, -1.0, 2.0, -3.0, 1000.0])) == 1.4826 * 2
    assert np.isnan(spread.robust(pd.Series([np.nan])))


def test_noise_is_from_row_to_row_of_a_unit() -> None:
    """Steps of 2 within a and b; the step from a to b is none."""
    values, unit = pd.Series([0.0, 2.0, 0.0, 100.0, 102.0]), pd.Series(["a"] * 3 + ["b"] * 2)
    assert spread.from_step_to_step(values, unit) == pytest.approx(1.4826 * 2 / 2**0.5)
